// Package read reads files that users name: no more of them than can be meant, nothing that is no file, and not
// longer than the user waits.
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
)

// The limits. What people write by hand is far below them.
const (
	Profile  = 1 << 20  // a profile, or a file of values: some 300 settings
	Text     = 4 << 20  // a Compose file, a Dockerfile, an env_file, an inventory
	Manifest = 16 << 20 // what owgen has written itself
)

// A TooLargeError says that a file is larger than what can be meant.
type TooLargeError struct{ Limit int64 }

func (e TooLargeError) Error() string {
	return "it is larger than " + size(e.Limit) + ", which is the most that is read of such a file"
}

func size(n int64) string {
	if n >= 1<<20 && n%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}

// ErrNoFile says that something is no regular file, nor a pipe that this process was started with.
var ErrNoFile = errors.New("it is no file")

// IsFolder says whether an error is about a folder that was to be read.
func IsFolder(err error) bool {
	var kind kindError
	return errors.As(err, &kind) && kind.kind == Kind(fs.ModeDir)
}

// A kindError is ErrNoFile with the kind.
type kindError struct{ kind string }

func (e kindError) Error() string        { return "it is " + e.kind + ", and no file" }
func (e kindError) Is(target error) bool { return target == ErrNoFile }

// Kind says in words what stands where a file was expected.
func Kind(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "a file"
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "a special file"
}

// File reads a file up to a limit. Links are followed. Of a pipe it reads where the name stands for one that this
// process was started with, such as /dev/stdin. It fails with a *fs.PathError.
func File(ctx context.Context, name string, limit int64) ([]byte, error) {
	return read(ctx, name, limit, 0)
}

// Plain is File for a file of owgen's own: it follows no link in the last place.
func Plain(ctx context.Context, name string, limit int64) ([]byte, error) {
	return read(ctx, name, limit, noFollow)
}

func read(ctx context.Context, name string, limit int64, flag int) ([]byte, error) {
	failed := func(err error) error { return &fs.PathError{Op: "read", Path: name, Err: err} }
	if err := ctx.Err(); err != nil {
		return nil, failed(err)
	}
	file, info, err := Open(name, flag)
	if err != nil {
		return nil, err
	}
	if info.Mode().IsRegular() {
		defer file.Close()
		data, err := upTo(ctx, file, limit, info.Size())
		if err != nil {
			err = failed(err)
		}
		return data, err
	}
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1)
	go func() { // a pipe may stay silent
		data, err := upTo(ctx, file, limit, 0)
		done <- result{data, errors.Join(err, file.Close())}
	}()
	select {
	case <-ctx.Done():
		return nil, failed(ctx.Err())
	case r := <-done:
		if r.err != nil {
			return nil, failed(r.err)
		}
		return r.data, nil
	}
}

// Check fails on what is there and would not be read: no file, or too large. For programs that read by themselves.
func Check(name string, limit int64) error {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil // who reads it says what is wrong
	case !info.Mode().IsRegular() && !info.IsDir():
		err = kindError{Kind(info.Mode())}
	case info.Mode().IsRegular() && info.Size() > limit:
		err = TooLargeError{limit}
	}
	if err != nil {
		return &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return nil
}

// Open opens a regular file, or a pipe that this process was started with, without waiting for anything.
func Open(name string, flag int) (*os.File, fs.FileInfo, error) {
	if inherited(name) {
		flag |= os.O_RDONLY
	} else {
		flag |= os.O_RDONLY | noWait
	}
	file, err := os.OpenFile(name, flag, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() && !(inherited(name) && info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) != 0) {
		err = &fs.PathError{Op: "read", Path: name, Err: kindError{Kind(info.Mode())}}
	}
	if err != nil {
		_ = file.Close() // nothing was read
		return nil, nil, err
	}
	return file, info, nil
}

// inherited says whether a name stands for something that is open already, as in `-f /dev/stdin` and `-f <(command)`.
func inherited(name string) bool {
	clean := filepath.ToSlash(filepath.Clean(name))
	return clean == "/dev/stdin" || strings.HasPrefix(clean, "/dev/fd/") || strings.HasPrefix(clean, "/proc/self/fd/")
}

// upTo reads to the end, and fails beyond the limit or when the context is done.
func upTo(ctx context.Context, r io.Reader, limit, expected int64) ([]byte, error) {
	if expected > limit {
		return nil, TooLargeError{limit}
	}
	data := make([]byte, 0, expected+1)
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		n, err := r.Read(data[len(data):min(cap(data), len(data)+1<<20)])
		data = data[:len(data)+n]
		switch {
		case int64(len(data)) > limit:
			return nil, TooLargeError{limit}
		case errors.Is(err, io.EOF):
			return data, nil
		case err != nil:
			return nil, err
		}
	}
}
