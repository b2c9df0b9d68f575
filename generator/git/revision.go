package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// The errors of Open that the name of a revision is to blame for.
var (
	ErrNoGit        = errors.New("git is not there")
	ErrNoRepository = errors.New("the folder lies in no git repository")
	ErrNoRevision   = errors.New("the repository has no such revision")
)

// A Revision is a folder as a commit has it. Attributes such as export-ignore or text conversion do not reach it: it
// reads the objects themselves. Paths are slash-separated and relative to the folder.
type Revision struct {
	dir    string            // in a work tree
	commit string            // its full hash
	blobs  map[string]string // object by path
}

// Open finds a revision of the repository that the folder lies in. Files above maxFile are left away.
func Open(ctx context.Context, dir, name string, maxFile int64) (*Revision, error) {
	if _, err := exec.LookPath("git"); err != nil {
		return nil, ErrNoGit
	}
	hash, err := run(ctx, dir, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	var failed *Error
	switch {
	case errors.As(err, &failed) && failed.Message == "":
		return nil, ErrNoRevision
	case errors.As(err, &failed) && strings.Contains(failed.Message, "not a git repository"):
		return nil, ErrNoRepository
	case err != nil:
		return nil, err
	}
	r := &Revision{dir: dir, commit: strings.TrimSpace(string(hash)), blobs: map[string]string{}}
	tree, err := run(ctx, dir, nil, "ls-tree", "-r", "-z", "--long", r.commit)
	if err != nil {
		return nil, err
	}
	for entry := range strings.SplitSeq(string(tree), "\x00") {
		about, path, _ := strings.Cut(entry, "\t")
		fields := strings.Fields(about) // mode, type, object, size
		if len(fields) != 4 || !strings.HasPrefix(fields[0], "100") {
			continue // no file: a link, or another repository
		}
		if size, err := strconv.ParseInt(fields[3], 10, 64); err == nil && size <= maxFile {
			r.blobs[path] = fields[2]
		}
	}
	return r, nil
}

// List names the files below a folder.
func (r *Revision) List(_ context.Context, below string) ([]string, error) {
	var out []string
	for name := range r.blobs {
		if strings.HasPrefix(name, below+"/") {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

// Read returns those of the files that are there. It asks for all objects at once.
func (r *Revision) Read(ctx context.Context, paths []string) (map[string][]byte, error) {
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
	answer, err := run(ctx, r.dir, strings.NewReader(input.String()), "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	reader := bufio.NewReader(bytes.NewReader(answer))
	for _, name := range asked {
		var object, kind string
		var size int
		if _, err := fmt.Fscanf(reader, "%s %s %d\n", &object, &kind, &size); err != nil || kind != "blob" || size < 0 || size > maxOut {
			return nil, &Error{"cat-file", "it cannot read " + name}
		}
		data := make([]byte, size+1) // a newline comes behind
		if _, err := io.ReadFull(reader, data); err != nil {
			return nil, &Error{"cat-file", "its answer ends early"}
		}
		out[name] = data[:size]
	}
	return out, nil
}

// One returns a file, which may lie outside the folder, or fs.ErrNotExist.
func (r *Revision) One(ctx context.Context, name string) ([]byte, error) {
	data, err := run(ctx, r.dir, nil, "cat-file", "blob", r.commit+":./"+name)
	var failed *Error
	if errors.As(err, &failed) {
		return nil, &fs.PathError{Op: "read", Path: name + " of " + r.commit, Err: fs.ErrNotExist}
	}
	return data, err
}

// Names are the branches and tags of the repository that the folder lies in.
func Names(ctx context.Context, dir string) ([]string, error) {
	out, err := run(ctx, dir, nil, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags")
	return strings.Fields(string(out)), err
}
