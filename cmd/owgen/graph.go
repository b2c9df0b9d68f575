package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/export"
	"github.com/owgen/owgen/generator/graph"
)

type graphCmd struct {
	Input   string   `arg:"" optional:"" name:"dir|profile" help:"A bundle's folder, a profile's name, or a file. Nothing: the bundle in this folder."`
	Format  string   `enum:"svg,mermaid,dot," default:"" placeholder:"FORMAT" help:"svg, mermaid or dot. By default what the output's name ends in, or else svg."`
	Output  string   `short:"o" placeholder:"FILE" help:"Where to write the picture, instead of standard output."`
	Values  []string `short:"f" placeholder:"FILE" help:"Values laid over the input; may be repeated."`
	Set     []string `placeholder:"KEY=VALUE" sep:"none" help:"One value laid over everything; may be repeated."`
	Catalog string   `placeholder:"DIR" type:"existingdir" help:"Service folders to lay over the built-in ones."`
}

// Run draws the architecture of a bundle, or of what a profile would give.
func (c graphCmd) Run(t *terminal) error {
	in, err := inputFlags{Values: c.Values, Set: c.Set, Catalog: c.Catalog}.existing(t, c.Input)
	if err != nil {
		return err
	}
	if c.Output != "" { // before the work
		if _, err := t.place(c.Output); err != nil {
			return err
		}
	}
	made, found := generator.Generate(t.ctx, in)
	if err := found.Err(); err != nil {
		return err
	}
	picture, err := c.draw(graph.Make(made.Plan))
	if err != nil {
		return err
	}
	return t.write(c.Output, picture)
}

func (c graphCmd) draw(g *graph.Graph) ([]byte, error) {
	format := c.Format
	if format == "" {
		format = map[string]string{".mmd": "mermaid", ".mermaid": "mermaid", ".dot": "dot", ".gv": "dot"}[filepath.Ext(c.Output)]
	}
	switch format {
	case "mermaid":
		return g.Mermaid(), nil
	case "dot":
		return g.DOT(), nil
	}
	return g.SVG()
}

// existing is the input of a bundle that is there, if that names its folder, or of a profile or file.
func (f inputFlags) existing(t *terminal, dirOrProfile string) (generator.Request, error) {
	dir := dirOrProfile
	if dir == "" {
		dir = "."
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return f.source(t.ctx, dirOrProfile), nil
	}
	own := filepath.Join(dir, bundle.InputFile)
	if _, err := os.Stat(own); errors.Is(err, fs.ErrNotExist) {
		return generator.Request{}, usageError{"there is no " + own, "name the folder of a bundle, or a profile (`owgen list` shows them)"}
	}
	return f.source(t.ctx, own), t.unfinished(dir)
}

// write writes data to a file, or to standard output if none is named.
func (t *terminal) write(file string, data []byte) error {
	if file == "" {
		_, err := t.out.Write(data)
		return err
	}
	place, err := t.place(file)
	if err != nil {
		return err
	}
	return folderError(place.Bytes(t.ctx, data))
}

// place is where a file goes that -o names.
func (t *terminal) place(file string, secrets ...string) (export.Place, error) {
	place, err := export.To(t.ctx, file, secrets...)
	var refused *export.RefusedError
	if errors.As(err, &refused) {
		return place, usageError{refused.Message, refused.Hint}
	}
	return place, folderError(err)
}
