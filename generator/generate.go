// Package generator turns a profile into a bundle: a folder that `docker compose up` builds and starts.
// Its stages are pure; only package output touches the disk, and only the commands touch the terminal.
package generator

import (
	"context"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/profile"
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
	p, found := Prepare(in.Catalog...)
	input, values, f := p.Resolve(in.Source)
	found.Add(f...)
	return p.services, input, values, found
}

// Generate makes the bundle in memory. It reports everything that is wrong, with the catalogue and with the
// input; with an error among the findings there is no bundle. Prepare is for whoever makes several.
func Generate(ctx context.Context, in Input) (*Bundle, diag.List) {
	go lint.Warm() // what validation needs is needed last and takes longest to prepare
	return prepared(in, func(p *Prepared) (*Bundle, diag.List) { return p.Generate(ctx, in.Source) })
}

// Expect makes the bundle as Generate does, but neither validates nor loads it: for comparing with a folder. What is
// the same there, byte for byte, was validated by the Generate that wrote it.
func Expect(in Input) (*Bundle, diag.List) {
	return prepared(in, func(p *Prepared) (*Bundle, diag.List) { return p.expect(in.Source) })
}

func prepared(in Input, bundle func(*Prepared) (*Bundle, diag.List)) (*Bundle, diag.List) {
	p, found := Prepare(in.Catalog...)
	if found.Err() != nil {
		_, _, f := p.Resolve(in.Source)
		found.Add(f...)
		return nil, found.Sort()
	}
	b, f := bundle(p)
	found.Add(f...)
	return b, found.Sort()
}

// Defaults gives every setting of a catalogue its default.
func Defaults(c *catalog.Catalog) (*settings.Values, error) {
	schema, found := settings.NewSchema(c.Settings())
	values, f := schema.Resolve(nil)
	found.Add(f...)
	return values, found.Err()
}
