//go:build unix

package read

import "golang.org/x/sys/unix"

// What a file is opened with: without following a link, and without waiting for the other end of a pipe.
const (
	noFollow = unix.O_NOFOLLOW
	noWait   = unix.O_NONBLOCK
)
