package output

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/git"
	"github.com/owgen/owgen/generator/read"
)

// A journal is replayed, and so it is believed only if this user's owgen has left it in this very folder. Anything
// else may have come with a pull request, a clone or an archive, and nothing in it is done.

// loadJournal returns the journal that a killed run left; nil means that there is none. It fails with a diag.List
// on one that is not to be believed.
func (f folder) loadJournal() (*journal, error) {
	info, err := f.disk.lstat(journalPath)
	if absent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	work, err := f.disk.lstat(bundle.WorkFolder)
	if err != nil {
		return nil, err
	}
	if err := f.origin(info, work); err != nil {
		return nil, f.refuse(err)
	}
	data, err := f.disk.read(journalPath)
	switch {
	case errors.As(err, new(read.TooLargeError)):
		return nil, f.refuse(err)
	case err != nil:
		return nil, err
	}
	var j journal
	if err := json.Unmarshal(data, &j); err != nil {
		return nil, f.refuse(fmt.Errorf("it cannot be read: %w", err))
	}
	if j.Format != journalFormat {
		return nil, f.refuse(fmt.Errorf("its format is %d, and this owgen knows %d: another version was killed while it wrote", j.Format, journalFormat))
	}
	if identity(work) != j.Place {
		return nil, f.refuse(errors.New("it was not written in this folder"))
	}
	if err := j.check(); err != nil {
		return nil, f.refuse(err)
	}
	return &j, f.links(j)
}

// refuse is the finding about a journal that is not to be believed.
func (f folder) refuse(err error) diag.List {
	return diag.List{{Rule: ruleJournal, File: journalPath, Message: "this journal is not believed, and nothing in it was done: " + err.Error(),
		Hint: "look at where it comes from, remove " + filepath.Join(f.dir, bundle.WorkFolder) + " (from git, too), and generate"}}
}

// origin says what is wrong with where the journal comes from, as far as the file and its folder tell.
func (f folder) origin(file, work fs.FileInfo) error {
	switch {
	case !work.IsDir():
		return errors.New(bundle.WorkFolder + " is " + read.Kind(work.Mode()))
	case !file.Mode().IsRegular():
		return errors.New("it is " + read.Kind(file.Mode()))
	}
	if err := onlyOurs(file); err != nil {
		return err
	}
	if err := onlyOurs(work); err != nil {
		return fmt.Errorf("%s: %w", bundle.WorkFolder, err)
	}
	if git.Tracked(context.Background(), f.dir, journalPath) {
		return errors.New("git tracks it, and owgen never puts it there")
	}
	return nil
}

// check says which path of a journal is none that owgen writes.
func (j journal) check() error {
	if j.Backup != "" && path.Dir(j.Backup) != backupFolder {
		return fmt.Errorf("%q is no folder for copies", j.Backup)
	}
	for _, s := range j.Steps {
		if !writable(s.Path) {
			return fmt.Errorf("it would write %q, which is not a path that owgen writes", s.Path)
		}
	}
	return nil
}

// writable says whether a path is one that a run may write: inside the bundle, and not git's, nor the user's own
// Compose file, nor the work folder but for the copies in it.
func writable(p string) bool {
	parts := strings.Split(p, "/")
	isGit := func(part string) bool { return strings.EqualFold(part, ".git") }
	return fs.ValidPath(p) && p != "." && !strings.ContainsAny(p, "\\\x00") && !slices.ContainsFunc(parts, isGit) && p != bundle.OverrideFile &&
		(!strings.EqualFold(parts[0], bundle.WorkFolder) || p == backupFolder || within(p, backupFolder))
}

// links fails where a link stands at a path of the journal, or above one. It would lead elsewhere.
func (f folder) links(j journal) error {
	seen := map[string]bool{}
	for _, s := range j.Steps {
		for p := s.Path; p != "." && !seen[p]; p = path.Dir(p) {
			seen[p] = true
			info, err := f.disk.lstat(p)
			switch {
			case absent(err):
			case err != nil:
				return err
			case info.Mode()&fs.ModeSymlink != 0:
				return diag.List{{Rule: ruleJournal, File: p, Message: "a killed run was about to write here, and a symbolic link has taken the place; nothing was done",
					Hint: "put the folder or file itself there, and generate"}}
			}
		}
	}
	return nil
}

// Unfinished says that a run was killed in the folder and left a journal, or that something is there which looks
// like one. It is for commands that only read: nothing is repaired. It fails with an *EnvError around a
// *LockedError while another owgen is at work.
func Unfinished(dir string) (diag.List, error) {
	found, err := open(dir).unfinished()
	return found, environment(err)
}

func (f folder) unfinished() (diag.List, error) {
	if err := f.busy(); err != nil {
		return nil, err
	}
	j, err := f.loadJournal()
	var refused diag.List
	switch {
	case errors.As(err, &refused):
		return refused, nil
	case err != nil:
		return nil, err
	case j == nil:
		return f.drafted(), nil
	}
	return diag.List{{Rule: ruleJournal, Severity: diag.Warning, File: journalPath,
		Message: fmt.Sprintf("an earlier owgen was killed while it wrote %d files, and the folder may be half written", len(j.paths())),
		Hint:    "`owgen generate` in the folder completes or undoes it"}}, nil
}

// drafted says that a run was killed before its journal was whole.
func (f folder) drafted() diag.List {
	if _, err := f.disk.lstat(draftPath); err != nil {
		return nil
	}
	return diag.List{{Rule: ruleJournal, Severity: diag.Warning, File: draftPath,
		Message: "an earlier owgen was killed before it wrote; nothing had been changed", Hint: "`owgen generate` in the folder tidies up"}}
}
