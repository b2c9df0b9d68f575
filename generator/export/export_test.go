//go:build unix

package export

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// world is a folder with a bundle and other things beside it.
func world(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"bundle/owgen.yaml": "in", "bundle/.env": "env", "bundle/docker-compose.yml": "c", "bundle/docker-compose.override.yml": "o",
		"bundle/owgen.lock":               `{"format":1,"files":{"dockerfiles/a/Dockerfile":"` + strings.Repeat("0", 64) + `"}}`,
		"bundle/secrets/ca_key":           "key",
		"bundle/custom/a.conf":            "mine",
		"bundle/notes.txt":                "notes",
		"bundle/.owgen/x":                 "x",
		"bundle/.git/config":              "g",
		"elsewhere/tls.key":               "tls",
		"elsewhere/old.tar.gz":            "old",
		"unread/owgen.lock":               "{",
		"unread/.env":                     "env",
		"plain/.env":                      "no bundle",
		"bundle/dockerfiles/a/Dockerfile": "FROM x",
	} {
		write(t, filepath.Join(root, name), text)
	}
	return root
}

func write(t *testing.T, file, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(file), 0o755))
	must(t, os.WriteFile(file, []byte(text), 0o644))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func contents(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	must(t, filepath.Walk(root, func(p string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		out[p] = info.Mode().String()
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(p)
			out[p] += " " + string(data)
			return err
		}
		return nil
	}))
	return out
}

func TestNothingOfABundleIsReplaced(t *testing.T) {
	root := world(t)
	at := func(p string) string { return filepath.Join(root, p) }
	must(t, os.Symlink(at("bundle/secrets/ca_key"), at("link")))
	must(t, os.Symlink("link", at("link to a link")))
	must(t, os.Symlink(at("bundle/secrets"), at("folder")))
	must(t, os.Symlink(at("nowhere"), at("dangling")))
	must(t, os.Link(at("bundle/.env"), at("bundle/hard")))
	must(t, os.Link(at("elsewhere/tls.key"), at("bundle/other name")))
	before := contents(t, root)
	for _, name := range []string{
		"bundle/secrets/ca_key", "bundle/secrets/new", "bundle/.env", "bundle/owgen.yaml", "bundle/OWGEN.yaml", "bundle/owgen.lock", "bundle/docker-compose.yml",
		"bundle/docker-compose.override.yml", "bundle/dockerfiles/a/Dockerfile", "bundle/custom/a.conf", "bundle/.owgen/x", "bundle/.git/config",
		"bundle/custom/../.env", "unread/.env", "unread/owgen.lock", "link", "link to a link", "folder/ca_key", "folder/new", "dangling",
		"bundle/hard", "bundle/other name", "elsewhere/tls.key", "bundle", "bundle/secrets",
	} {
		_, err := To(t.Context(), at(name), at("elsewhere/tls.key"))
		var refused *RefusedError
		if !errors.As(err, &refused) || refused.Hint == "" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if diff := cmp.Diff(before, contents(t, root)); diff != "" {
		t.Error(diff)
	}
}

func TestRightPlacesAreWritten(t *testing.T) {
	root := world(t)
	at := func(p string) string { return filepath.Join(root, p) }
	must(t, os.Symlink("old.tar.gz", at("elsewhere/latest.tar.gz")))
	must(t, os.Chmod(at("elsewhere/old.tar.gz"), 0o600))
	for name, file := range map[string]string{
		"new.svg": "new.svg", "elsewhere/latest.tar.gz": "elsewhere/old.tar.gz", "plain/.env": "plain/.env",
		"bundle/notes.txt": "bundle/notes.txt", "bundle/picture.svg": "bundle/picture.svg", "bundle/custom/picture.svg": "bundle/custom/picture.svg",
	} {
		p, err := To(t.Context(), at(name))
		must(t, err)
		must(t, p.Bytes(t.Context(), []byte("written")))
		if data, _ := os.ReadFile(at(file)); string(data) != "written" {
			t.Errorf("%s holds %q", file, data)
		}
	}
	if info, _ := os.Lstat(at("elsewhere/latest.tar.gz")); info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced")
	}
	if info, _ := os.Stat(at("elsewhere/old.tar.gz")); info.Mode() != 0o600 {
		t.Error("the file has another mode")
	}
	entries, err := filepath.Glob(at(".owgen-*"))
	if err != nil || len(entries) > 0 {
		t.Error(entries, err)
	}
}

func TestAFailureLeavesTheOldFile(t *testing.T) {
	root := world(t)
	file := filepath.Join(root, "elsewhere/old.tar.gz")
	before := contents(t, root)
	p, err := To(t.Context(), file)
	must(t, err)
	err = p.Write(t.Context(), func(f io.ReadWriteSeeker) error {
		_, err := io.WriteString(f, "half")
		return errors.Join(err, errors.New("no more"))
	})
	if err == nil {
		t.Error("no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Bytes(ctx, []byte("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff(before, contents(t, root)); diff != "" {
		t.Error(diff)
	}
}

func TestDevicesAndPipesAreWrittenInto(t *testing.T) {
	dir := t.TempDir()
	pipe, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "link")
	must(t, syscall.Mkfifo(pipe, 0o600))
	must(t, os.Symlink("/dev/null", link))
	got := make(chan string)
	go func() {
		data, err := os.ReadFile(pipe)
		if err != nil {
			t.Error(err)
		}
		got <- string(data)
	}()
	for _, name := range []string{pipe, "/dev/null", link} {
		p, err := To(t.Context(), name)
		must(t, err)
		if !p.Stream() {
			t.Errorf("%s is no stream", name)
		}
		must(t, p.Bytes(t.Context(), []byte("through")))
	}
	if text := <-got; text != "through" {
		t.Errorf("the pipe gave %q", text)
	}
	for name, mode := range map[string]os.FileMode{pipe: os.ModeNamedPipe, "/dev/null": os.ModeCharDevice, link: os.ModeSymlink} {
		if info, err := os.Lstat(name); err != nil || info.Mode()&mode == 0 {
			t.Errorf("%s was replaced: %v", name, info.Mode())
		}
	}
}

func TestAPipeThatNobodyReads(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	must(t, syscall.Mkfifo(pipe, 0o600))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	p, err := To(ctx, pipe)
	must(t, err)
	if err := p.Bytes(ctx, []byte("x")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
