package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// forged is a name that others may choose: it would begin a line that a workflow obeys, and hide what stands before.
const forged = "a\n::error file=forged::owned\r\x1b[2K\u2028b"

// quoted is the name in YAML and in JSON.
const quoted = `"a\n::error file=forged::owned\r\u001b[2K\u2028b"`

// Whatever is read, what is printed has no line of somebody else's, and nothing that moves the cursor.
func TestOutputCannotBeForged(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	made := filepath.Join(dir, "bundle")
	mustRun(t, "generate", "single-server", "-o", made)
	lock, err := os.ReadFile(filepath.Join(made, "owgen.lock"))
	if err != nil {
		t.Fatal(err)
	}
	version := strings.Replace(string(lock), `"generator": "`, `"generator": "`+strings.Trim(quoted, `"`), 1)
	values := put("values.yaml", quoted+": 1\ndomain: "+quoted+"\n")
	compose := put("project/compose.yaml", "services:\n  "+quoted+":\n    image: "+quoted+"\n  web:\n    image: redis\n    environment: {"+quoted+": "+quoted+"}\n    ports: ["+quoted+"]\n")
	put("catalog/forged/service.yaml", "summary: "+quoted+"\nrole: app\n"+quoted+": 1\n")
	inventory := put("fleet.yaml", "profile: single-server\nsites:\n  "+quoted+": {}\n")
	put("old/.env", quoted+"=1\n"+forged+"\n")
	put("other/docker-compose.yml", "services:\n  "+quoted+":\n    image: x\n")
	put("other/owgen.yaml", "extends: single-server\n")
	archive := put("forged.tar.gz", string(tarOf(t, forged)))
	missing := filepath.Join(dir, forged)

	cases := map[string][]string{
		"key":       {"generate", "single-server", "-f", values, "-o", filepath.Join(dir, "new")},
		"set":       {"generate", "single-server", "--set", forged + "=1", "-o", filepath.Join(dir, "new")},
		"folder":    {"generate", "single-server", "-o", filepath.Join(dir, forged)},
		"profile":   {"generate", missing + ".yaml", "-o", filepath.Join(dir, "new")},
		"flag":      {"generate", "--" + forged},
		"lint":      {"lint", compose},
		"no lint":   {"lint", missing},
		"catalog":   {"list", "services", "--catalog", filepath.Join(dir, "catalog")},
		"explain":   {"explain", forged},
		"fleet":     {"generate", "--fleet", inventory, "-o", filepath.Join(dir, "sites")},
		"import":    {"import", filepath.Join(dir, "old"), "-o", filepath.Join(dir, "imported")},
		"verify":    {"verify", archive},
		"no verify": {"verify", missing},
		"diff":      {"diff", made, "--against", filepath.Join(dir, "other")},
		"markdown":  {"diff", made, "--against", filepath.Join(dir, "other"), "--format", "markdown"},
		"revision":  {"diff", made, "--against", forged},
		"doctor":    {"doctor", made, "-f", values},
		"graph":     {"graph", made, "-f", values},
		"init":      {"init", filepath.Join(dir, forged), "--set", forged + "=1"},
	}
	for name, args := range cases {
		notForged(t, name, args)
	}
	put("bundle/owgen.lock", version)
	notForged(t, "version", []string{"check", made})
	put("bundle/owgen.lock", strings.Replace(string(lock), `"files": {`, `"files": {`+quoted+`: "`+strings.Repeat("0", 64)+`",`, 1))
	notForged(t, "file", []string{"check", made})
	put("bundle/owgen.yaml", "extends: single-server\n"+quoted+": 1\n")
	notForged(t, "input", []string{"check", made})
}

// notForged runs a command that prints what others chose.
func notForged(t *testing.T, name string, args []string) {
	t.Helper()
	var out, errs bytes.Buffer
	run(args, &out, &errs)
	text := out.String() + errs.String()
	if !strings.Contains(text, "::error") && name != "import" { // which names the line alone
		t.Errorf("%s prints nothing of what was forged:\n%s", name, text)
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.ContainsAny(line, "\r\x1b\u2028") {
			t.Errorf("%s prints the line %q", name, line)
		}
	}
}

func mustRun(t *testing.T, args ...string) {
	t.Helper()
	var errs bytes.Buffer
	if code := run(args, &bytes.Buffer{}, &errs); code != 0 {
		t.Fatalf("%v: exit %d: %s", args, code, errs.String())
	}
}

// tarOf is an archive with one member.
func tarOf(t *testing.T, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, err := range []error{w.WriteHeader(&tar.Header{Name: "x/" + name, Mode: 0o644, Size: 1, Format: tar.FormatPAX}), write(w), w.Close(), z.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func write(w *tar.Writer) error {
	_, err := w.Write([]byte("x"))
	return err
}

// bomb writes files of 4 MB that hold nothing.
func bomb(out io.Writer, n int) error {
	w := tar.NewWriter(out)
	zeros := make([]byte, 4<<20)
	for i := range n {
		name := fmt.Sprintf("x/images/blobs/sha256/%03d", i)
		if i%2 == 0 {
			name = fmt.Sprintf("x/%03d", i)
		}
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(zeros))}); err != nil {
			return err
		}
		if _, err := w.Write(zeros); err != nil {
			return err
		}
	}
	return w.Close()
}
