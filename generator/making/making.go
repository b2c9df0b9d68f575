// Package making makes a bundle in its folder: one for `owgen generate`, many for a fleet.
package making

import (
	"crypto/rand"
	"slices"
	"time"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/output"
	"github.com/owgen/owgen/generator/plan"
)

// Leftovers completes or undoes what a killed run has left in a folder, or says that it is there where nothing is to be written.
func Leftovers(dir string, dryRun bool) (diag.List, error) {
	if dryRun {
		found, err := output.Unfinished(dir)
		if err == nil {
			err = found.Err()
		}
		return found, err
	}
	recovery, err := output.Recover(dir)
	return recovery.Findings(), err
}

// Options say how to write.
type Options struct {
	DryRun      bool              // write nothing
	Force       bool              // replace what was edited by hand, keeping a copy
	InputBefore *output.InputText // what owgen.yaml held when the bundle was made from it; nil: it was made from something else
}

// A Result is what a run did, or would do.
type Result struct {
	Bundle   string   `json:"bundle"`
	Services int      `json:"services"`
	Files    int      `json:"files"`
	Written  []string `json:"written"`
	Removed  []string `json:"removed"`
	Secrets  []string `json:"secrets"`
	Edited   []string `json:"edited"`
	Backups  []string `json:"backups"`

	Summary string   `json:"-"` // where the deployment is found
	Start   []string `json:"-"` // what starts it, or brings a change into force, in its folder
	Lost    []string `json:"-"` // those of the secrets that were there before: new ones do not fit what was set up with them
	Rotated []string `json:"-"` // those of the lost whose services can take a new one
	First   bool     `json:"-"` // nothing generated was there before
}

// Changed tells whether there is anything to do.
func (r Result) Changed() bool { return len(r.Written)+len(r.Removed)+len(r.Secrets) > 0 }

// Write brings the folder to what the bundle is. The findings come from the writing itself.
func Write(dir string, made *generator.Deployment, o Options) (Result, diag.List, error) {
	compared, err := output.Compare(dir, &made.Bundle)
	if err != nil {
		return Result{}, nil, err
	}
	r := planned(dir, made, compared)
	if o.DryRun {
		return r, compared.Risks.Softened(), nil
	}
	done, err := output.Apply(compared, output.Options{Force: o.Force, InputBefore: o.InputBefore, Random: rand.Reader, Now: time.Now()})
	if err != nil {
		return Result{}, nil, err
	}
	r.take(done)
	return r, done.Findings, nil
}

// planned is what would be done.
func planned(dir string, made *generator.Deployment, compared output.Comparison) Result {
	r := Result{Bundle: dir, Services: made.Started(), Files: len(made.Files), Summary: made.Summary, Start: made.Start, First: compared.First,
		Backups: []string{}}
	if !r.First {
		r.Start = made.Renew
	}
	r.Written = paths(compared.Of(output.Create, output.Missing, output.Update))
	r.Removed = paths(compared.Of(output.Remove))
	r.Edited = paths(compared.Of(output.Edited))
	for _, name := range compared.Lost() {
		r.Lost = append(r.Lost, bundle.SecretPath(name))
		if slices.ContainsFunc(made.Plan.Rotations, func(o plan.Rotation) bool { return o.Secret == name }) {
			r.Rotated = append(r.Rotated, bundle.SecretPath(name))
		}
	}
	r.Secrets = []string{}
	for _, s := range compared.Secrets {
		if s.Create {
			r.Secrets = append(r.Secrets, s.Path)
		}
	}
	return r
}

func paths(changes []output.Change) []string {
	out := []string{}
	for _, change := range changes {
		out = append(out, change.Path)
	}
	return out
}

// take replaces what was planned by what was done.
func (r *Result) take(done output.Result) {
	r.Written, r.Removed, r.Secrets, r.Edited = []string{}, []string{}, append([]string{}, done.Secrets...), []string{}
	for _, change := range done.Changes {
		if change.New == nil {
			r.Removed = append(r.Removed, change.Path)
		} else {
			r.Written = append(r.Written, change.Path)
		}
	}
	for _, b := range done.Backups {
		r.Backups = append(r.Backups, b.Copy)
	}
}
