package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/owgen/owgen/generator/output"
)

// What git may take and say at most. A bundle has less than a megabyte.
const (
	gitTimeout = 30 * time.Second
	gitOutput  = 64 << 20
)

// A revision is a bundle as a commit has it. Attributes such as export-ignore or text conversion do not
// reach it: it reads the objects themselves.
type revision struct {
	ctx    context.Context
	dir    string            // the bundle's folder, in a work tree
	commit string            // its full hash
	blobs  map[string]string // object by path
}

// openRevision finds a revision of the repository that the folder lies in.
func openRevision(ctx context.Context, dir, name string) (*revision, error) {
	r := &revision{ctx: ctx, dir: dir, blobs: map[string]string{}}
	if _, err := exec.LookPath("git"); err != nil {
		return nil, environmentError{&output.EnvError{Path: "git", Cause: errors.New("is needed to read the revision " + name + ", and is not there"), Hint: "install git, or name a folder"}}
	}
	hash, err := r.git(nil, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	var failed *gitError
	switch {
	case errors.As(err, &failed) && failed.message == "":
		return nil, usageError{name + " is neither a folder with a bundle nor a revision of the repository that " + dir + " lies in",
			"a shallow clone may lack it: git fetch origin " + path.Base(name)}
	case errors.As(err, &failed) && strings.Contains(failed.message, "not a git repository"):
		return nil, usageError{name + " is no folder with a bundle, and " + dir + " lies in no git repository", "name the folder of a bundle"}
	case err != nil:
		return nil, environmentOf(err)
	}
	r.commit = strings.TrimSpace(string(hash))
	tree, err := r.git(nil, "ls-tree", "-r", "-z", "--long", r.commit)
	if err != nil {
		return nil, environmentOf(err)
	}
	for entry := range strings.SplitSeq(string(tree), "\x00") {
		about, name, _ := strings.Cut(entry, "\t")
		fields := strings.Fields(about) // mode, type, object, size
		if len(fields) != 4 || !strings.HasPrefix(fields[0], "100") {
			continue // no file: a link, or another repository
		}
		if size, err := strconv.Atoi(fields[3]); err == nil && size <= maxFile {
			r.blobs[name] = fields[2]
		}
	}
	return r, nil
}

func (r *revision) list(below string) ([]string, error) {
	var out []string
	for name := range r.blobs {
		if strings.HasPrefix(name, below+"/") {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

// read asks for all objects at once.
func (r *revision) read(paths []string) (map[string][]byte, error) {
	var asked []string
	var input strings.Builder
	for _, name := range paths {
		if blob, ok := r.blobs[name]; ok {
			asked = append(asked, name)
			input.WriteString(blob + "\n")
		}
	}
	out := map[string][]byte{}
	if len(asked) == 0 {
		return out, nil
	}
	answer, err := r.git(strings.NewReader(input.String()), "cat-file", "--batch")
	if err != nil {
		return nil, environmentOf(err)
	}
	reader := bufio.NewReader(bytes.NewReader(answer))
	for _, name := range asked {
		var object, kind string
		var size int
		if _, err := fmt.Fscanf(reader, "%s %s %d\n", &object, &kind, &size); err != nil || kind != "blob" || size > gitOutput {
			return nil, environmentOf(&gitError{"cat-file", "it cannot read " + name})
		}
		data := make([]byte, size+1) // a newline comes behind
		if _, err := io.ReadFull(reader, data); err != nil {
			return nil, environmentOf(&gitError{"cat-file", "its answer ends early"})
		}
		out[name] = data[:size]
	}
	return out, nil
}

func (r *revision) one(name string) ([]byte, error) {
	data, err := r.git(nil, "cat-file", "blob", r.commit+":./"+name)
	var failed *gitError
	if errors.As(err, &failed) {
		return nil, &fs.PathError{Op: "read", Path: name + " of " + r.commit, Err: fs.ErrNotExist}
	}
	return data, err
}

// git runs one command in the bundle's folder, with an end to its time and to what it may say.
func (r *revision) git(input io.Reader, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(r.ctx, gitTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, "git", append([]string{"-C", r.dir, "-c", "core.fsmonitor=false"}, args...)...)
	command.Env, command.Stdin = gitEnvironment(), input
	out, errs := &bounded{left: gitOutput}, &bounded{left: 4 << 10}
	command.Stdout, command.Stderr = out, errs
	err := command.Run()
	switch {
	case ctx.Err() != nil:
		return nil, &gitError{args[0], "it took longer than " + gitTimeout.String()}
	case out.full:
		return nil, &gitError{args[0], "it says more than a bundle can hold"}
	case err != nil:
		line, _, _ := strings.Cut(strings.TrimSpace(errs.String()), "\n")
		return nil, &gitError{args[0], strings.TrimPrefix(line, "fatal: ")}
	}
	return out.Bytes(), nil
}

// gitEnvironment is that of this process, without what a hook sets for the repository that it runs in: that
// is found from the folder.
func gitEnvironment() []string {
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

// A gitError is what git said.
type gitError struct{ command, message string }

func (e *gitError) Error() string { return "git " + e.command + ": " + e.message }

// environmentOf gives an error of git the exit code of the environment.
func environmentOf(err error) error {
	var failed *gitError
	if errors.As(err, &failed) {
		return environmentError{&output.EnvError{Path: "git " + failed.command, Cause: errors.New(failed.message), Hint: "run the same by hand, in the bundle's folder"}}
	}
	return err
}
