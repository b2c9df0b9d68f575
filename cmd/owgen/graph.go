package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/export"
	"github.com/owgen/owgen/generator/graph"
)

type graphCmd struct {
	Where  string `arg:"" optional:"" name:"dir|profile" help:"A bundle's folder, a profile's name, or a file. Nothing: the bundle in this folder."`
	Format string `enum:"svg,mermaid,dot," default:"" placeholder:"FORMAT" help:"svg, mermaid or dot. By default what the output's name ends in, or else svg."`
	Output string `short:"o" placeholder:"FILE" help:"Where to write the picture, instead of standard output."`
	inputFlags
}

// Run draws the architecture of a bundle, or of what a profile would give.
func (c graphCmd) Run(ctx context.Context, t *terminal) error {
	in, err := c.open(ctx, t, c.Where)
	if err != nil {
		return err
	}
	if c.Output != "" { // before the work
		if _, err := t.place(ctx, c.Output); err != nil {
			return err
		}
	}
	made, found := generator.Generate(ctx, in)
	if err := found.Err(); err != nil {
		return err
	}
	picture, err := c.draw(graph.Make(made.Plan))
	if err != nil {
		return err
	}
	return t.write(ctx, c.Output, picture)
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

// write writes data to a file, or to standard output if none is named.
func (t *terminal) write(ctx context.Context, file string, data []byte) error {
	if file == "" {
		_, err := t.out.Write(data)
		return err
	}
	place, err := t.place(ctx, file)
	if err != nil {
		return err
	}
	return folderError(place.Bytes(ctx, data))
}

// place is where a file goes that -o names.
func (t *terminal) place(ctx context.Context, file string, secrets ...string) (export.Place, error) {
	place, err := export.To(ctx, file, secrets...)
	var refused *export.RefusedError
	if errors.As(err, &refused) {
		return place, usageError{refused.Message, refused.Hint}
	}
	return place, folderError(err)
}
