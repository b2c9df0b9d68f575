package output

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
)

// An Outcome says what became of a run that had been killed.
type Outcome string

// The outcomes. Nothing means that no run was killed in this folder.
const (
	Nothing   Outcome = ""
	Completed Outcome = "completed"
	Undone    Outcome = "undone"
)

// A Recovery says what Recover did.
type Recovery struct {
	Outcome Outcome
	Paths   []string // the paths that the killed run was about
	Backups []Backup // copies of files that were edited since
	Cause   error    // why it was undone and not completed, where there was a reason
}

// Findings tells the user about it.
func (r Recovery) Findings() diag.List {
	f := diag.Finding{Rule: "output/recovered", Severity: diag.Warning}
	switch {
	case r.Outcome == Nothing:
		return nil
	case r.Outcome == Completed:
		f.Message = fmt.Sprintf("an earlier owgen was killed while it wrote; its work was completed (%d files)", len(r.Paths))
	case r.Cause != nil:
		f.Message = fmt.Sprintf("an earlier owgen was killed while it wrote; its work was undone, because it cannot be completed: %v", r.Cause)
	default:
		f.Message = "an earlier owgen was killed before it wrote; nothing had been changed"
	}
	out := diag.List{f}
	for _, b := range r.Backups {
		out.Add(diag.Finding{Rule: f.Rule, Severity: diag.Warning, File: b.Path, Message: "it was edited since, and a copy is kept in " + b.Copy})
	}
	return out
}

// Recover completes what a killed run left halfway in the folder, or undoes it where it cannot be
// completed. Commands that write call it first. Without such leftovers it does nothing but look. It
// fails with a diag.List on a journal that is not to be believed, and else with an *EnvError: around a
// *LockedError while another owgen is at work.
func Recover(dir string) (Recovery, error) {
	r, err := open(dir).recoverAlone()
	return r, environment(err)
}

func (f folder) recoverAlone() (Recovery, error) {
	journal, found, err := f.leftovers()
	if err != nil || !found {
		return Recovery{}, err
	}
	l, err := f.lock()
	if err != nil {
		var locked *LockedError
		if errors.As(err, &locked) || journal {
			return Recovery{}, err
		}
		return Recovery{}, nil // a lock that nobody holds, in a folder that we may only read
	}
	defer l.release()
	return f.recover()
}

// leftovers says whether a run is at work or was killed, and whether it may have left a journal.
func (f folder) leftovers() (journal, found bool, err error) {
	if info, err := f.disk.lstat(bundle.WorkFolder); err != nil || !info.IsDir() {
		if absent(err) {
			err = nil
		}
		return false, false, err
	}
	for _, p := range []string{journalPath, draftPath, scratchPath, lockPath} {
		_, err := f.disk.lstat(p)
		if err == nil {
			return p == journalPath, true, nil
		}
		if !absent(err) {
			return false, false, err
		}
	}
	_ = f.disk.remove(bundle.WorkFolder) // an empty one is left by a run that had just begun; one with copies stays
	return false, false, nil
}

// recover does the work of Recover under the lock.
func (f folder) recover() (Recovery, error) {
	j, err := f.loadJournal()
	if err != nil {
		return Recovery{}, err
	}
	_, err = f.disk.lstat(draftPath)
	drafted := err == nil
	for _, p := range []string{draftPath, scratchPath} {
		if err := f.removeIfThere(p); err != nil {
			return Recovery{}, err
		}
	}
	switch {
	case j == nil && drafted:
		return Recovery{Outcome: Undone}, nil
	case j == nil:
		return Recovery{}, nil
	}
	return f.resume(*j)
}

// resume completes a journal, or undoes it if that fails.
func (f folder) resume(j journal) (Recovery, error) {
	r := Recovery{Outcome: Completed, Paths: j.paths()}
	done, err := f.complete(j)
	switch {
	case err == nil && done:
		err = f.disk.sync(j.precious())
	case err == nil:
		r.Backups, err = f.forward(j, nil)
	}
	if err != nil {
		r.Outcome, r.Cause = Undone, err
		if undone := f.undo(j); undone != nil {
			return Recovery{}, leaving(err, halfway)
		}
	}
	return r, f.disk.remove(journalPath)
}

// paths lists the files of a journal, relative to the bundle.
func (j journal) paths() []string {
	var out []string
	for _, s := range j.Steps {
		if !isFolder(s.New) && !within(s.Path, bundle.WorkFolder) {
			out = append(out, filepath.ToSlash(s.Path))
		}
	}
	return out
}
