package output

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/read"
)

const (
	lockPath = bundle.WorkFolder + "/lock"
	// lockTries is how often a lock is tried that its last holder has just thrown away.
	lockTries = 100
)

// A lock keeps other owgens out of a folder. The system frees it when the process dies.
type lock struct {
	folder
	file *os.File
}

// lock takes the lock without waiting. It fails with an *EnvError around a *LockedError where
// another process holds it.
func (f folder) lock() (*lock, error) {
	path := filepath.Join(f.dir, filepath.FromSlash(lockPath))
	for range lockTries {
		if err := f.makeWorkFolder(); errors.Is(err, fs.ErrNotExist) && f.isThere() {
			continue // its holder has just gone, and taken the new folder for its own
		} else if err != nil {
			return nil, err
		}
		file, err := openLock(path, os.O_CREATE)
		if absent(err) {
			continue // its holder has just gone, and the folder with it
		}
		if err != nil {
			return nil, err
		}
		if held, err := tryLock(file); !held {
			err = f.locked(file, err)
			_ = file.Close() // nothing was written
			return nil, err
		}
		if stillThere(file, path) {
			sign(file)
			return &lock{f, file}, nil
		}
		if err := file.Close(); err != nil {
			return nil, err
		}
	}
	return nil, f.locked(nil, nil)
}

// isThere says whether the bundle's folder is there.
func (f folder) isThere() bool {
	_, err := f.disk.stat(".")
	return err == nil
}

// openLock opens the file of a lock. What is no file, or has another name elsewhere, is nobody's lock: the number
// of the process would be written to somewhere else.
func openLock(path string, flag int) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|flag|plainOnly, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "lock", Path: path, Err: errors.New("it is " + read.Kind(info.Mode()))}
	}
	if err == nil {
		err = singleName(info, path)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// busy fails with an *EnvError around a *LockedError while another process holds the lock. It leaves no trace.
func (f folder) busy() error {
	info, err := f.disk.lstat(bundle.WorkFolder)
	if absent(err) || err == nil && !info.IsDir() {
		return nil
	}
	if err != nil {
		return err
	}
	file, err := openLock(filepath.Join(f.dir, filepath.FromSlash(lockPath)), 0)
	if err != nil {
		return nil // none, or not one that we may hold: then nobody else of this user's does
	}
	defer file.Close()
	if held, err := tryLock(file); !held {
		return f.locked(file, err)
	}
	return nil
}

// makeWorkFolder makes the folder of the lock and the journal; a link there leads nobody elsewhere.
func (f folder) makeWorkFolder() error {
	err := f.disk.mkdir(bundle.WorkFolder, 0o700)
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := f.disk.lstat(bundle.WorkFolder)
	switch {
	case absent(err):
		return nil // gone again: opening the lock in it fails, and is tried again
	case err != nil:
		return err
	case !info.IsDir():
		return &fs.PathError{Op: "open", Path: filepath.Join(f.dir, bundle.WorkFolder), Err: syscall.ENOTDIR}
	}
	return nil
}

// stillThere says whether the locked file is still the one at the path: its last holder may have
// removed it in between, and then another process can hold a new one.
func stillThere(file *os.File, path string) bool {
	mine, err1 := file.Stat()
	there, err2 := os.Lstat(path)
	return err1 == nil && err2 == nil && os.SameFile(mine, there)
}

// sign writes the number of this process into the lock, for messages of others. Without it, on a
// full disk, the lock is still one.
func sign(file *os.File) {
	if file.Truncate(0) == nil {
		_, _ = file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
}

// locked says who holds the lock, unless the lock failed for another reason.
func (f folder) locked(file *os.File, err error) error {
	if err != nil {
		return err
	}
	holder := &LockedError{}
	if file != nil {
		text := make([]byte, 32)
		n, _ := file.ReadAt(text, 0) // without a number it is somebody's all the same
		holder.PID, _ = strconv.Atoi(strings.TrimSpace(string(text[:n])))
	}
	return &EnvError{Path: f.dir, Cause: holder, Hint: "wait until it has finished"}
}

// release frees the lock and leaves no trace of it. What cannot be removed does no harm.
func (l *lock) release() {
	_ = l.disk.remove(lockPath)
	_ = l.disk.remove(bundle.WorkFolder) // fails where copies are kept
	_ = l.file.Close()
}
