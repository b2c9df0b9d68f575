package generator

import (
	"context"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/compose"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/render"
	"github.com/owgen/owgen/generator/settings"
)

// A Prepared catalogue makes any number of bundles: what does not depend on their input is read, parsed and
// checked once. Several goroutines may use it at a time.
type Prepared struct {
	services  *catalog.Catalog
	schema    *settings.Schema
	templates *render.Templates
}

// Prepare reads service folders, lowest layer first. With an error among the findings they make no bundle.
func Prepare(layers ...catalog.Layer) (*Prepared, diag.List) {
	services, found := catalog.Read(layers...)
	schema, f := settings.NewSchema(services.Settings())
	found.Add(f...)
	return &Prepared{services: services, schema: schema, templates: render.NewTemplates()}, found
}

// Catalog returns the service folders.
func (p *Prepared) Catalog() *catalog.Catalog { return p.services }

// Schema returns what can be set.
func (p *Prepared) Schema() *settings.Schema { return p.schema }

// Resolve reads an input, and gives every setting its checked value.
func (p *Prepared) Resolve(source profile.Source) (profile.Input, *settings.Values, diag.List) {
	input, found := profile.Read(source)
	values, f := p.schema.Resolve(input.Layers)
	found.Add(f...)
	return input, values, found
}

// Generate makes a bundle in memory. It reports everything that is wrong with the input, not the first; with an
// error among the findings there is no bundle.
func (p *Prepared) Generate(ctx context.Context, source profile.Source) (*Bundle, diag.List) {
	d, found := p.draft(source)
	if found.Err() != nil {
		return nil, found.Sort()
	}
	loaded, f := validate(ctx, d.project, d.rendered.folders)
	found.Add(f...)
	bundle, f := d.assemble()
	if found.Add(f...); bundle != nil {
		bundle.Project = loaded
	}
	return bundle, found.Sort()
}

// expect is Generate without validation.
func (p *Prepared) expect(source profile.Source) (*Bundle, diag.List) {
	d, found := p.draft(source)
	if found.Err() != nil {
		return nil, found.Sort()
	}
	bundle, f := d.assemble()
	found.Add(f...)
	return bundle, found.Sort()
}

// A draft is a bundle of which nothing was validated yet.
type draft struct {
	input    profile.Input
	plan     *plan.Plan
	rendered rendered
	project  *compose.Project
}

func (p *Prepared) draft(source profile.Source) (draft, diag.List) {
	input, values, found := p.Resolve(source)
	if found.Err() != nil {
		return draft{}, found
	}
	deployment, f := plan.Make(p.services, values)
	if found.Add(f...); found.Err() != nil {
		return draft{}, found
	}
	deployment.Summary = input.Summary
	rendered, f := renderAll(p.templates.For(deployment), p.services, deployment)
	if found.Add(f...); found.Err() != nil {
		return draft{}, found
	}
	project, f := compose.Build(compose.Input{Plan: deployment, Fragments: rendered.fragments, Folders: rendered.folders, Excuse: excuse})
	found.Add(f...)
	return draft{input, deployment, rendered, project}, found
}
