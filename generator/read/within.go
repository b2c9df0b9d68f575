package read

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// ErrOutside says that a link leads where nothing is read.
var ErrOutside = errors.New("it is a link that leads out of the folder, or lies behind one")

// Within is Dir for a folder that somebody else may have filled: a link in it leads to what lies in it. Anywhere else there may be what
// belongs to whoever reads, or to others who sent theirs.
func Within(ctx context.Context, dir string, limit int64) fs.FS {
	w := within{os.DirFS(dir), dir}
	return folder{FS: w, limit: limit, interrupted: ctx.Err, readFile: func(name string) ([]byte, error) {
		if err := w.look(name); err != nil {
			return nil, err
		}
		return File(ctx, dir+"/"+name, limit)
	}}
}

type within struct {
	fs.FS
	dir string
}

// look fails for what is there, and not in the folder. What is not there, whoever opens it says.
func (w within) look(name string) error {
	root, err := os.OpenRoot(w.dir)
	if err != nil {
		return err
	}
	_, err = root.Stat(name)
	if closed := root.Close(); closed != nil {
		return closed
	}
	if _, there := os.Stat(filepath.Join(w.dir, filepath.FromSlash(name))); err != nil && there == nil {
		return &fs.PathError{Op: "open", Path: name, Err: ErrOutside}
	}
	return nil
}

func (w within) Open(name string) (fs.File, error) {
	if err := w.look(name); err != nil {
		return nil, err
	}
	return w.FS.Open(name)
}

// Stat is what fs.Stat uses.
func (w within) Stat(name string) (fs.FileInfo, error) {
	if err := w.look(name); err != nil {
		return nil, err
	}
	return fs.Stat(w.FS, name)
}

// ReadLink is what fs.ReadLink uses: the link itself lies in the folder.
func (w within) ReadLink(name string) (string, error) {
	if err := w.look(path.Dir(name)); err != nil {
		return "", err
	}
	return fs.ReadLink(w.FS, name)
}

// Lstat is what fs.Lstat uses.
func (w within) Lstat(name string) (fs.FileInfo, error) {
	if err := w.look(path.Dir(name)); err != nil {
		return nil, err
	}
	return fs.Lstat(w.FS, name)
}
