// Package export writes the single files that `-o` names: an archive, a picture, a page. It never replaces anything
// that is no regular file, and never writes over what belongs to a bundle.
package export

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/owgen/owgen/generator/read"
)

// A RefusedError says that a place is none to write to. Nothing was written.
type RefusedError struct{ Message, Hint string }

func (e *RefusedError) Error() string { return e.Message }

// A Place is where a file goes.
type Place struct {
	name   string // as the user gave it
	file   string // the regular file that is replaced or made, with no link in its last part
	mode   fs.FileMode
	stream bool
}

// Stream says that the place is a device or a pipe, which is written into: whoever reads it wants nothing but the file.
func (p Place) Stream() bool { return p.stream }

// Scratch is the folder for what is written on the way.
func (p Place) Scratch() string {
	if p.stream {
		return os.TempDir()
	}
	return filepath.Dir(p.file)
}

// To finds out what a name stands for, and fails with a *RefusedError where nothing may be written. Secrets are files
// that hold some, besides those that a bundle keeps.
func To(ctx context.Context, name string, secrets ...string) (Place, error) {
	p := Place{name: name, file: name, mode: 0o644}
	if opened(name) {
		p.stream = true
		return p, nil
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Lstat(name); err == nil {
			return p, &RefusedError{name + " is a link that leads nowhere", "name the file itself"}
		}
	case err != nil:
		return p, err
	case info.Mode().IsRegular():
		p.mode = info.Mode().Perm()
	case info.IsDir():
		return p, &RefusedError{name + " is a folder", "name a file in it"}
	case info.Mode()&fs.ModeDevice != 0 && info.Mode()&fs.ModeCharDevice == 0:
		return p, &RefusedError{name + " is a disk, and all that is on it would be lost", "name a file"}
	case info.Mode()&fs.ModeSocket != 0:
		return p, &RefusedError{name + " is a socket", "name a file, or pipe the output there"}
	default:
		p.stream = true
		return p, nil
	}
	if p.file, err = real(name); err != nil {
		return p, err
	}
	return p, p.protect(ctx, secrets)
}

// real follows the links of a name; its last parts need not be there.
func real(name string) (string, error) {
	file, err := filepath.EvalSymlinks(name)
	if err == nil {
		return filepath.Abs(file)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	dir := filepath.Dir(name)
	if dir == name {
		return "", err
	}
	if dir, err = real(dir); err != nil {
		return "", err
	}
	return filepath.Join(dir, filepath.Base(name)), nil
}

// opened says whether a name stands for something that this process has open, whatever is behind it.
func opened(name string) bool {
	clean := filepath.ToSlash(filepath.Clean(name))
	return clean == "/dev/stdout" || clean == "/dev/stderr" || strings.HasPrefix(clean, "/dev/fd/") || strings.HasPrefix(clean, "/proc/self/fd/")
}

// Write makes the file, which fill writes into a new one beside it first: a reader sees the old one or the whole new
// one. A stream gets the content when it is complete.
func (p Place) Write(ctx context.Context, fill func(io.ReadWriteSeeker) error) error {
	draft, err := os.CreateTemp(p.Scratch(), ".owgen-*")
	var onPath *fs.PathError
	if errors.As(err, &onPath) {
		return &fs.PathError{Op: "create", Path: p.name, Err: onPath.Err}
	}
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name()) // fails where it has become the file
	if err := errors.Join(fill(until(ctx, draft)), ctx.Err()); err != nil {
		return errors.Join(err, draft.Close())
	}
	if p.stream {
		return errors.Join(p.pour(ctx, draft), draft.Close())
	}
	if err := errors.Join(draft.Chmod(p.mode), draft.Close()); err != nil {
		return err
	}
	return os.Rename(draft.Name(), p.file)
}

// Bytes is Write for what is in memory.
func (p Place) Bytes(ctx context.Context, data []byte) error {
	return p.Write(ctx, func(f io.ReadWriteSeeker) error {
		_, err := f.Write(data)
		return err
	})
}

// until is a file that is neither read nor written any more once the context is done.
func until(ctx context.Context, file *os.File) io.ReadWriteSeeker {
	return struct {
		io.Reader
		io.Writer
		io.Seeker
	}{read.Until(ctx, file), read.WriteUntil(ctx, file), file}
}

// pour copies a complete file into a device or a pipe, whose other end may keep us waiting.
func (p Place) pour(ctx context.Context, draft *os.File) error {
	if _, err := draft.Seek(0, io.SeekStart); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() {
		flag := os.O_WRONLY
		if opened(p.name) {
			flag |= os.O_APPEND // where a shell has sent it to a file, something may stand there already
		}
		out, err := os.OpenFile(p.name, flag, 0)
		if err == nil {
			_, err = io.Copy(out, read.Until(ctx, draft))
			err = errors.Join(err, out.Close())
		}
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return &fs.PathError{Op: "write", Path: p.name, Err: ctx.Err()}
	}
}
