package output

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"syscall"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
)

// Compare says what has to happen for the folder dir, which may be absent, to hold the bundle.
// It writes nothing and reads no secret. It fails with an *EnvError where it cannot read, and on
// a bundle that holds a path which is not its own to write.
func Compare(dir string, b *bundle.Bundle) (Comparison, error) {
	p, err := open(dir).compare(b)
	return p, environment(err)
}

// An inspection is a Comparison in the making.
type inspection struct {
	folder
	Comparison
	unreadable bool // the manifest is there, and says nothing
}

func (f folder) compare(b *bundle.Bundle) (Comparison, error) {
	c := &inspection{folder: f, Comparison: Comparison{Dir: f.dir, bundle: b, folders: map[string]place{}}}
	if err := check(b); err != nil {
		return Comparison{}, err
	}
	steps := []func() error{c.root, c.manifest, c.files, c.compareSecrets, c.needed, c.renewed, c.risks}
	for _, step := range steps {
		if err := step(); err != nil {
			return Comparison{}, err
		}
	}
	c.Findings, c.SecretFindings, c.NeededFindings = c.Findings.Sort(), c.SecretFindings.Sort(), c.NeededFindings.Sort()
	return c.Comparison, nil
}

// check fails on a bundle that would write what is not its own.
func check(b *bundle.Bundle) error {
	for p, file := range b.Files {
		users := bundle.Within(p, bundle.CustomFolder) && !file.Once
		if !fs.ValidPath(p) || p == "." || bundle.Private(p) || users {
			return fmt.Errorf("the bundle holds %q, which is not a generated file's path", p)
		}
	}
	return nil
}

// root looks at the folder itself.
func (c *inspection) root() error {
	info, err := c.disk.stat(".")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.folders["."] = nowhere
		return nil
	case err != nil:
		return err
	case !info.IsDir():
		return &fs.PathError{Op: "open", Path: c.dir, Err: syscall.ENOTDIR}
	}
	c.folders["."] = there
	return nil
}

// manifest reads what was generated here before.
func (c *inspection) manifest() error {
	old, err := c.current(bundle.ManifestFile)
	if err != nil {
		return err
	}
	if c.First = old == nil || isFolder(old); c.First {
		return nil
	}
	record, err := bundle.ReadManifest(old.Data)
	if c.unreadable = err != nil; c.unreadable {
		c.Findings.Add(diag.Finding{Rule: ruleManifest, File: bundle.ManifestFile,
			Message: "it cannot be read: " + err.Error(),
			Hint:    "restore it from git; or generate with --force, which keeps a copy of every file that differs"})
	}
	maps.DeleteFunc(record.Files, func(p, _ string) bool { return bundle.Private(p) })
	c.Record = record
	return nil
}

// files compares every path that is generated now or was before.
func (c *inspection) files() error {
	paths := slices.AppendSeq(c.bundle.Paths(), maps.Keys(c.Record.Files))
	slices.Sort(paths)
	for _, p := range slices.Compact(paths) {
		change, err := c.file(p)
		if err != nil {
			return err
		}
		if change.State != "" {
			c.Changes = append(c.Changes, change)
		}
	}
	return nil
}

// file compares one path. A change without a state means that there is nothing to say.
func (c *inspection) file(p string) (Change, error) {
	change := Change{Path: p}
	if file, ok := c.bundle.Files[p]; ok {
		change.New = &file
	}
	users := change.New != nil && change.New.Once && !change.New.Save
	where, err := c.parent(p, users || change.New == nil)
	if err != nil {
		return change, err
	}
	switch {
	case where == nowhere:
		return c.gone(change), nil
	case where == inTheWay && change.New == nil:
		return change, nil
	case where == inTheWay && users:
		change.State = Kept
		return change, nil
	case where == inTheWay:
		change.State = Blocked
		return change, nil
	}
	info, err := c.disk.lstat(p)
	switch {
	case absent(err):
		return c.gone(change), nil
	case err != nil:
		return change, err
	case users:
		change.State = Kept
		return change, nil
	case !info.Mode().IsRegular():
		return c.occupied(change, info)
	}
	return c.content(change, info)
}

// gone judges a path where nothing is.
func (c *inspection) gone(change Change) Change {
	_, known := c.Record.Files[change.Path]
	switch {
	case change.New == nil: // no longer generated, and gone already
	case known:
		change.State = Missing
	default:
		change.State = Create
	}
	return change
}

// occupied judges a path where something else than a file is.
func (c *inspection) occupied(change Change, info fs.FileInfo) (Change, error) {
	if change.New == nil {
		return change, nil // the user's, where a file was generated before
	}
	if info.IsDir() {
		if empties, err := c.empties(change.Path); err != nil || empties {
			change.State = Create
			return change, err
		}
	}
	change.State = Blocked
	c.block(change.Path, info)
	return change, nil
}

// content judges a path by the file that is there.
func (c *inspection) content(change Change, info fs.FileInfo) (Change, error) {
	data, err := c.disk.read(change.Path)
	if err != nil {
		return change, err
	}
	change.Old = &bundle.File{Data: data, Mode: info.Mode().Perm()}
	recorded, known := c.Record.Files[change.Path]
	plain := bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")) // as git may have checked it out
	switch {
	case change.New != nil && bytes.Equal(data, change.New.Data):
		change.State = Unchanged
		if !sameMode(info.Mode(), change.New.Mode) {
			change.State, change.Reason = Update, "mode"
		}
	case change.New != nil && change.New.Save:
		change.State, change.Reason = Update, "asked for"
	case change.New != nil && len(plain) < len(data) && bytes.Equal(plain, change.New.Data):
		// No edit, and not what containers can use either: a shell takes the other character for a part of the word.
		change.State, change.Reason = Update, "its lines end in CRLF"
	case change.Path == bundle.ManifestFile && c.unreadable:
		change.State, change.Reason = Edited, "cannot be read" // a finding tells it already
	case change.Path != bundle.ManifestFile && bundle.Digest(data) != recorded && bundle.Digest(plain) != recorded:
		change.State = Edited
		change.Reason = c.edited(change, known)
	case change.New == nil:
		change.State = Remove
	default:
		change.State = Update
	}
	return change, nil
}

// repeats tells whether the folder has an input, as a bundle has.
func (c *inspection) repeats() bool {
	_, err := c.disk.lstat(bundle.InputFile)
	return err == nil
}

// edited reports a file that is not what was generated, and returns that in a few words.
func (c *inspection) edited(change Change, known bool) string {
	f := diag.Finding{Rule: ruleEdited, File: change.Path}
	var reason string
	switch {
	case change.New == nil:
		reason = "edited by hand, and no longer generated"
		f.Hint = "move it away; or generate with --force, which keeps a copy and removes it"
	case known:
		reason = "edited by hand"
		f.Hint = "keep the edit in " + c.bundle.Keeps() + "; or generate with --force, which keeps a copy and replaces it"
	default:
		reason = "not written by owgen"
		f.Hint = "choose another folder, or move the file away; or generate with --force, which keeps a copy and replaces it"
		if c.First && c.repeats() {
			f.Message = "it may be yours: there is no " + bundle.ManifestFile + ", by which owgen knows what it wrote"
			f.Hint = "restore " + bundle.ManifestFile + " from git or a backup; or generate with --force, which keeps a copy of each file that differs"
			c.Findings.Add(f)
			return reason
		}
	}
	f.Message = "it was " + reason
	c.Findings.Add(f)
	return reason
}
