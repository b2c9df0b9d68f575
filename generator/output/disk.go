package output

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/read"
)

// A disk does the single operations on a bundle's folder. Paths are slash-separated and relative
// to the folder. Tests put one in its place that fails or dies at the n-th operation.
type disk interface {
	lstat(path string) (fs.FileInfo, error)
	stat(path string) (fs.FileInfo, error) // follows links, and takes absolute paths
	list(path string) ([]fs.DirEntry, error)
	read(path string) ([]byte, error)
	mkdir(path string, mode fs.FileMode) error  // of "." with its parents
	create(path string, file bundle.File) error // fails where something is
	rename(from, to string) error
	chmod(path string, mode fs.FileMode) error
	remove(path string) error
	sync(paths []string) error // makes files and folders survive a power cut
}

// A folder is a bundle on a disk.
type folder struct {
	dir  string
	disk disk
}

func open(dir string) folder { return folder{dir, osDisk(dir)} }

// maxFile bounds what is read of one file. A journal holds a whole bundle twice, and is far below it.
const maxFile = 256 << 20

// osDisk is the real disk; its value is the folder.
type osDisk string

func (d osDisk) at(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(string(d), filepath.FromSlash(p))
}

func (d osDisk) lstat(p string) (fs.FileInfo, error)  { return os.Lstat(d.at(p)) }
func (d osDisk) stat(p string) (fs.FileInfo, error)   { return os.Stat(d.at(p)) }
func (d osDisk) list(p string) ([]fs.DirEntry, error) { return os.ReadDir(d.at(p)) }
func (d osDisk) read(p string) ([]byte, error) {
	return read.Plain(context.Background(), d.at(p), maxFile)
}
func (d osDisk) rename(from, to string) error           { return os.Rename(d.at(from), d.at(to)) }
func (d osDisk) chmod(p string, mode fs.FileMode) error { return os.Chmod(d.at(p), mode) }
func (d osDisk) remove(p string) error                  { return os.Remove(d.at(p)) }

// mkdir gives the folder its mode whatever the umask is.
func (d osDisk) mkdir(p string, mode fs.FileMode) error {
	if p == "." {
		return os.MkdirAll(d.at(p), mode)
	}
	if err := os.Mkdir(d.at(p), mode); err != nil {
		return err
	}
	return os.Chmod(d.at(p), mode)
}

// create writes a file that must not be there yet. It gets its mode first, whatever the umask is:
// when the content is complete, a killed run has left nothing to do.
func (d osDisk) create(p string, file bundle.File) error {
	out, err := os.OpenFile(d.at(p), os.O_WRONLY|os.O_CREATE|os.O_EXCL, file.Mode.Perm())
	if err != nil {
		return err
	}
	info, err := out.Stat()
	if err == nil && info.Mode().Perm() != file.Mode.Perm() {
		err = out.Chmod(file.Mode.Perm())
	}
	if err == nil {
		_, err = out.Write(file.Data)
	}
	return errors.Join(err, out.Close())
}

// sync flushes side by side: the file system writes them together, which takes hardly longer than
// for one. What is gone meanwhile needs no flushing.
func (d osDisk) sync(paths []string) error {
	if runtime.GOOS == "windows" {
		return nil // it flushes nothing that is open for reading
	}
	failed := make([]error, len(paths))
	next := make(chan int)
	var group sync.WaitGroup
	for range min(len(paths), syncers) {
		group.Go(func() {
			for i := range next {
				failed[i] = syncFile(d.at(paths[i]))
			}
		})
	}
	for i := range paths {
		next <- i
	}
	close(next)
	group.Wait()
	return errors.Join(failed...)
}

// syncers is how many files are flushed at a time.
const syncers = 16

func syncFile(path string) error {
	file, err := os.Open(path)
	if absent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// current reads a file with its mode; nil means that nothing is there. Of a folder it returns the
// mode only, and on links and other things it fails.
func (f folder) current(p string) (*bundle.File, error) {
	info, err := f.disk.lstat(p)
	if absent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return &bundle.File{Mode: info.Mode()}, nil
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: filepath.Join(f.dir, p), Err: errors.New("it is no regular file, and not written by owgen")}
	}
	data, err := f.disk.read(p)
	if err != nil {
		return nil, err
	}
	return &bundle.File{Data: data, Mode: info.Mode().Perm()}, nil
}

// ensure makes a folder and those above it, where they are missing.
func (f folder) ensure(dir string) error {
	err := f.disk.mkdir(dir, 0o755)
	if absent(err) && dir != "." {
		if err = f.ensure(path.Dir(dir)); err == nil {
			err = f.disk.mkdir(dir, 0o755)
		}
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// removeFolder removes a folder in which nothing is, and nothing but folders.
func (f folder) removeFolder(p string) error {
	info, err := f.disk.lstat(p)
	switch {
	case absent(err):
		return nil
	case err != nil:
		return err
	case !info.IsDir():
		return &fs.PathError{Op: "remove", Path: filepath.Join(f.dir, p), Err: syscall.ENOTDIR}
	}
	return f.disk.remove(p)
}

// absent says whether an error means that nothing is there.
func absent(err error) bool { return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) }

// sameMode compares what a bundle cares about: whether the owner can execute the file. The rest
// follows the umask of whoever cloned the bundle.
func sameMode(a, b fs.FileMode) bool {
	return runtime.GOOS == "windows" || a&0o100 == b&0o100
}
