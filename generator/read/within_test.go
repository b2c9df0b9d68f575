package read

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A link leads to what lies in the folder, by whatever way it is asked for.
func TestWithin(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"in/a/file": "inside", "out/secret": "s3cr3t"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"link": "a/file", "folder": "a", "secret": "../out/secret", "there": filepath.Join(dir, "out/secret"), "away": "../out", "again": "secret", "dangling": "nothing"} {
		if err := os.Symlink(target, filepath.Join(dir, "in", name)); err != nil {
			t.Fatal(err)
		}
	}
	in := Within(t.Context(), filepath.Join(dir, "in"), 100)
	got := map[string]string{}
	for _, name := range []string{"a/file", "link", "folder/file", "secret", "there", "away/secret", "again", "dangling", "nothing"} {
		data, err := fs.ReadFile(in, name)
		_, opened := in.Open(name)
		_, known := fs.Stat(in, name)
		switch {
		case errors.Is(err, ErrOutside) && errors.Is(opened, ErrOutside) && errors.Is(known, ErrOutside):
			got[name] = "outside"
		case errors.Is(err, fs.ErrNotExist) && errors.Is(opened, fs.ErrNotExist) && errors.Is(known, fs.ErrNotExist):
			got[name] = "absent"
		case err == nil && opened == nil && known == nil:
			got[name] = string(data)
		default:
			t.Errorf("%s: %v, %v, %v", name, err, opened, known)
		}
	}
	want := map[string]string{"a/file": "inside", "link": "inside", "folder/file": "inside", "secret": "outside", "there": "outside", "away/secret": "outside", "again": "outside",
		"dangling": "absent", "nothing": "absent"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := fs.ReadDir(in, "away"); !errors.Is(err, ErrOutside) {
		t.Errorf("a folder outside is listed: %v", err)
	}
	if target, err := fs.ReadLink(in, "secret"); err != nil || target != "../out/secret" {
		t.Errorf("where a link leads is not told: %s %v", target, err)
	}
	if _, err := fs.Lstat(in, "away/secret"); !errors.Is(err, ErrOutside) {
		t.Errorf("what lies behind a link is looked at: %v", err)
	}
}
