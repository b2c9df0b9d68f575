package output

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/secret"
)

// A writing is a journal and what to tell about it.
type writing struct {
	journal
	backups []Backup
	made    []string
}

// plan turns a Comparison into steps: copies of what was edited, removals, folders, secrets, then the
// files, those at the top last and the manifest at the very end: whoever sees a new Compose file
// finds everything that it needs.
func (f folder) plan(p Comparison, o Options) (*writing, error) {
	w := &writing{journal: journal{Format: journalFormat}}
	var err error
	if w.Backup, err = f.backupFolder(o.Now); err != nil {
		return nil, err
	}
	w.copies(p)
	for _, c := range p.Changes {
		if c.writes() && c.New == nil {
			w.Steps = append(w.Steps, step{Path: c.Path, Old: c.Old})
		}
	}
	secrets, err := w.secrets(p, o)
	if err != nil {
		return nil, err
	}
	files := append(secrets, w.files(p)...)
	w.folders(p, files)
	w.Steps = append(w.Steps, files...)
	return w, nil
}

// copies plans the copies of files that were edited by hand.
func (w *writing) copies(p Comparison) {
	for _, c := range p.Of(Edited) {
		target := path.Join(w.Backup, c.Path)
		w.backups = append(w.backups, Backup{c.Path, target})
		for _, dir := range above(target) {
			w.Steps = append(w.Steps, makes(dir, 0o700))
		}
		w.Steps = append(w.Steps, step{Path: target, New: c.Old, Sync: true})
	}
}

// folders plans the folders that the files need and that are not there.
func (w *writing) folders(p Comparison, files []step) {
	missing := map[string]bool{}
	for _, s := range files {
		for dir := path.Dir(s.Path); dir != "." && p.folders[dir] == nowhere; dir = path.Dir(dir) {
			missing[dir] = true
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(missing)) {
		mode := fs.FileMode(0o755)
		if dir == bundle.SecretsFolder {
			mode = 0o700
		}
		w.Steps = append(w.Steps, makes(dir, mode))
	}
}

// makes is the step that makes a folder.
func makes(dir string, mode fs.FileMode) step {
	return step{Path: dir, New: &bundle.File{Mode: fs.ModeDir | mode}}
}

// above lists the folders that a copy lies in, outer ones first, without the work folder itself.
func above(copied string) []string {
	var out []string
	for dir := path.Dir(copied); dir != bundle.WorkFolder; dir = path.Dir(dir) {
		out = append(out, dir)
	}
	slices.Reverse(out)
	return out
}

// secrets makes the secrets that are missing. They are flushed in any case: from the first start
// on, the volumes of a deployment know them.
func (w *writing) secrets(p Comparison, o Options) ([]step, error) {
	var private, public []step
	for _, s := range p.Secrets {
		if !s.Create {
			continue
		}
		m, err := secret.Create(s.Spec, o.Random, o.Now)
		if err != nil {
			return nil, err
		}
		w.made = append(w.made, s.Path)
		private = append(private, step{Path: s.Path, New: &bundle.File{Data: m.Private, Mode: 0o444, Once: true}, Sync: true})
		for _, name := range slices.Sorted(maps.Keys(m.Public)) {
			w.made = append(w.made, name)
			public = append(public, step{Path: name, New: &bundle.File{Data: m.Public[name], Mode: 0o644, Once: true}, Sync: true})
		}
	}
	return append(private, public...), nil
}

// files plans the generated files. In a new folder they are not flushed: until the services have
// started there is nothing to lose that could not be generated again.
func (w *writing) files(p Comparison) []step {
	var out []step
	for _, c := range p.Changes {
		if c.writes() && c.New != nil {
			out = append(out, step{Path: c.Path, Old: c.Old, New: c.New, Sync: !p.First})
		}
	}
	slices.SortStableFunc(out, func(a, b step) int { return cmp.Compare(rank(a.Path), rank(b.Path)) })
	return out
}

func rank(p string) int {
	switch {
	case p == bundle.ManifestFile:
		return 2
	case !strings.Contains(p, "/"):
		return 1
	}
	return 0
}

// backupFolder is named after the time; a second one of the same second gets a number.
func (f folder) backupFolder(now time.Time) (string, error) {
	base := path.Join(backupFolder, now.UTC().Format("20060102-150405"))
	for n := 1; ; n++ {
		name := base
		if n > 1 {
			name = fmt.Sprintf("%s-%d", base, n)
		}
		if _, err := f.disk.lstat(name); err != nil {
			if absent(err) {
				err = nil
			}
			return name, err
		}
	}
}
