package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// An EnvError says that not the input but the machine stands in the way: no space, no permission,
// a read-only folder, another owgen at work. Nothing is lost; Hint says what to do.
type EnvError struct {
	Path  string // what could not be read or written
	Cause error
	Hint  string
}

// Error renders the path and the cause on one line.
func (e *EnvError) Error() string { return e.Path + ": " + e.Cause.Error() }

// Unwrap returns the cause.
func (e *EnvError) Unwrap() error { return e.Cause }

// A LockedError is the cause of an EnvError when another owgen is at work in the folder.
type LockedError struct {
	PID int // its process, or 0 where that is not known
}

// Error names the process.
func (e *LockedError) Error() string {
	if e.PID == 0 {
		return "another owgen is at work in this folder"
	}
	return fmt.Sprintf("another owgen (process %d) is at work in this folder", e.PID)
}

// environment turns an error of the operating system into an EnvError and leaves others as they are.
func environment(err error) error {
	var known *EnvError
	if err == nil || errors.As(err, &known) {
		return err
	}
	path, cause, ok := parts(err)
	if !ok {
		return err
	}
	return &EnvError{Path: path, Cause: cause, Hint: hint(cause)}
}

// parts splits an error of package os into the path and what happened to it.
func parts(err error) (path string, cause error, ok bool) {
	var onPath *fs.PathError
	var onLink *os.LinkError
	switch {
	case errors.As(err, &onPath):
		return onPath.Path, onPath.Err, true
	case errors.As(err, &onLink):
		return onLink.New, onLink.Err, true
	}
	return "", nil, false
}

// hint says what to do about an error of the operating system.
func hint(cause error) string {
	switch {
	case errors.Is(cause, syscall.ENOSPC), errors.Is(cause, syscall.EDQUOT):
		return "free some space and run the command again"
	case errors.Is(cause, syscall.EROFS):
		return "the file system is read-only: choose another folder with -o"
	case errors.Is(cause, fs.ErrPermission):
		return "run owgen as the user whom the folder belongs to, or choose another with -o"
	case errors.Is(cause, syscall.ENOTDIR):
		return "a file stands where a folder is needed: choose another folder with -o"
	}
	return ""
}

// The hint of an error ends in how the folder was left.
const (
	unchanged = "the folder is as it was before"
	written   = "the bundle is written, and the next owgen command tidies up"
	halfway   = "the folder is half written, and the next owgen command completes or undoes that"
)

// leaving adds to the hint how the folder was left.
func leaving(err error, how string) error {
	var known *EnvError
	if !errors.As(environment(err), &known) {
		return fmt.Errorf("%w (%s)", err, how)
	}
	out := *known
	if out.Hint != "" {
		out.Hint += "; "
	}
	out.Hint += how
	return &out
}
