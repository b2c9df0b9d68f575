package read

import (
	"context"
	"io/fs"
	"os"
)

// Dir is os.DirFS for a folder of a user's: it opens regular files and folders alone, and reads no more of a file than
// the limit.
func Dir(ctx context.Context, dir string, limit int64) fs.FS {
	return folder{FS: os.DirFS(dir), limit: limit, interrupted: ctx.Err,
		readFile: func(name string) ([]byte, error) { return File(ctx, dir+"/"+name, limit) }}
}

type folder struct {
	fs.FS
	limit       int64
	interrupted func() error
	readFile    func(name string) ([]byte, error)
}

func (f folder) Open(name string) (fs.File, error) {
	if err := f.allowed(name, nil); err != nil {
		return nil, err
	}
	info, err := fs.Stat(f.FS, name) // before opening, which can wait for ever
	if err == nil && !info.IsDir() {
		err = f.allowed(name, info)
	}
	if err != nil {
		return nil, err
	}
	return f.FS.Open(name)
}

// Stat is what fs.Stat uses: it opens nothing.
func (f folder) Stat(name string) (fs.FileInfo, error) { return fs.Stat(f.FS, name) }

// ReadFile is what fs.ReadFile uses.
func (f folder) ReadFile(name string) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrInvalid}
	}
	return f.readFile(name)
}

// allowed says why a file is not opened.
func (f folder) allowed(name string, info fs.FileInfo) error {
	err := f.interrupted()
	switch {
	case err != nil || info == nil:
	case !info.Mode().IsRegular():
		err = kindError{Kind(info.Mode())}
	case info.Size() > f.limit:
		err = TooLargeError{f.limit}
	}
	if err != nil {
		return &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return nil
}

// ReadLink and Lstat are what fs.ReadLink and fs.Lstat use.
func (f folder) ReadLink(name string) (string, error) { return fs.ReadLink(f.FS, name) }

// Lstat says what is there, and follows no link.
func (f folder) Lstat(name string) (fs.FileInfo, error) { return fs.Lstat(f.FS, name) }
