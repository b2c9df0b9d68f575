package git

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(file), 0o755))
	must(t, os.WriteFile(file, []byte(text), 0o644))
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@example.org"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %s", args, out)
	}
	return strings.TrimSpace(string(out))
}

// A pull request can bring a repository without a work tree, whose configuration runs a command as soon as an object is
// missing, and whose index does not have what the real one has.
func TestAPlantedRepositoryIsNotAsked(t *testing.T) {
	for name, objects := range map[string]string{"objects": "", "by commondir": "elsewhere"} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			site := filepath.Join(root, "site")
			write(t, filepath.Join(site, "owgen.yaml"), "extends: x\n")
			write(t, filepath.Join(site, ".owgen/journal"), "{}")
			git(t, root, "init", "-q")
			git(t, root, "add", "-A")
			git(t, root, "commit", "-qm", "x")
			blob := git(t, root, "rev-parse", "HEAD:site/owgen.yaml")

			common, pwned := filepath.Join(site, objects), filepath.Join(t.TempDir(), "pwned")
			must(t, os.CopyFS(filepath.Join(common, "objects"), os.DirFS(filepath.Join(root, ".git/objects"))))
			must(t, os.Remove(filepath.Join(common, "objects", blob[:2], blob[2:])))
			write(t, filepath.Join(common, "refs/heads/planted"), git(t, root, "rev-parse", "HEAD")+"\n")
			write(t, filepath.Join(site, "HEAD"), "ref: refs/heads/planted\n")
			if objects != "" {
				write(t, filepath.Join(site, "commondir"), objects+"\n")
			}
			write(t, filepath.Join(common, "config"), "[core]\n repositoryformatversion = 1\n bare = true\n[extensions]\n partialClone = origin\n"+
				"[remote \"origin\"]\n url = /nowhere\n promisor = true\n uploadpack = touch "+pwned+"; false\n")

			for _, dir := range []string{site, filepath.Join(site, "custom")} {
				must(t, os.MkdirAll(dir, 0o755))
				_, err := Open(t.Context(), dir, "HEAD", 1<<20)
				if !errors.Is(err, ErrPlanted) {
					t.Errorf("Open in %s: got %v", dir, err)
				}
				if _, err := Names(t.Context(), dir); !errors.Is(err, ErrPlanted) {
					t.Errorf("Names in %s: got %v", dir, err)
				}
			}
			if !Tracked(t.Context(), site, ".owgen/journal") {
				t.Error("a planted repository says that a journal is not tracked, and is believed")
			}
			if _, err := os.Stat(pwned); err == nil {
				t.Error("a command of the planted repository was run")
			}
		})
	}
}

// A repository of its own below, and a work tree beside, are right.
func TestRepositoriesAreAsked(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "site/a"), "a")
	write(t, filepath.Join(root, "site/HEAD"), "a file of this name alone is no repository")
	git(t, root, "init", "-q")
	git(t, root, "add", "-A")
	git(t, root, "commit", "-qm", "x")
	beside := filepath.Join(t.TempDir(), "beside")
	git(t, root, "worktree", "add", "-q", beside)
	for _, dir := range []string{root, filepath.Join(root, "site"), beside, filepath.Join(beside, "site")} {
		r, err := Open(t.Context(), dir, "HEAD", 1<<20)
		must(t, err)
		if len(r.blobs) != 2 {
			t.Errorf("%s: %v", dir, r.blobs)
		}
	}
	site := filepath.Join(root, "site")
	if !Tracked(t.Context(), site, "a") || Tracked(t.Context(), site, "b") {
		t.Error("a is tracked, and b is not")
	}
}
