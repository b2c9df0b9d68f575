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
	"github.com/owgen/owgen/generator/render"
	"github.com/owgen/owgen/generator/settings"
)

// Version is the program's version, as bundles record it.
const Version = "0.1.0"

// An Input is everything that a bundle depends on.
type Input struct {
	Catalog []catalog.Layer // service folders, lowest layer first
	Source  profile.Source  // the profile, the files of values, the flags
}

// Resolve reads the catalogue and the input, and gives every setting its checked value.
func Resolve(in Input) (*catalog.Catalog, profile.Input, *settings.Values, diag.List) {
	services, found := catalog.Read(in.Catalog...)
	schema, f := settings.NewSchema(services.Settings())
	found.Add(f...)
	input, f := profile.Read(in.Source)
	found.Add(f...)
	values, f := schema.Resolve(input.Layers)
	found.Add(f...)
	return services, input, values, found
}

// Generate makes the bundle in memory. It reports everything that is wrong, not the first; with an error
// among the findings there is no bundle.
func Generate(ctx context.Context, in Input) (*Bundle, diag.List) {
	go lint.Warm() // compose-go's schema is needed last and takes longest to prepare
	services, input, values, found := Resolve(in)
	if found.Err() != nil {
		return nil, found.Sort()
	}
	deployment, f := plan.Make(services, values)
	if found.Add(f...); found.Err() != nil {
		return nil, found.Sort()
	}
	deployment.Summary = input.Summary
	rendered, f := renderAll(render.New(deployment), services, deployment)
	if found.Add(f...); found.Err() != nil {
		return nil, found.Sort()
	}
	project, f := compose.Build(compose.Input{Plan: deployment, Fragments: rendered.fragments, Folders: rendered.folders, Excuse: excuse})
	if found.Add(f...); found.Err() != nil {
		return nil, found.Sort()
	}
	loaded, f := validate(ctx, project, rendered.folders)
	found.Add(f...)
	bundle, f := assemble(input, deployment, project, rendered)
	if found.Add(f...); bundle != nil {
		bundle.Project = loaded
	}
	return bundle, found.Sort()
}

// Defaults gives every setting of a catalogue its default.
func Defaults(c *catalog.Catalog) (*settings.Values, error) {
	schema, found := settings.NewSchema(c.Settings())
	values, f := schema.Resolve(nil)
	found.Add(f...)
	return values, found.Err()
}
