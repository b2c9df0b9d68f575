package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/profiles"
)

type generateCmd struct {
	Profile string   `arg:"" optional:"" help:"A profile's name, or a file. Inside a bundle: nothing, to repeat it."`
	Output  string   `short:"o" placeholder:"DIR" help:"The bundle's folder."`
	Values  []string `short:"f" placeholder:"FILE" help:"Values laid over the profile; may be repeated."`
	Set     []string `placeholder:"KEY=VALUE" sep:"none" help:"One value laid over everything; may be repeated."`
	Catalog string   `placeholder:"DIR" type:"existingdir" help:"Service folders to lay over the built-in ones."`
	DryRun  bool     `help:"Say what would change, and write nothing."`
	Force   bool     `help:"Replace files that were edited by hand, keeping a backup of each."`
	JSON    bool     `name:"json" help:"Print the result as JSON."`
}

func catalogLayers(dir string) []catalog.Layer {
	layers := []catalog.Layer{{Name: "dockerfiles", FS: dockerfiles.FS}}
	if dir != "" {
		layers = append(layers, catalog.Layer{Name: dir, FS: os.DirFS(dir)})
	}
	return layers
}

// Run generates the bundle and writes it.
func (c generateCmd) Run(t *terminal) error {
	bundle, found := generator.Generate(generator.Input{
		Catalog: catalogLayers(c.Catalog),
		Source:  profile.Source{Profile: c.Profile, Values: c.Values, Set: c.Set, Named: profiles.FS, ReadFile: os.ReadFile},
	})
	if err := found.Err(); err != nil {
		return err
	}
	for _, name := range bundle.Paths() {
		target := filepath.Join(c.Output, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		f := bundle.Files[name]
		if err := os.WriteFile(target, f.Data, f.Mode); err != nil {
			return err
		}
	}
	fmt.Fprintf(t.errs, "%d files\n", len(bundle.Files))
	return nil
}
