//go:build unix

package read

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// folderOf is one with a file, an empty one, a link to the first, one to nowhere, and a folder.
func folderOf(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"file": "12345", "empty": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"link": "file", "dangling": "nowhere"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// What is read has a kind and a size, whoever names it.
func TestFile(t *testing.T) {
	dir := folderOf(t)
	for name, x := range map[string]struct {
		limit int64
		want  string // what is in it, or the error
	}{
		"file": {5, "12345"}, "empty": {0, ""}, "link": {5, "12345"},
		"folder": {5, "it is a folder, and no file"}, "dangling": {5, "no such file or directory"}, "missing": {5, "no such file or directory"},
	} {
		data, err := File(t.Context(), filepath.Join(dir, name), x.limit)
		if got := string(data); err != nil && !strings.HasSuffix(err.Error(), x.want) || err == nil && got != x.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if path := (*fs.PathError)(nil); err != nil && !errors.As(err, &path) {
			t.Errorf("%s: the error names no file: %v", name, err)
		}
	}
	_, err := File(t.Context(), filepath.Join(dir, "file"), 4)
	if large := (TooLargeError{}); !errors.As(err, &large) || large.Limit != 4 {
		t.Errorf("one byte too many: %v", err)
	}
	if _, err := Plain(t.Context(), filepath.Join(dir, "link"), 5); err == nil {
		t.Error("a link was followed that must not be")
	}
	if !IsFolder(func() error { _, err := File(t.Context(), dir, 5); return err }()) || IsFolder(err) {
		t.Error("a folder is not told from a large file")
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := File(done, filepath.Join(dir, "file"), 5); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits any more: %v", err)
	}
}

// Check is for programs that read by themselves, which say what is missing.
func TestCheck(t *testing.T) {
	dir := folderOf(t)
	for name, want := range map[string]string{"file": "", "link": "", "folder": "", "missing": "", "dangling": ""} {
		if err := Check(filepath.Join(dir, name), 5); (err == nil) != (want == "") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Check(filepath.Join(dir, "file"), 4); !errors.As(err, &TooLargeError{}) {
		t.Errorf("too large: %v", err)
	}
	if err := Check(os.DevNull, 5); !errors.Is(err, ErrNoFile) {
		t.Errorf("a device: %v", err)
	}
}

func TestKind(t *testing.T) {
	got := map[fs.FileMode]string{}
	for _, mode := range []fs.FileMode{0, fs.ModeDir, fs.ModeSymlink, fs.ModeNamedPipe, fs.ModeSocket, fs.ModeDevice, fs.ModeDevice | fs.ModeCharDevice, fs.ModeIrregular} {
		got[mode] = Kind(mode)
	}
	want := map[fs.FileMode]string{0: "a file", fs.ModeDir: "a folder", fs.ModeSymlink: "a symbolic link", fs.ModeNamedPipe: "a named pipe", fs.ModeSocket: "a socket",
		fs.ModeDevice: "a device", fs.ModeDevice | fs.ModeCharDevice: "a device", fs.ModeIrregular: "a special file"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A folder of a user's opens what is a file of a sensible size, and nothing once the user has gone.
func TestDir(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	dir := Dir(ctx, folderOf(t), 4)
	open := func(name string) error {
		f, err := dir.Open(name)
		if err == nil {
			err = f.Close()
		}
		return err
	}
	if err := open("empty"); err != nil {
		t.Error(err)
	}
	if err := open("folder"); err != nil {
		t.Error(err)
	}
	if err := open("file"); !errors.As(err, &TooLargeError{}) {
		t.Errorf("too large: %v", err)
	}
	if _, err := fs.ReadFile(dir, "file"); !errors.As(err, &TooLargeError{}) {
		t.Errorf("too large: %v", err)
	}
	if _, err := fs.ReadFile(dir, "../x"); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("above the folder: %v", err)
	}
	cancel()
	if err := open("empty"); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits any more: %v", err)
	}
}

// Streams end with the context, also in the middle.
func TestUntil(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var out strings.Builder
	in, w := Until(ctx, strings.NewReader("abc")), WriteUntil(ctx, &out)
	if n, err := io.CopyN(w, in, 2); n != 2 || err != nil {
		t.Error(n, err)
	}
	cancel()
	if n, err := io.Copy(w, in); n != 0 || !errors.Is(err, context.Canceled) || out.String() != "ab" {
		t.Error(n, err, out.String())
	}
	if _, err := w.Write([]byte("x")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A pipe that this process was started with may stay silent: nobody waits for it longer than the user does.
func TestASilentPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	defer r.Close()
	name := fmt.Sprintf("/dev/fd/%d", r.Fd())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := File(ctx, name, 5); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
