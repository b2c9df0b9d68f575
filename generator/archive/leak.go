package archive

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"regexp"

	"github.com/owgen/owgen/generator/diag"
)

// A Secret is what must not be packed. Name is shown, Value never.
type Secret struct {
	Name  string
	Value []byte
}

// leastLeak is the length from which a value is looked for: a shorter one is found by chance.
const leastLeak = 8

var privateKey = regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----\r?\n[A-Za-z0-9+/=\r\n:, -]{40}`)

// Leaks finds secrets in what is to be packed: the values of the given ones, plain and in base64, and private
// keys whatever they open.
func Leaks(entries []Entry, secrets []Secret) diag.List {
	var found diag.List
	report := func(e Entry, what string) {
		found.Add(diag.Finding{Rule: "package/leak", File: e.Path, Message: "holds " + what,
			Hint: "keep it in secrets/ and let services read it from there; then change it, if others may have seen the file"})
	}
	needles := map[string][][]byte{}
	for _, s := range secrets {
		needles[s.Name] = s.needles()
	}
	for _, e := range entries {
		if e.Open != nil { // an image: built before there were secrets
			continue
		}
		for _, s := range secrets {
			for _, needle := range needles[s.Name] {
				if bytes.Contains(e.Data, needle) {
					report(e, "the value of "+s.Name)
					break
				}
			}
		}
		if privateKey.Match(e.Data) {
			report(e, "a private key")
		}
	}
	return found.Sort()
}

// needles are the texts that give a secret away. A certificate is none.
func (s Secret) needles() [][]byte {
	value := bytes.TrimSpace(s.Value)
	if block, rest := pem.Decode(value); block != nil {
		var lines [][]byte
		for ; block != nil; block, rest = pem.Decode(rest) {
			if block.Type == "CERTIFICATE" || block.Type == "PUBLIC KEY" {
				continue
			}
			text := base64.StdEncoding.EncodeToString(block.Bytes)
			for i := 0; i+64 <= len(text); i += 64 { // the lines of a PEM file
				lines = append(lines, []byte(text[i:i+64]))
			}
		}
		return lines
	}
	if len(value) < leastLeak {
		return nil
	}
	return [][]byte{value, []byte(base64.StdEncoding.EncodeToString(value))}
}
