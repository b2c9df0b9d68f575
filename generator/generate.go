// Package generator turns a profile into a bundle: a folder that `docker compose up` builds and starts.
// Its stages are pure; only package output touches the disk, and only the commands touch the terminal.
package generator

import (
	"context"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/compose"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/project"
	"github.com/owgen/owgen/generator/target"
)

// Version is the program's version, as bundles record it.
const Version = "0.1.0"

// A Request is everything that a bundle depends on.
type Request struct {
	Catalog []catalog.Layer // service folders, lowest layer first
	Source  profile.Source  // the profile, the files of values, the flags
}

// Generate makes the bundle in memory. It reports everything that is wrong, with the catalogue and with the
// input; with an error among the findings there is no bundle. Prepare is for whoever makes several.
func Generate(ctx context.Context, request Request) (*Deployment, diag.List) {
	return prepared(request, Prepare, func(p *Prepared) (*Deployment, diag.List) { return p.Generate(ctx, request.Source) })
}

// GenerateUnchecked makes the bundle as Generate does, but neither validates nor loads it: for comparing with a folder.
// What is the same there, byte for byte, was validated by the Generate that wrote it.
func GenerateUnchecked(ctx context.Context, request Request) (*Deployment, diag.List) {
	return prepared(request, prepare, func(p *Prepared) (*Deployment, diag.List) { return p.generateUnchecked(ctx, request.Source) })
}

// GenerateAgain makes the bundle as Generate does, for a folder that may hold it already. Where written says so of it, its
// Compose file was validated by the Generate that wrote it: all rules apply once more, the schema does not.
func GenerateAgain(ctx context.Context, request Request, written func(*Deployment) bool) (*Deployment, diag.List) {
	return prepared(request, prepare, func(p *Prepared) (*Deployment, diag.List) { return p.generate(ctx, request.Source, written) })
}

// Generate makes a bundle in memory. It reports everything that is wrong with the input, not the first; with an
// error among the findings there is no bundle.
func (p *Prepared) Generate(ctx context.Context, source profile.Source) (*Deployment, diag.List) {
	return p.generate(ctx, source, func(*Deployment) bool { return false })
}

func (p *Prepared) generate(ctx context.Context, source profile.Source, written func(*Deployment) bool) (*Deployment, diag.List) {
	d, found := p.draft(ctx, source)
	if found.Err() != nil {
		return nil, found.Sort()
	}
	made, f := d.complete(ctx, written)
	if found.Add(f...); ctx.Err() != nil {
		return nil, interrupted()
	}
	return made, found.Sort()
}

// complete validates and assembles. A target that reads the project gets it when it is known to be right; for another one the
// folder is looked at first, which may spare a part of the validation.
func (d draft) complete(ctx context.Context, written func(*Deployment) bool) (*Deployment, diag.List) {
	var made *Deployment
	var found diag.List
	if !d.target.ReadsProject() {
		made, found = d.assemble(nil)
	}
	loaded, f := validate(ctx, d.project, d.rendered.folders, made != nil && written(made))
	found.Add(f...)
	if d.target.ReadsProject() && found.Err() == nil {
		made, f = d.assemble(loaded)
		found.Add(f...)
		if made != nil {
			written(made) // who asked wants to know, too
		}
	}
	if made != nil {
		made.Project = loaded
	}
	return made, found
}

// generateUnchecked is Generate without validation.
func (p *Prepared) generateUnchecked(ctx context.Context, source profile.Source) (*Deployment, diag.List) {
	d, found := p.draft(ctx, source)
	if found.Err() != nil {
		return nil, found.Sort()
	}
	var loaded *types.Project
	if d.target.ReadsProject() {
		var f diag.List
		loaded, f = project.Load(ctx, sources(d.project))
		found.Add(f...)
	}
	made, f := d.assemble(loaded)
	found.Add(f...)
	return made, found.Sort()
}

// A draft is a bundle of which nothing was validated yet.
type draft struct {
	input    profile.Input
	plan     *plan.Plan
	target   target.Target
	rendered rendered
	project  *compose.Files
}

// interrupted says why there is no bundle once the context is done.
func interrupted() diag.List {
	return diag.List{{Rule: "generate/interrupted", Message: "interrupted before the bundle was complete"}}
}

// draft runs the stages up to validation. Between them it looks whether anybody still waits for the bundle.
func (p *Prepared) draft(ctx context.Context, source profile.Source) (draft, diag.List) {
	input, values, found := p.Resolve(source)
	if found.Err() != nil {
		return draft{}, found
	}
	if ctx.Err() != nil {
		return draft{}, interrupted()
	}
	deployment, f := plan.Make(p.services, values)
	if found.Add(f...); found.Err() != nil {
		return draft{}, found
	}
	deployment.Summary = input.Summary
	engine := targetOf(deployment.Target())
	if found.Add(engine.Resolve(deployment)...); found.Err() != nil {
		return draft{}, found
	}
	if ctx.Err() != nil {
		return draft{}, interrupted()
	}
	rendered, f := renderAll(p.templates.For(deployment, engine.Command), p.services, deployment)
	if found.Add(f...); found.Err() != nil {
		return draft{}, found
	}
	if ctx.Err() != nil {
		return draft{}, interrupted()
	}
	project, f := compose.Builder{Plan: deployment, Fragments: rendered.fragments, Folders: rendered.folders, Excuse: excuse}.Build()
	found.Add(f...)
	return draft{input, deployment, engine, rendered, project}, found
}
