package output

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/owgen/owgen/generator/bundle"
)

const (
	journalPath   = bundle.WorkFolder + "/journal"     // once it is there, its steps are done or undone
	draftPath     = bundle.WorkFolder + "/journal.new" // as long as there is only this, nothing was touched
	scratchPath   = bundle.WorkFolder + "/new"         // a file on its way into place
	backupFolder  = bundle.WorkFolder + "/backup"
	journalFormat = 2
)

// A journal holds everything that a write does, old and new contents included: whatever happens,
// each step can be done and undone from it, any number of times. It holds new secrets as well, and
// so it can be read by its owner only and is removed at the end.
type journal struct {
	Format int    `json:"format"`
	Place  uint64 `json:"place"`  // the folder that it was written in
	Backup string `json:"backup"` // the folder for copies of this run
	Steps  []step `json:"steps"`  // in their order
}

// A step takes one path from one state to another; nil means that nothing is there, and a mode
// with fs.ModeDir that a folder is. A new file that is to be written Once gives way to one that
// appeared in the meantime.
type step struct {
	Path string       `json:"path"`
	Old  *bundle.File `json:"old,omitempty"`
	New  *bundle.File `json:"new,omitempty"`
	Sync bool         `json:"sync,omitempty"` // must survive a power cut
}

// A Backup is a copy of a file that was not as it was generated.
type Backup struct {
	Path string `json:"path"`
	Copy string `json:"copy"` // relative to the bundle, like Path
}

// commit writes the journal; from then on the steps will be done, or undone, whatever happens.
func (f folder) commit(j journal) error {
	work, err := f.disk.lstat(bundle.WorkFolder)
	if err != nil {
		return err
	}
	j.Place = identity(work) // a clone, an archive and `cp -r` make another one
	data, err := json.Marshal(j)
	if err != nil {
		return err
	}
	if err := f.removeIfThere(draftPath); err != nil {
		return err
	}
	if err := f.disk.create(draftPath, bundle.File{Data: data, Mode: 0o600}); err != nil {
		return err
	}
	if err := f.disk.sync([]string{draftPath}); err != nil {
		return err
	}
	return f.disk.rename(draftPath, journalPath)
}

// forward does the steps that are not done yet. It calls progress, if any, after each file.
func (f folder) forward(j journal, progress func(path string)) ([]Backup, error) {
	var backups []Backup
	for _, s := range j.Steps {
		kept, err := f.settle(s.Path, s.Old, s.New, j.Backup)
		if err != nil {
			return backups, err
		}
		if kept != "" {
			backups = append(backups, Backup{s.Path, kept})
		}
		if s.New == nil {
			if err := f.prune(path.Dir(s.Path), j); err != nil {
				return backups, err
			}
		}
		if progress != nil && !isFolder(s.New) && !within(s.Path, bundle.WorkFolder) {
			progress(s.Path)
		}
	}
	return backups, f.disk.sync(j.precious())
}

// undo takes back the steps that are done, the last first.
func (f folder) undo(j journal) error {
	for _, s := range slices.Backward(j.Steps) {
		if _, err := f.settle(s.Path, s.New, s.Old, j.Backup); err != nil {
			return err
		}
	}
	return f.disk.sync(j.precious())
}

// precious lists what must survive a power cut, with the folders that it lies in. Until then the
// journal does, and with it new secrets: so it stays until they are flushed.
func (j journal) precious() []string {
	paths := map[string]bool{}
	for _, s := range j.Steps {
		if s.Sync {
			paths[s.Path], paths[path.Dir(s.Path)] = true, true
		}
	}
	return slices.Sorted(maps.Keys(paths))
}

// complete says whether all steps are done: whether the last one is. They may not be flushed yet.
func (f folder) complete(j journal) (bool, error) {
	if len(j.Steps) == 0 {
		return true, nil
	}
	last := j.Steps[len(j.Steps)-1]
	if isFolder(last.New) {
		return false, nil
	}
	cur, err := f.current(last.Path)
	if err != nil || cur == nil || last.New == nil {
		return cur == nil && last.New == nil, err
	}
	return !isFolder(cur) && bytes.Equal(cur.Data, last.New.Data) && sameMode(cur.Mode, last.New.Mode), nil
}

// settle brings a path to a state. It expects there what the journal says, or what a run left
// that was killed in the middle of this step; anything else was put there since, and is kept in
// the backup folder, or stays where the new file is to be written Once.
func (f folder) settle(p string, from, to *bundle.File, backup string) (kept string, err error) {
	if isFolder(from) || isFolder(to) {
		return "", f.settleFolder(p, to)
	}
	if from == nil && to != nil {
		if err := f.put(p, *to); !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
	cur, err := f.current(p)
	switch {
	case err != nil || cur == nil && to == nil:
		return "", err
	case isFolder(cur) && to == nil:
		return "", nil // a later step has made it
	case isFolder(cur):
		return "", &fs.PathError{Op: "write", Path: filepath.Join(f.dir, p), Err: syscall.EISDIR}
	case cur == nil:
		return "", f.put(p, *to)
	case to != nil && bytes.Equal(cur.Data, to.Data):
		return "", f.setMode(p, *cur, *to, from == nil)
	case !expected(cur, from, to):
		if once(from) || once(to) {
			return "", nil
		}
		if kept, err = f.keep(p, backup); err != nil {
			return "", err
		}
		if to == nil {
			return kept, nil
		}
		return kept, f.put(p, *to)
	case to == nil:
		return "", f.disk.remove(p)
	}
	return "", f.replace(p, *to)
}

// expected says whether a file is what the journal says, or the beginning of the one that was
// being written when the run was killed.
func expected(cur, from, to *bundle.File) bool {
	if from != nil && bytes.Equal(cur.Data, from.Data) {
		return true
	}
	return from == nil && bytes.HasPrefix(to.Data, cur.Data) || to == nil && bytes.HasPrefix(from.Data, cur.Data)
}

func once(file *bundle.File) bool { return file != nil && file.Once }

func isFolder(file *bundle.File) bool { return file != nil && file.Mode.IsDir() }

func within(p, dir string) bool { return strings.HasPrefix(p, dir+"/") }
