package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/diag"
)

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
			found := Verify(t.Context(), bytes.NewReader(test.archive), check).Found
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
		r := Verify(t.Context(), strings.NewReader(string(pack(t, release(t), nil))+more), nil)
		if len(r.Found) != 1 || r.Found[0].Message != "something stands behind its end" {
			t.Errorf("%q: %v", more[:1], r.Found)
		}
	}
}
