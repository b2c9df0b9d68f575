package output

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// lockOffset lies beyond the number in the file, which others must be able to read.
const lockOffset = 1 << 20

// tryLock takes the lock of an open file unless another process holds it.
func tryLock(file *os.File) (bool, error) {
	err := windows.LockFileEx(windows.Handle(file.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{Offset: lockOffset})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return false, nil
	}
	if err != nil {
		return false, &os.PathError{Op: "lock", Path: file.Name(), Err: err}
	}
	return true, nil
}

// plainOnly has no counterpart: making a link takes a right that users do not have.
const plainOnly = 0

// Windows says nothing of owners, names and numbers of files here.
func singleName(fs.FileInfo, string) error { return nil }
func onlyOurs(fs.FileInfo) error           { return nil }
func identity(fs.FileInfo) uint64          { return 0 }
