package output

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"time"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
)

// UsersFiles says what WriteUsersFiles did.
type UsersFiles struct {
	Written  []string  // in order
	Backups  []Backup  // copies of what was replaced
	Recovery diag.List // what was left of a run that had been killed
}

// WriteUsersFiles writes what is the user's own into a folder before a bundle is generated there: the input, secrets, and files in
// custom/. It writes all of it or nothing. It fails with a diag.List where a file has another content already, unless
// force is set, which keeps a copy; a secret that is there is never replaced. What is there already stays as it is.
func WriteUsersFiles(dir string, files map[string]bundle.File, force bool, now time.Time) (UsersFiles, error) {
	s, err := open(dir).usersFiles(files, force, now)
	return s, environment(err)
}

func (f folder) usersFiles(files map[string]bundle.File, force bool, now time.Time) (UsersFiles, error) {
	_, err := f.disk.stat(".")
	isNew := absent(err)
	if isNew {
		err = f.disk.mkdir(".", 0o755)
	}
	if err != nil {
		return UsersFiles{}, err
	}
	result, err := f.usersFilesAlone(files, force, now)
	if err != nil && isNew {
		_ = f.disk.remove(".") // fails where something is in it
	}
	return result, err
}

func (f folder) usersFilesAlone(files map[string]bundle.File, force bool, now time.Time) (UsersFiles, error) {
	l, err := f.lock()
	if err != nil {
		return UsersFiles{}, err
	}
	defer l.release()
	recovery, err := f.recover()
	result := UsersFiles{Recovery: recovery.Findings()}
	if err != nil {
		return result, err
	}
	p, err := f.compareUsersFiles(files, force)
	if err != nil {
		return result, err
	}
	if err := p.Findings.Sort().Err(); err != nil {
		return result, err
	}
	w, err := f.plan(p, Options{Now: now})
	if err != nil || len(w.Steps) == 0 {
		return result, err
	}
	kept, err := f.execute(w.journal, nil)
	if err != nil {
		return result, err
	}
	for _, c := range p.Changes {
		result.Written = append(result.Written, c.Path)
	}
	result.Backups = append(w.backups, kept...)
	return result, nil
}

// compareUsersFiles plans the files that are not there yet, or not like that.
func (f folder) compareUsersFiles(files map[string]bundle.File, force bool) (Comparison, error) {
	c := &inspection{folder: f, Comparison: Comparison{Dir: f.dir, bundle: &bundle.Bundle{}, folders: map[string]place{".": there}}}
	for _, p := range slices.Sorted(maps.Keys(files)) {
		file := files[p]
		if !fs.ValidPath(p) || p == "." || within(p, bundle.WorkFolder) {
			return c.Comparison, fmt.Errorf("%q is not a path inside a bundle", p)
		}
		where, err := c.parent(p, false)
		if err != nil {
			return c.Comparison, err
		}
		var old *bundle.File
		if where == there {
			if old, err = f.current(p); err != nil {
				return c.Comparison, err
			}
		}
		switch {
		case where == inTheWay:
		case old == nil:
			c.Changes = append(c.Changes, Change{Path: p, State: Create, New: &file})
		case isFolder(old):
			c.Findings.Add(diag.Finding{Rule: ruleBlocked, File: p, Message: "a folder is there", Hint: "move it away"})
		case bytes.Equal(old.Data, file.Data):
		case path.Dir(p) == bundle.SecretsFolder:
			c.Findings.Add(diag.Finding{Rule: ruleContent, File: p, Message: "is there already, with another value; a secret is never replaced", Hint: "choose another folder; or move it away, if nothing was started with it"})
		case force:
			c.Changes = append(c.Changes, Change{Path: p, State: Edited, Old: old, New: &file})
		default:
			c.Findings.Add(diag.Finding{Rule: ruleEdited, File: p, Message: "is there already", Hint: "choose another place; or use --force, which keeps a copy in .owgen/backup"})
		}
	}
	return c.Comparison, nil
}
