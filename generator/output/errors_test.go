package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/owgen/owgen/generator/bundle"
)

func TestHints(t *testing.T) {
	tests := map[error]string{
		syscall.ENOSPC: "free some space", syscall.EDQUOT: "free some space", syscall.EROFS: "read-only",
		syscall.EACCES: "the user whom the folder belongs to", syscall.EPERM: "the user whom the folder belongs to",
		syscall.ENOTDIR: "a file stands where",
	}
	for cause, want := range tests {
		err := environment(fmt.Errorf("while writing: %w", &fs.PathError{Op: "open", Path: "bundle/a", Err: cause}))
		var known *EnvError
		if !errors.As(err, &known) || known.Path != "bundle/a" || !errors.Is(err, cause) || !strings.Contains(known.Hint, want) {
			t.Errorf("%v became %#v", cause, err)
		}
		equal(t, "message", "bundle/a: "+cause.Error(), err.Error())
	}
	other := errors.New("other")
	if environment(nil) != nil || environment(other) != other {
		t.Error("other errors are changed")
	}
}

func TestAFileInsteadOfTheFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, filepath.Dir(file), map[string]string{"file": "mine"})
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		_, err := Compare(dir, bundled(before()))
		var known *EnvError
		if !errors.As(err, &known) || !errors.Is(err, syscall.ENOTDIR) || known.Path != dir {
			t.Errorf("%s gave %v", dir, err)
		}
		if _, err := Recover(dir); err != nil {
			t.Errorf("Recover: %v", err)
		}
	}
}

func TestALinkInsteadOfTheWorkFolder(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"a": "1"}))
	elsewhere := t.TempDir()
	link(t, dir, bundle.WorkFolder, elsewhere)
	_, err := Apply(compare(t, dir, bundled(map[string]string{"a": "2"})), options())
	var known *EnvError
	if !errors.As(err, &known) || !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("got %v", err)
	}
	equal(t, "elsewhere", tree{}, snapshot(t, elsewhere))
	_, err = Recover(dir)
	must(t, err)
}

func TestNoPermission(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("nothing is forbidden to root; TestFailedAtEachOperation has it too")
	}
	dir := generated(t, bundled(map[string]string{"a": "1", "d/b": "2"}))
	old := snapshot(t, dir)
	must(t, os.Chmod(filepath.Join(dir, "d"), 0o555))
	_, err := Apply(compare(t, dir, bundled(map[string]string{"a": "11", "d/b": "22", "d/c": "33"})), options())
	must(t, os.Chmod(filepath.Join(dir, "d"), 0o755))
	var known *EnvError
	if !errors.As(err, &known) || !errors.Is(err, fs.ErrPermission) || !strings.HasSuffix(known.Hint, unchanged) {
		t.Errorf("got %v", err)
	}
	equal(t, "tree", old, snapshot(t, dir))
}
