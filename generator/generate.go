// Package generator turns a profile into a bundle: a folder that `docker compose up` builds and starts.
// Its stages are pure; only package output touches the disk, and only the commands touch the terminal.
package generator

import (
	"context"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/compose"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/project"
	"github.com/owgen/owgen/generator/target"
)

// Version is the program's version, as bundles record it.
const Version = "0.4.0"

// A Request is everything that a bundle depends on.
type Request struct {
	Catalog []catalog.Layer // service folders, lowest layer first
	Source  profile.Source  // the profile, the files of values, the flags
}

// Generate makes the bundle in memory. It reports everything that is wrong, with the catalogue and with the
// input; with an error among the findings there is no bundle. Prepare is for whoever makes several.
func Generate(ctx context.Context, request Request) (*Deployment, diag.List) {
	return prepared(request, func(p *Prepared) (*Deployment, diag.List) { return p.Generate(ctx, request.Source) })
}

// GenerateUnchecked makes the bundle as Generate does, but does not validate it: for comparing with a folder. What is the same
// there, byte for byte, was validated by the Generate that wrote it; for the rest there is Validate.
func GenerateUnchecked(ctx context.Context, request Request) (*Deployment, diag.List) {
	return prepared(request, func(p *Prepared) (*Deployment, diag.List) { return p.GenerateUnchecked(ctx, request.Source) })
}

// A draft is a bundle of which nothing was validated yet.
type draft struct {
	input    profile.Input
	plan     *plan.Plan
	target   target.Target
	rendered rendered
	project  *compose.Files
	findings diag.List // of the rules, where the project was loaded before validation
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
	if found.Add(source.Placed(f)...); found.Err() != nil {
		return draft{}, found
	}
	deployment.Summary = input.Summary
	engine := targetOf(deployment.Target())
	if found.Add(source.Placed(engine.Resolve(deployment))...); found.Err() != nil {
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
	return draft{input: input, plan: deployment, target: engine, rendered: rendered, project: project}, found
}

// Generate makes a bundle in memory. It reports everything that is wrong with the input, not the first; with an
// error among the findings there is no bundle.
func (p *Prepared) Generate(ctx context.Context, source profile.Source) (*Deployment, diag.List) {
	go project.Warm() // what validation needs, while one core resolves and plans
	d, found := p.draft(ctx, source)
	if found.Err() != nil {
		return nil, found.Sort()
	}
	checked, f := validate(ctx, d.project, d.rendered.folders, false)
	if ctx.Err() != nil {
		return nil, interrupted()
	}
	if found.Add(f...); found.Err() != nil && d.target.ReadsProject() {
		return nil, found.Sort()
	}
	made, f := d.assemble(checked)
	found.Add(f...)
	return made, found.Sort()
}

// GenerateUnchecked is Generate without validation, but for a target that needs the project as it means when loaded: then it is
// loaded for the rules, too, and once.
func (p *Prepared) GenerateUnchecked(ctx context.Context, source profile.Source) (*Deployment, diag.List) {
	d, found := p.draft(ctx, source)
	if found.Err() != nil {
		return nil, found.Sort()
	}
	checked := &lint.Subject{Reading: &project.Reading{}}
	if d.target.ReadsProject() {
		checked, d.findings = validate(ctx, d.project, d.rendered.folders, false)
		if ctx.Err() != nil {
			return nil, interrupted()
		}
		if d.findings.Err() != nil {
			return nil, append(found, d.findings...).Sort()
		}
	}
	made, f := d.assemble(checked)
	found.Add(f...)
	return made, found.Sort()
}

// Validate does what GenerateUnchecked has left out, so that the bundle is one of Generate's. What was written before, as the
// folder shows, has passed Compose's schema: all rules apply once more, the schema does not.
func (d *Deployment) Validate(ctx context.Context, written bool) diag.List {
	if d.Project != nil { // it had to be loaded before
		return d.draft.findings
	}
	checked, found := validate(ctx, d.draft.project, d.draft.rendered.folders, written)
	if ctx.Err() != nil {
		return interrupted()
	}
	d.Project = checked.Loaded
	return found
}

// interrupted says why there is no bundle once the context is done.
func interrupted() diag.List {
	return diag.List{{Rule: "generate/interrupted", Message: "interrupted before the bundle was complete"}}
}
