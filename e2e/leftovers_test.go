//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Everything that these tests make on the engine has a name that begins so: project is the shared stack's name, and those
// of small stacks follow it. So what an interrupted run left can be told from what is somebody's.
const (
	project       = "owgen-e2e"
	scratchPrefix = project + "-"
)

// alone has other runs on this machine wait: they have the same names and ports. The lock ends with the process.
func alone() error {
	// Not an os.File, which would close, and give the lock back, as soon as nobody refers to it.
	fd, err := syscall.Open(filepath.Join(os.TempDir(), scratchPrefix+"lock"), syscall.O_CREAT|syscall.O_RDWR|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return err
	}
	if syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		return nil
	}
	fmt.Fprintln(os.Stderr, "e2e: waiting for the end of another run on this machine")
	return syscall.Flock(fd, syscall.LOCK_EX)
}

// removeLeftovers removes what a run left that was killed, or whose machine went down: the next one would meet its
// networks and names.
func removeLeftovers() error {
	for _, kind := range []struct{ name, list, remove string }{
		{"containers", "ps -a --format {{.Names}}", "rm -f -v"},
		{"networks", "network ls --format {{.Name}}", "network rm"},
		{"volumes", "volume ls -q", "volume rm"},
	} {
		all, err := command(time.Minute, "", "", "docker", strings.Fields(kind.list)...)
		if err != nil {
			return err
		}
		left := filter(strings.Fields(all), func(name string) bool { return strings.HasPrefix(name, project) })
		if len(left) == 0 {
			continue
		}
		fmt.Fprintf(os.Stderr, "e2e: removing %d %s that an interrupted run left\n", len(left), kind.name)
		if _, err := command(3*time.Minute, "", "", "docker", append(strings.Fields(kind.remove), left...)...); err != nil {
			return err
		}
	}
	dirs, err := filepath.Glob(filepath.Join(os.TempDir(), scratchPrefix+"[0-9]*"))
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return nil
}
