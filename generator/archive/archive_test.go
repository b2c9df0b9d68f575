package archive

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/owgen/owgen/generator/bundle"
)

// release is a small bundle that is ready to be packed.
func release(t *testing.T) []Entry {
	t.Helper()
	files := map[string]bundle.File{"a.txt": {Data: []byte("one\n"), Mode: 0o644}, "bin/run": {Data: []byte("#!/bin/sh\n"), Mode: 0o755}}
	bill, err := Bill(Material{Project: "test", Version: "0.0.0"})
	if err != nil {
		t.Fatal(err)
	}
	return []Entry{
		{Path: "bin/run", Data: files["bin/run"].Data, Executable: true},
		{Path: "a.txt", Data: files["a.txt"].Data},
		{Path: bundle.ManifestFile, Data: (&bundle.Bundle{Files: files}).Manifest("0.0.0", "sha256:0")},
		{Path: BillPath, Data: bill},
	}
}

// pack seals and writes entries.
func pack(t *testing.T, entries []Entry, sign func([]byte) []byte) []byte {
	t.Helper()
	sealed, err := Seal(entries, sign)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := Write(f, "test", sealed); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// keys are both halves of a new key.
func keys(t *testing.T) (sign func([]byte) []byte, check func(message, signature []byte) bool) {
	t.Helper()
	private, public, err := NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if sign, err = Signer(private); err != nil {
		t.Fatal(err)
	}
	if check, err = Verifier(public); err != nil {
		t.Fatal(err)
	}
	if _, err := Verifier(private); err != nil {
		t.Errorf("the private half does not verify: %v", err)
	}
	return sign, check
}

func TestSameInputSameBytes(t *testing.T) {
	sign, check := keys(t)
	entries := release(t)
	first := pack(t, entries, sign)
	slices.Reverse(entries)
	if !bytes.Equal(first, pack(t, entries, sign)) {
		t.Error("the order of the input changes the archive")
	}
	r := Verify(t.Context(), bytes.NewReader(first), check)
	if len(r.Found) > 0 || !r.Signed || r.Folder != "test" || r.Files != 6 {
		t.Errorf("%+v", r)
	}
	if r := Verify(t.Context(), bytes.NewReader(pack(t, entries, nil)), nil); len(r.Found) > 0 || r.Signed {
		t.Errorf("without a key: %+v", r)
	}
}

func TestSealRefuses(t *testing.T) {
	for name, entries := range map[string][]Entry{
		"twice": {{Path: "a"}, {Path: "a"}}, "outside": {{Path: "../a"}}, "absolute": {{Path: "/a"}}, "own name": {{Path: SumsPath}}, "newline": {{Path: "a\nb"}},
	} {
		if _, err := Seal(entries, nil); err == nil {
			t.Errorf("%s is sealed", name)
		}
	}
}

// Every changed byte of a small archive, and every place at which it is cut off, is found out.
func TestEveryByteCounts(t *testing.T) {
	good := pack(t, release(t), nil)
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 0x20
		if Verify(t.Context(), bytes.NewReader(bad), nil).Found.Err() == nil {
			t.Errorf("byte %d of %d can be changed", i, len(good))
		}
		if Verify(t.Context(), bytes.NewReader(good[:i]), nil).Found.Err() == nil {
			t.Errorf("it can be cut off after %d of %d bytes", i, len(good))
		}
	}
}

func TestContentThatChangesWhilePacked(t *testing.T) {
	sealed, err := Seal([]Entry{{Path: "a", Size: 3, Sum: strings.Repeat("0", 64), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("abc")), nil }}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(devNull(t), "test", sealed); err == nil || !strings.Contains(err.Error(), "a: it changed") {
		t.Errorf("%v", err)
	}
}

func TestKeysThatAreNone(t *testing.T) {
	rsa := "-----BEGIN PRIVATE KEY-----\nMDgCAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEHjAcAgEBBBQAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n-----END PRIVATE KEY-----\n"
	for _, text := range []string{"", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", rsa} {
		if _, err := Signer([]byte(text)); err == nil {
			t.Errorf("signs with %q", text)
		}
		if _, err := Verifier([]byte(text)); err == nil {
			t.Errorf("verifies with %q", text)
		}
	}
}

func devNull(t testing.TB) *os.File {
	t.Helper()
	f, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// BenchmarkPack seals and writes an archive as large as a bundle.
func BenchmarkPack(b *testing.B) {
	var entries []Entry
	for i := range 150 {
		entries = append(entries, Entry{Path: fmt.Sprintf("files/%d", i), Data: []byte(strings.Repeat(fmt.Sprintf("line %d of a file\n", i), 300))})
	}
	null := devNull(b)
	for b.Loop() {
		sealed, err := Seal(entries, nil)
		if err != nil {
			b.Fatal(err)
		}
		if err := Write(null, "test", sealed); err != nil {
			b.Fatal(err)
		}
	}
}
