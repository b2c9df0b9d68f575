// Package git asks git about the repository that a bundle lies in.
package git

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// What git may take and say at most. A bundle has less than a megabyte.
const (
	timeout  = 30 * time.Second
	maxOut   = 64 << 20
	maxError = 4 << 10
)

// An Error is what git said.
type Error struct{ Command, Message string }

func (e *Error) Error() string { return "git " + e.Command + ": " + e.Message }

// ErrPlanted says that a folder looks like a repository without being one's .git. Git would take its configuration,
// and what that names to run, from there; and unlike .git such a folder comes with a pull request.
var ErrPlanted = errors.New("a folder of the work tree is made to look like a repository of its own: HEAD lies in it, with objects or commondir")

// Tracked says whether the index of the repository around the folder has the path. Where there is no repository or
// no git it is false; where somebody hides the repository it is true.
func Tracked(ctx context.Context, dir, path string) bool {
	if within, planted := look(dir); !within || planted {
		return planted
	}
	out, err := run(ctx, dir, nil, "ls-files", "-z", "--", ":(literal)"+path)
	return err == nil && len(out) > 0
}

// look says whether there is .git in the folder or above it, which takes less than asking git, and whether git would
// find another repository on its way there. It goes up as git does, which knows the folder without links.
func look(dir string) (within, planted bool) {
	at, err := filepath.Abs(dir)
	if err != nil {
		return true, false
	}
	if real, err := filepath.EvalSymlinks(at); err == nil {
		at = real
	}
	is := func(name string) bool { _, err := os.Lstat(filepath.Join(at, name)); return err == nil }
	for !is(".git") {
		if is("HEAD") && (is("objects") || is("commondir")) { // the latter says where the former are
			return true, true
		}
		parent := filepath.Dir(at)
		if parent == at {
			return false, false
		}
		at = parent
	}
	return true, false
}

// run runs one command in a folder, with an end to its time and to what it may say.
func run(ctx context.Context, dir string, input io.Reader, args ...string) ([]byte, error) {
	if _, planted := look(dir); planted {
		return nil, ErrPlanted
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	command := exec.CommandContext(limited, "git", append([]string{"-C", dir, "-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit"}, args...)...)
	command.Env, command.Stdin = environment(), input
	out, errs := &bounded{left: maxOut}, &bounded{left: maxError}
	command.Stdout, command.Stderr = out, errs
	err := command.Run()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, &Error{args[0], "it took longer than " + timeout.String()}
	case out.full:
		return nil, &Error{args[0], "it says more than a bundle can hold"}
	case err != nil:
		line, _, _ := strings.Cut(strings.TrimSpace(errs.String()), "\n")
		return nil, &Error{args[0], strings.TrimPrefix(line, "fatal: ")}
	}
	return out.Bytes(), nil
}

// environment is that of this process, without what a hook sets for the repository that it runs in: that is
// found from the folder.
func environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains([]string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY"}, name)
	})
	return append(env, "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0")
}

// bounded keeps what is written to it, up to a limit.
type bounded struct {
	bytes.Buffer
	left int
	full bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if len(p) > b.left {
		b.full = true
		return 0, errors.New("too much")
	}
	b.left -= len(p)
	return b.Buffer.Write(p)
}
