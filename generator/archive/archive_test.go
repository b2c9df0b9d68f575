package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/diag"
)

// release is a small bundle that is ready to be packed.
func release(t *testing.T) []Entry {
	t.Helper()
	files := map[string]generator.File{"a.txt": {Data: []byte("one\n"), Mode: 0o644}, "bin/run": {Data: []byte("#!/bin/sh\n"), Mode: 0o755}}
	bill, err := Bill(Material{Project: "test", Version: "0.0.0"})
	if err != nil {
		t.Fatal(err)
	}
	return []Entry{
		{Path: "bin/run", Data: files["bin/run"].Data, Executable: true},
		{Path: "a.txt", Data: files["a.txt"].Data},
		{Path: generator.ManifestPath, Data: generator.Manifest(files, "0.0.0", "sha256:0")},
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
	r := Verify(bytes.NewReader(first), check)
	if len(r.Found) > 0 || !r.Signed || r.Folder != "test" || r.Files != 6 {
		t.Errorf("%+v", r)
	}
	if r := Verify(bytes.NewReader(pack(t, entries, nil)), nil); len(r.Found) > 0 || r.Signed {
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
		if Verify(bytes.NewReader(bad), nil).Found.Err() == nil {
			t.Errorf("byte %d of %d can be changed", i, len(good))
		}
		if Verify(bytes.NewReader(good[:i]), nil).Found.Err() == nil {
			t.Errorf("it can be cut off after %d of %d bytes", i, len(good))
		}
	}
}

// repack writes an archive anew, with its entries changed.
func repack(t *testing.T, packed []byte, change func(h *tar.Header, data []byte) (*tar.Header, []byte), more ...*tar.Header) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.OS = 255
	from, to := tar.NewReader(z), tar.NewWriter(w)
	write := func(h *tar.Header, data []byte) {
		if h.Typeflag == tar.TypeReg {
			h.Size = int64(len(data))
		}
		if err := to.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	for {
		h, err := from.Next()
		if err == io.EOF {
			break
		}
		data, _ := io.ReadAll(from)
		if h, data = change(h, data); h != nil {
			write(h, data)
		}
	}
	for _, h := range more {
		write(h, nil)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Whoever packs an archive anew is found out, and what was done is named.
func TestTampering(t *testing.T) {
	sign, check := keys(t)
	other, _ := keys(t)
	good := pack(t, release(t), sign)
	same := func(h *tar.Header, data []byte) (*tar.Header, []byte) { return h, data }
	on := func(name string, f func(h *tar.Header, data []byte) (*tar.Header, []byte)) func(*tar.Header, []byte) (*tar.Header, []byte) {
		return func(h *tar.Header, data []byte) (*tar.Header, []byte) {
			if h.Name == "test/"+name {
				return f(h, data)
			}
			return h, data
		}
	}
	drop := func(*tar.Header, []byte) (*tar.Header, []byte) { return nil, nil }
	file := func(name string) *tar.Header {
		return &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, ModTime: packed}
	}
	edit := func(h *tar.Header, data []byte) (*tar.Header, []byte) { return h, append(data, '!') }
	tests := map[string]struct {
		archive []byte
		want    []string // besides the head of the file, which is never the original's
	}{
		"packed anew":    {repack(t, good, same), nil},
		"changed file":   {repack(t, good, on("a.txt", edit)), []string{"a.txt verify/changed"}},
		"removed file":   {repack(t, good, on("a.txt", drop)), []string{"a.txt verify/missing"}},
		"added file":     {repack(t, good, same, file("test/z")), []string{"z verify/extra"}},
		"added twice":    {repack(t, good, same, file("test/a.txt")), []string{"a.txt verify/extra"}},
		"outside":        {repack(t, good, same, file("other/z")), []string{"other/z verify/extra"}},
		"climbing":       {repack(t, good, same, file("test/../../z")), []string{"test/../../z verify/extra"}},
		"link":           {repack(t, good, same, &tar.Header{Typeflag: tar.TypeSymlink, Name: "test/z", Linkname: "/etc/passwd"}), []string{"z verify/extra"}},
		"secret":         {repack(t, good, same, file("test/secrets/x")), []string{"secrets/x verify/content", "secrets/x verify/extra"}},
		"other mode":     {repack(t, good, on("a.txt", func(h *tar.Header, d []byte) (*tar.Header, []byte) { h.Mode = 0o4777; return h, d })), []string{"a.txt verify/form"}},
		"other owner":    {repack(t, good, on("a.txt", func(h *tar.Header, d []byte) (*tar.Header, []byte) { h.Uid = 7; return h, d })), []string{"a.txt verify/form"}},
		"sums and file":  {repack(t, pack(t, append(release(t), Entry{Path: "z"}), sign), on("SHA256SUMS.sig", drop)), []string{"SHA256SUMS.sig verify/signature"}},
		"another's sums": {pack(t, append(release(t), Entry{Path: "z"}), other), []string{"SHA256SUMS.sig verify/signature"}},
		"no sums":        {repack(t, good, on("SHA256SUMS", drop)), []string{"SHA256SUMS verify/missing", "SHA256SUMS.sig verify/signature"}},
		"no archive":     {[]byte("hello"), []string{" verify/broken"}},
		"nothing":        {nil, []string{" verify/broken"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			found := Verify(bytes.NewReader(test.archive), check).Found
			if found.Err() == nil {
				t.Error("nothing is found")
			}
			for _, f := range found {
				if f.Severity == diag.Error && (f.File != "" || f.Rule != ruleForm) {
					got = append(got, f.File+" "+f.Rule)
				}
				if f.Hint == "" {
					t.Errorf("%s has no hint", f.Message)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestSomethingBehindTheEnd(t *testing.T) {
	for _, more := range []string{"\x00", "x", string(pack(t, release(t), nil))} {
		r := Verify(strings.NewReader(string(pack(t, release(t), nil))+more), nil)
		if len(r.Found) != 1 || r.Found[0].Message != "something stands behind its end" {
			t.Errorf("%q: %v", more[:1], r.Found)
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

func TestLeaks(t *testing.T) {
	private, _, err := NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	certificate := "-----BEGIN CERTIFICATE-----\n" + strings.Repeat("QUFB", 40) + "\n-----END CERTIFICATE-----\n"
	secrets := []Secret{{"secrets/password", []byte("correcthorsebattery\n")}, {"secrets/short", []byte("abc")}, {"secrets/key", private}, {"secrets/ca", []byte(certificate)}}
	entries := []Entry{
		{Path: "clean", Data: []byte("abc " + certificate)},
		{Path: "plain", Data: []byte("x: correcthorsebattery")},
		{Path: "base64", Data: []byte("x: Y29ycmVjdGhvcnNlYmF0dGVyeQ==")},
		{Path: "pem", Data: private},
		{Path: "pattern", Data: []byte(`grep -e "-----BEGIN PRIVATE KEY-----"`)},
	}
	var got []string
	for _, f := range Leaks(entries, secrets) {
		got = append(got, f.File+": "+f.Message)
		if strings.Contains(f.String(), "correcthorse") {
			t.Error("a finding shows the secret")
		}
	}
	want := []string{"base64: holds the value of secrets/password", "pem: holds a private key", "pem: holds the value of secrets/key", "plain: holds the value of secrets/password"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestBill(t *testing.T) {
	lock := "# comment\nDjango[argon2]==4.2.1 ; python_version > '3' \\\n    --hash=sha256:" + strings.Repeat("a", 64) + "\nzope.interface==6.0+local \\\n    --hash=sha256:" + strings.Repeat("b", 64) + "\n"
	m := Material{Project: "test", Version: "0.1.0", Digest: "sha256:0",
		Entries: []Entry{{Path: "x/lock.txt", Data: []byte(lock)}, {Path: "x/notes.txt", Data: []byte("other==1.0\n")}},
		Images:  []Image{{Name: "a:1", Packages: []Package{{"libc6", "2.41-12+deb13u1", "amd64", "glibc"}}}, {Name: "b:2", Packages: []Package{{"libc6", "2.41-12+deb13u1", "amd64", "glibc"}}}}}
	text, err := Bill(m)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(m.Images)
	if again, _ := Bill(m); !bytes.Equal(text, again) {
		t.Error("the order of the images changes the bill")
	}
	for _, want := range []string{`"pkg:pypi/django@4.2.1"`, `"pkg:pypi/zope-interface@6.0+local"`, `"pkg:deb/debian/libc6@2.41-12+deb13u1?arch=amd64&source=glibc"`, `"image:a:1"`, `"serialNumber": "urn:uuid:`} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the bill lacks %s\n%s", want, text)
		}
	}
	if bytes.Contains(text, []byte("other")) || bytes.Contains(text, []byte("timestamp")) {
		t.Errorf("the bill has too much\n%s", text)
	}
}

func TestDebianPackages(t *testing.T) {
	status := "Package: libc6\nStatus: install ok installed\nSource: glibc (2.41)\nArchitecture: amd64\nVersion: 2.41-12\nDescription: x\n Package: not\n\n" +
		"Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\nPackage: tini\nStatus: install ok installed\nArchitecture: amd64\nVersion: 0.19\n"
	want := []Package{{"libc6", "2.41-12", "amd64", "glibc"}, {"tini", "0.19", "amd64", ""}}
	if diff := cmp.Diff(want, DebianPackages([]byte(status))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
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
