package past

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/git"
	"github.com/owgen/owgen/generator/read"
)

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(file), 0o755))
		must(t, os.WriteFile(file, []byte(text), 0o644))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is a bundle with a secret, with files that its manifest does not know, and with one that wants to be read.
func world(t *testing.T) (dir string, want map[string]string) {
	t.Helper()
	dir = t.TempDir()
	want = map[string]string{
		bundle.ComposeFile: "services: {}\n", bundle.EnvFile: "A=1\n", bundle.InputFile: "extends: x\n", bundle.OverrideFile: "o\n",
		"dockerfiles/a/Dockerfile": "FROM scratch\n", "custom/a/b.py": "pass\n",
	}
	record := map[string]bundle.File{"secrets/key": {}, ".owgen/journal": {}, "gone": {}}
	for name, text := range want {
		if name != bundle.OverrideFile && !strings.HasPrefix(name, "custom/") {
			record[name] = bundle.File{Data: []byte(text)}
		}
	}
	want[bundle.ManifestFile] = string((&bundle.Bundle{Files: record}).Manifest("1", "input"))
	write(t, dir, want)
	write(t, dir, map[string]string{"secrets/key": "s3cr3t", ".owgen/journal": "j", "notes": "n", "custom/huge": strings.Repeat("x", read.Text+1)})
	must(t, os.Symlink(filepath.Join(dir, "secrets/key"), filepath.Join(dir, "custom/link")))
	return dir, want
}

func files(t *testing.T, b Bundle) map[string]string {
	t.Helper()
	found, err := Files(t.Context(), b)
	must(t, err)
	out := map[string]string{}
	for name, data := range found {
		out[name] = string(data)
	}
	return out
}

func TestFolderAndRevisionAreTheSame(t *testing.T) {
	dir, want := world(t)
	folder, err := Open(t.Context(), t.TempDir(), dir)
	must(t, err)
	if diff := cmp.Diff(want, files(t, folder)); diff != "" {
		t.Errorf("folder (-want +got)\n%s", diff)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "x"}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %s", args, out)
		}
	}
	write(t, dir, map[string]string{bundle.EnvFile: "A=2\n", "custom/new": "new"})
	revision, err := Open(t.Context(), dir, "HEAD")
	must(t, err)
	if diff := cmp.Diff(want, files(t, revision)); diff != "" {
		t.Errorf("revision (-want +got)\n%s", diff)
	}
	for _, b := range []Bundle{folder, revision} {
		if _, err := b.One(t.Context(), "../nothing"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%T: got %v", b, err)
		}
		if text, err := b.One(t.Context(), bundle.InputFile); err != nil || string(text) != want[bundle.InputFile] {
			t.Errorf("%T: %q, %v", b, text, err)
		}
	}
	if _, err := Open(t.Context(), dir, "no-such-branch"); !errors.Is(err, git.ErrNoRevision) {
		t.Errorf("got %v", err)
	}
}

func TestOutsideARepository(t *testing.T) {
	if _, err := Open(t.Context(), t.TempDir(), "HEAD"); !errors.Is(err, git.ErrNoRepository) {
		t.Errorf("got %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Open(t.Context(), t.TempDir(), "HEAD"); !errors.Is(err, git.ErrNoGit) {
		t.Errorf("got %v", err)
	}
}

func TestNothingIsReadOnceItIsInterrupted(t *testing.T) {
	dir, _ := world(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Files(ctx, Folder(dir)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
