package generator

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/profiles"
)

// mutable is an input with a bit of everything.
const mutable = `# a comment
version: 1
extends: single-server
domain: example.org
timezone: Europe/Berlin
size: medium
hosts: {api: api.example.org}
publish:
  https: 8443
  http: 8080
tls:
  mode: provided
  certificate_file: certs/a.pem
  key_file: certs/a.key
services:
  openvpn: false
  postfix: true
modules:
  radius: true
email.from: OpenWISP <a@example.org>
external:
  sql: {host: db.example.org, port: 5432, password_file: secrets/sql}
  cache:
    host: cache.example.org
openwisp.settings:
  A_LIST: [1, two, "three"]
  A_MAP: {x: 1}
python:
  apps: [one.two, three]
network.pool: 10.99.0.0/16
postgres.options: {log_min_duration_statement: 100}
build.ca_file: custom/ca.pem
`

// mutate damages a text at one place, as a slip of the hand or a bad merge does.
func mutate(r *rand.Rand, text string) string {
	lines := strings.SplitAfter(text, "\n")
	at := r.IntN(len(lines) - 1)
	pos := r.IntN(len(text) - 1)
	junk := []string{"\t", "\x00", "\xff", "'", "\"", "{", "}", "[", "]", ": ", ":", "#", "&a ", "*a", "!!int ", "- ", "|\n", "@", "%", "\x1b", "---\n", "é", "=", "\r", "0", "-", "..."}
	words := []string{"true", "[]", "{}", "null", "-1", "1.5", "a b", "99999999999", "[1, 2]", "{a: b}", "''", "2024-01-01", "\"\\u0007\"", "!x y"}
	switch r.IntN(9) {
	case 0: // a line goes
		return strings.Join(append(lines[:at:at], lines[at+1:]...), "")
	case 1: // a line twice
		return strings.Join(append(append(lines[:at+1:at+1], lines[at]), lines[at+1:]...), "")
	case 2: // two lines in the other order
		other := r.IntN(len(lines) - 1)
		lines[at], lines[other] = lines[other], lines[at]
		return strings.Join(lines, "")
	case 3: // a character goes
		return text[:pos] + text[pos+1:]
	case 4: // two characters in the other order
		return text[:pos] + text[pos+1:pos+2] + text[pos:pos+1] + text[min(pos+2, len(text)):]
	case 5, 6: // something comes in
		return text[:pos] + junk[r.IntN(len(junk))] + text[pos:]
	case 7: // another value
		if key, _, ok := strings.Cut(lines[at], ": "); ok {
			lines[at] = key + ": " + words[r.IntN(len(words))] + "\n"
		}
		return strings.Join(lines, "")
	}
	if r.IntN(2) == 0 { // another indentation
		lines[at] = "  " + lines[at]
	} else {
		lines[at] = strings.TrimPrefix(lines[at], "  ")
	}
	return strings.Join(lines, "")
}

// Whatever is wrong with an input is said with the line that is wrong. What the input lacks altogether stands nowhere.
func TestMutantsHaveLines(t *testing.T) {
	const name = "owgen.yaml"
	prepared, found := Prepare(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if found.Err() != nil {
		t.Fatal(found)
	}
	r := rand.New(rand.NewPCG(8, 16))
	if f := findings(prepared, name, mutable); f.Err() != nil {
		t.Fatalf("the input is wrong as it is: %v", f)
	}
	refused, bare := 0, map[string]string{}
	for range 3000 {
		text := mutate(r, mutable)
		found := findings(prepared, name, text)
		if found.Err() != nil {
			refused++
		}
		for _, f := range found {
			if f.Line == 0 {
				bare[fmt.Sprint(f.Rule, " ", f.Path)] = f.Message
			}
		}
	}
	t.Logf("%d refused", refused)
	if refused < 500 {
		t.Errorf("only %d mutants were refused: the mutations do no harm", refused)
	}
	for rule, message := range bare {
		t.Errorf("no line: %s: %s", rule, message)
	}
}

// findings are what is said of an input.
func findings(p *Prepared, name, text string) diag.List {
	_, values, found := p.Resolve(profile.Source{Profile: name, Named: profiles.FS, ReadFile: func(file string) ([]byte, error) {
		if file != name {
			return nil, fs.ErrNotExist
		}
		return []byte(text), nil
	}})
	if found.Err() == nil {
		_, found = plan.Make(p.services, values)
	}
	return found
}
