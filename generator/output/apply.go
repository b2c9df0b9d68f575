package output

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"path/filepath"
	"time"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/read"
)

// Options says how to write.
type Options struct {
	Force       bool              // replace files that were edited by hand, and keep copies of them
	Random      io.Reader         // where secrets come from
	Now         time.Time         // when certificates begin, and the name of the folder for copies
	InputBefore *InputText        // what owgen.yaml held when the bundle was made from it; nil: it was made from something else
	Progress    func(path string) // called after each file that was written or removed; may be nil
}

// An InputText is what owgen.yaml held when it was read; Data is nil if it was not there.
type InputText struct{ Data []byte }

// ErrInputChanged says that somebody else has changed owgen.yaml since it was read: the bundle must be made anew, or
// what they have written is lost, or does not fit to the files beside it.
var ErrInputChanged = errors.New("owgen.yaml was changed in the meantime")

// A Result says what was done.
type Result struct {
	Changes  []Change  // what was written and removed, in order
	Secrets  []string  // the paths of the secrets that were made, with those of their public files
	Backups  []Backup  // copies of what was replaced and had been edited
	Recovery Recovery  // what was left of a run that had been killed
	Findings diag.List // warnings
}

// Apply writes a bundle as Compare has planned it, completely or not at all. It compares once
// more when it has the folder for itself, since another run may have come in between.
//
// It fails with a diag.List where findings stop it: files that were edited by hand, unless Force
// is set, something in the way, an authority with one half only. It fails with an *EnvError where
// the machine stands in the way. In both cases nothing was changed; if even undoing failed, the
// hint says so, and the next Recover takes it up.
func Apply(p Comparison, o Options) (Result, error) {
	result, err := open(p.Dir).apply(p, o)
	return result, environment(err)
}

func (f folder) apply(p Comparison, o Options) (Result, error) {
	stops := p.stops(o.Force).Err()
	if p.Clean() && stops == nil {
		return Result{Findings: p.warnings()}, nil
	}
	if p.folders["."] != nowhere {
		return f.applyAlone(p.bundle, o, stops)
	}
	if err := f.disk.mkdir(".", 0o755); err != nil {
		return Result{}, err
	}
	result, err := f.applyAlone(p.bundle, o, stops)
	if err != nil {
		_ = f.disk.remove(".") // fails where something is in it
	}
	return result, err
}

// applyAlone takes the lock first: what was found before may have been another run at work.
func (f folder) applyAlone(b *bundle.Bundle, o Options, stops error) (Result, error) {
	l, err := f.lock()
	if err != nil {
		var locked *LockedError
		if stops != nil && !errors.As(err, &locked) {
			err = stops // in a folder that we may only read
		}
		return Result{}, err
	}
	defer l.release()
	return f.write(b, o)
}

// write does the work of Apply under the lock.
func (f folder) write(b *bundle.Bundle, o Options) (Result, error) {
	recovery, err := f.recover()
	result := Result{Recovery: recovery}
	if err != nil {
		return result, err
	}
	p, err := f.compare(b)
	if err != nil {
		return result, err
	}
	if changed, err := f.changedSince(o.InputBefore); err != nil || changed {
		return result, cmp.Or(err, ErrInputChanged)
	}
	result.Findings = p.warnings()
	if err := p.stops(o.Force).Err(); err != nil || p.Clean() {
		return result, err
	}
	w, err := f.plan(p, o)
	if err != nil {
		return result, err
	}
	kept, err := f.execute(w.journal, o.Progress)
	if err != nil {
		return result, err
	}
	result.Secrets, result.Backups = w.made, append(w.backups, kept...)
	for _, c := range p.Changes {
		if c.writes() {
			result.Changes = append(result.Changes, c)
		}
	}
	return result, nil
}

// changedSince says whether owgen.yaml is another one than what was read. Under the lock nobody else of ours writes it.
func (f folder) changedSince(was *InputText) (bool, error) {
	if was == nil {
		return false, nil
	}
	data, err := read.File(context.Background(), filepath.Join(f.dir, bundle.InputFile), read.Profile) // which may be a link of the user's
	if absent(err) {
		return was.Data != nil, nil
	}
	return was.Data == nil || !bytes.Equal(data, was.Data), err
}

// execute does all steps of a journal or none.
func (f folder) execute(j journal, progress func(string)) ([]Backup, error) {
	if err := f.commit(j); err != nil {
		_ = f.removeIfThere(draftPath) // if it stays, the next run removes it
		return nil, leaving(err, unchanged)
	}
	backups, err := f.forward(j, progress)
	if err == nil {
		if err := f.disk.remove(journalPath); err != nil {
			return backups, leaving(err, written)
		}
		return backups, nil
	}
	undone := f.undo(j)
	if undone == nil {
		undone = f.removeIfThere(scratchPath)
	}
	if undone == nil {
		undone = f.disk.remove(journalPath)
	}
	if undone != nil {
		return nil, leaving(err, halfway)
	}
	return nil, leaving(err, unchanged)
}
