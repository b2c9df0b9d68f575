package generator

import (
	"slices"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
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
	schema.SetSecrets(services.SecretFiles())
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
	values, more := p.schema.Resolve(input.Layers)
	for _, f := range more {
		said := func(other diag.Finding) bool {
			return f.Path != "" && other.Path == f.Path && other.File == f.File && other.Line == f.Line
		}
		if !slices.ContainsFunc(found, said) { // a size that the profile does not have is no value of its setting either
			found.Add(f)
		}
	}
	return input, values, found
}

// prepared makes a bundle from a catalogue that is read for it alone.
func prepared(request Request, make func(*Prepared) (*Deployment, diag.List)) (*Deployment, diag.List) {
	p, found := Prepare(request.Catalog...)
	if found.Err() != nil {
		_, _, f := p.Resolve(request.Source)
		found.Add(f...)
		return nil, found.Sort()
	}
	made, f := make(p)
	found.Add(f...)
	return made, found.Sort()
}

// Resolve reads the catalogue and the input, and gives every setting its checked value.
func Resolve(request Request) (*catalog.Catalog, profile.Input, *settings.Values, diag.List) {
	p, found := Prepare(request.Catalog...)
	input, values, f := p.Resolve(request.Source)
	found.Add(f...)
	return p.services, input, values, found
}

// Defaults gives every setting of a catalogue its default.
func Defaults(c *catalog.Catalog) (*settings.Values, error) {
	schema, found := settings.NewSchema(c.Settings())
	values, f := schema.Resolve(nil)
	found.Add(f...)
	return values, found.Err()
}
