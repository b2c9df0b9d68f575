package output

import (
	"io/fs"
	"path"
	"path/filepath"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/read"
)

// A place says what is where a folder should be.
type place int

const (
	there place = iota
	nowhere
	inTheWay
)

// parent finds out whether the folder of a path is there; harmless says that something in the way
// is the user's own choice, and no finding.
func (c *inspection) parent(p string, harmless bool) (place, error) {
	dir := path.Dir(p)
	if where, ok := c.folders[dir]; ok {
		return where, nil
	}
	where, err := c.parent(dir, harmless)
	if err != nil {
		return where, err
	}
	if where == there {
		var info fs.FileInfo
		where, info, err = c.lookAt(dir)
		if err != nil {
			return where, err
		}
		if where == inTheWay {
			if harmless {
				return where, nil // not remembered: a generated path below would be a finding
			}
			c.block(dir, info)
		}
	}
	c.folders[dir] = where
	return where, nil
}

// lookAt says what is where a folder should be. A file that is going to be removed does not count.
func (c *inspection) lookAt(dir string) (place, fs.FileInfo, error) {
	info, err := c.disk.lstat(dir)
	switch {
	case absent(err):
		return nowhere, nil, nil
	case err != nil:
		return nowhere, nil, err
	case info.IsDir():
		return there, info, nil
	}
	if removable, err := c.removable(dir, info.Mode()); removable || err != nil {
		return nowhere, info, err
	}
	return inTheWay, info, nil
}

// removable says whether a path is a file that is as it was generated and is no longer generated.
func (c *inspection) removable(p string, mode fs.FileMode) (bool, error) {
	recorded, known := c.Record.Files[p]
	if _, generated := c.bundle.Files[p]; !known || generated || !mode.IsRegular() {
		return false, nil
	}
	data, err := c.disk.read(p)
	return err == nil && bundle.Digest(data) == recorded, err
}

// empties says whether nothing will be left in a folder once what is no longer generated is removed.
func (c *inspection) empties(dir string) (bool, error) {
	entries, err := c.disk.list(dir)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		empty := c.empties
		if !e.IsDir() {
			empty = func(p string) (bool, error) { return c.removable(p, e.Type()) }
		}
		if gone, err := empty(path.Join(dir, e.Name())); !gone || err != nil {
			return false, err
		}
	}
	return len(entries) > 0, nil // an empty folder was not left by owgen
}

// block reports what is in the way of a path.
func (c *inspection) block(p string, info fs.FileInfo) {
	c.Findings.Add(diag.Finding{Rule: ruleBlocked, File: p,
		Message: kind(info.Mode()) + " is in the way of what is generated",
		Hint:    "move " + filepath.Join(c.dir, filepath.FromSlash(p)) + " away"})
}

func kind(mode fs.FileMode) string {
	if mode.IsDir() {
		return "a folder that is not generated"
	}
	return read.Kind(mode)
}
