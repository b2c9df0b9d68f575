//go:build unix

package output

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// tryLock takes the lock of an open file unless another process holds it.
func tryLock(file *os.File) (bool, error) {
	err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return false, nil
	}
	if err != nil {
		return false, &os.PathError{Op: "lock", Path: file.Name(), Err: err}
	}
	return true, nil
}

// plainOnly opens a file without following a link, and without waiting for the other end of a pipe.
const plainOnly = unix.O_NOFOLLOW | unix.O_NONBLOCK

// singleName fails on a file that has another name as well.
func singleName(info fs.FileInfo, path string) error {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Nlink > 1 {
		return &fs.PathError{Op: "lock", Path: path, Err: errors.New("it is a hard link to another file")}
	}
	return nil
}

// onlyOurs fails on what another user has made, could have written, or has given another name.
func onlyOurs(info fs.FileInfo) error {
	stat, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
		return nil
	case int(stat.Uid) != os.Geteuid():
		return errors.New("it belongs to another user")
	case info.Mode().IsRegular() && stat.Nlink > 1:
		return errors.New("it is a hard link to another file")
	case info.Mode().IsRegular() && info.Mode().Perm() != 0o600, info.Mode().Perm()&0o022 != 0:
		return errors.New("it has not the mode that owgen gives it")
	}
	return nil
}

// identity is a number that no other folder of the file system has.
func identity(info fs.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return stat.Ino
	}
	return 0
}
