package archive

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/diag"
)

// A Secret is what must not be packed. Name is shown, Value never.
type Secret struct {
	Name  string
	Value []byte
}

// leastLeak is the length from which a value is looked for: a shorter one is found by chance.
const leastLeak = 8

// A secretSearch looks for secrets in one file after the other.
type secretSearch struct {
	secrets []Secret
	names   []string   // of the declared ones
	needles [][][]byte // by secret
	overlap int        // how much of a piece is looked at again with the next one
}

// Leaks finds secrets in what is to be packed: the values of the given ones, plain and in base64, private
// keys whatever they open, and what is named like a secret within JSON, unless its value is the name of one that is declared:
// so files say which file in secrets/ their reader takes.
func Leaks(ctx context.Context, entries []Entry, secrets []Secret, names ...string) (diag.List, error) {
	s := secretSearch{secrets: secrets, names: names, overlap: keyLength}
	for _, secret := range secrets {
		needles := secret.needles()
		s.needles = append(s.needles, needles)
		for _, needle := range needles {
			s.overlap = max(s.overlap, len(needle))
		}
	}
	var found diag.List
	for _, e := range entries {
		if strings.HasPrefix(e.Path, ImagesPath+"/") { // built before there were secrets
			continue
		}
		what, err := s.entry(ctx, e)
		if err != nil {
			return nil, err
		}
		for _, text := range what {
			found.Add(diag.Finding{Rule: "package/leak", File: e.Path, Message: "holds " + text,
				Hint: "keep it in secrets/ and let services read it from there; then change it, if others may have seen the file"})
		}
	}
	return found.Sort(), nil
}

// piece is how much of a large file is looked at in one go.
const piece = 4 << 20

// entry says what an entry holds that it must not.
func (s secretSearch) entry(ctx context.Context, e Entry) ([]string, error) {
	if e.Open == nil {
		return append(s.text(e.Data), s.inJSON(e)...), ctx.Err()
	}
	r, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var found []string
	buffer := make([]byte, piece+s.overlap)
	kept := 0
	for {
		n, err := io.ReadFull(r, buffer[kept:])
		text := buffer[:kept+n]
		for _, what := range s.text(text) {
			if !slices.Contains(found, what) {
				found = append(found, what)
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return found, nil
		case err != nil:
			return nil, err
		}
		kept = copy(buffer, text[len(text)-s.overlap:])
	}
}

func (s secretSearch) text(text []byte) []string {
	var found []string
	for i, needles := range s.needles {
		if slices.ContainsFunc(needles, func(needle []byte) bool { return bytes.Contains(text, needle) }) {
			found = append(found, "the value of "+s.secrets[i].Name)
		}
	}
	if holdsKey(text) {
		found = append(found, "a private key")
	}
	return found
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
			begin := 0
			if block.Type == "OPENSSH PRIVATE KEY" {
				begin = 128 // what all keys of this kind have in common
			}
			for i := begin; i+64 <= len(text); i += 64 { // the lines of a PEM file
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
