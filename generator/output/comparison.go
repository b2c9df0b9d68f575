// Package output compares a bundle with a folder and writes it there. It is the only package that
// touches the disk.
//
// A write is journalled: what is to be written, new secrets included, goes into .owgen/journal
// first, which is flushed, and only then into place; the journal goes when the rest is flushed too.
// After a crash the next command completes or undoes it (Recover).
// Files of the user are never touched: owgen.yaml and custom/ once they are there,
// docker-compose.override.yml, and existing secrets, which are not even read. A generated file
// that was edited by hand is replaced on demand only, and a copy is kept in
// .owgen/backup/TIME/PATH. The folder .owgen is for git to ignore, and gone when there is no copy.
package output

import (
	"slices"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/secret"
)

// A State says what a path of a bundle needs.
type State string

// The states of a path.
const (
	Create    State = "create"    // it is new
	Missing   State = "missing"   // it was generated and is gone: it is written again
	Update    State = "update"    // it is as it was generated, and other content or another mode is generated now
	Remove    State = "remove"    // it is as it was generated, and is no longer generated
	Edited    State = "edited"    // it is not what was generated: it stops the writing, unless that is forced
	Blocked   State = "blocked"   // a link or a folder is in its way: it stops the writing
	Unchanged State = "unchanged" // nothing
	Kept      State = "kept"      // nothing: it belongs to the user
)

// A Change is one path and what it needs.
type Change struct {
	Path   string       `json:"path"`
	State  State        `json:"state"`
	Reason string       `json:"reason,omitempty"` // in a few words, where the state does not say it all
	Old    *bundle.File `json:"-"`                // what is there; nil: nothing, or it was not read
	New    *bundle.File `json:"-"`                // what is generated; nil: nothing
}

// writes says whether the change touches the disk, once nothing stops it.
func (c Change) writes() bool {
	switch c.State {
	case Create, Missing, Update, Remove, Edited:
		return true
	}
	return false
}

// A Secret is one secret of the bundle and whether it is there; never its value.
type Secret struct {
	Spec    secret.Spec
	Path    string // where it lies: below secrets/, or the user's file
	Present bool
	Create  bool // it is absent, and Apply makes it
	Lost    bool // it is absent, and the bundle was generated with it before
	Anew    bool // it was lost together with its public half, as whoever wants a new one has it
}

// A Comparison is the difference between a bundle and a folder.
type Comparison struct {
	Dir      string
	First    bool          // there is no manifest: nothing was generated here before
	Record   bundle.Record // what the folder's manifest says
	Changes  []Change      // every path that is generated or was, in order
	Secrets  []Secret      // in the order of the bundle
	Findings diag.List     // what is wrong with the files; an Error stops Apply
	// SecretFindings tells what is wrong with the secrets; an Error stops Apply. In a clone of
	// the bundle, which has no secrets, they mean nothing.
	SecretFindings diag.List
	NeededFindings diag.List // what is wrong with the user's files that images are built from or containers mount; an Error stops Apply
	// Risks tells what is there already and does not fit to the bundle; it stops nobody, since a deployment that has no data
	// yet may lose it.
	Risks diag.List

	bundle  *bundle.Bundle
	folders map[string]place // what is where a folder has to be
}

// The rules of the findings.
const (
	ruleEdited    = "output/edited"
	ruleManifest  = "output/manifest"
	ruleBlocked   = "output/blocked"
	ruleAbsent    = "output/secret-absent"
	ruleLost      = "output/secret-lost"
	ruleMode      = "output/secret-mode"
	ruleContent   = "output/secret-content"
	ruleAuthority = "output/ca"
	ruleAnew      = "output/ca-new"
	ruleNeeded    = "output/needed"
	ruleRenewed   = "output/renewed"
	ruleLasting   = "output/lasting"
	ruleJournal   = "output/journal"
)

// Written says that the folder holds what is generated, and that this owgen wrote it: the manifest, with its version and the
// hash of each file, is the same as well.
func (p Comparison) Written() bool {
	return !p.First && !slices.ContainsFunc(p.Changes, func(c Change) bool { return c.State != Unchanged && c.State != Kept })
}

// Forgot says that what is generated lies there, but not the manifest, by which owgen would know it.
func (p Comparison) Forgot() bool {
	return p.First && slices.ContainsFunc(p.Changes, func(c Change) bool { return c.Old != nil && c.State != Kept })
}

// Clean says that the folder holds the bundle already, with its secrets: Apply would write nothing.
func (p Comparison) Clean() bool {
	for _, c := range p.Changes {
		if c.writes() || c.State == Blocked {
			return false
		}
	}
	for _, s := range p.Secrets {
		if s.Create {
			return false
		}
	}
	return true
}

// Of returns the changes that are in one of the states.
func (p Comparison) Of(states ...State) []Change {
	var out []Change
	for _, c := range p.Changes {
		for _, s := range states {
			if c.State == s {
				out = append(out, c)
			}
		}
	}
	return out
}

// stops returns the findings that stop Apply; force gets over hand-edited files and over a
// manifest that cannot be read, which makes every file look edited.
func (p Comparison) stops(force bool) diag.List {
	var out diag.List
	for _, f := range slices.Concat(p.Findings, p.SecretFindings, p.NeededFindings).Errors() {
		if !force || f.Rule != ruleEdited && f.Rule != ruleManifest {
			out.Add(f)
		}
	}
	if len(out) > 0 { // all that is wrong is said at once
		out.Add(p.warnings()...)
	}
	return out.Sort()
}

// Asked returns what is wrong with secrets that the input names files for. They are the user's, and not in a clone's
// nature: those of the bundle's own folder are.
func (p Comparison) Asked() diag.List {
	files := map[string]bool{}
	for _, s := range p.Secrets {
		if s.Spec.Asked.File != "" {
			files[s.Spec.Asked.Path] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(p.SecretFindings), func(f diag.Finding) bool { return !files[f.Path] })
}

// Faulty returns what is wrong with secrets that are there or the user's to bring. Which are lost, Secrets says; a clone has none of its
// own, so that of it only those count that the input asks for.
func (p Comparison) Faulty() diag.List {
	if p.IsClone() {
		return p.Asked()
	}
	return slices.DeleteFunc(slices.Clone(p.SecretFindings), func(f diag.Finding) bool { return f.Rule == ruleLost || f.Rule == ruleAnew })
}

// Lost are the names of the secrets that the bundle was generated with before, and that are not there.
func (p Comparison) Lost() []string {
	var out []string
	for _, s := range p.Secrets {
		if s.Lost {
			out = append(out, s.Spec.Name)
		}
	}
	return out
}

// warnings returns the findings that do not stop Apply.
func (p Comparison) warnings() diag.List {
	return slices.Concat(p.Findings, p.SecretFindings, p.NeededFindings, p.Risks.Softened()).Warnings().Sort()
}

// IsClone tells whether a bundle has none of the secrets that belong into its folder.
func (c Comparison) IsClone() bool {
	return !slices.ContainsFunc(c.Secrets, func(s Secret) bool { return s.Present && s.Spec.File == "" })
}
