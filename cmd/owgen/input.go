package main

import (
	"context"
	"errors"
	"os"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/opening"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/read"
	"github.com/owgen/owgen/profiles"
)

// catalogFlag is what all commands take that need the service folders.
type catalogFlag struct {
	Catalog string `placeholder:"DIR" type:"existingdir" help:"Service folders to lay over the built-in ones."`
}

// setFlag is what commands take that need values from the command line.
type setFlag struct {
	Set []string `placeholder:"KEY=VALUE" sep:"none" help:"One value laid over everything; may be repeated."`
}

// inputFlags are what commands take that need a bundle's input.
type inputFlags struct {
	Values []string `short:"f" placeholder:"FILE" help:"Values laid over the profile or the bundle's input; may be repeated."`
	setFlag
	catalogFlag
}

// jsonFlag is what commands take whose result scripts may read.
type jsonFlag struct {
	JSON bool `name:"json" help:"Print the result as JSON."`
}

// layers are the service folders, the built-in ones below.
func (f catalogFlag) layers(ctx context.Context) []catalog.Layer {
	layers := []catalog.Layer{{Name: "dockerfiles", FS: dockerfiles.FS}}
	if f.Catalog != "" {
		layers = append(layers, catalog.Layer{Name: f.Catalog, FS: read.Dir(ctx, f.Catalog, read.Text)})
	}
	return layers
}

// source is the input as the command line gives it.
func (f inputFlags) source(ctx context.Context, profileOrFile string) profile.Source {
	return profile.Source{Profile: profileOrFile, Values: f.Values, Set: f.Set, Named: profiles.FS,
		ReadFile: func(name string) ([]byte, error) { return read.File(ctx, name, read.Profile) }}
}

// request is all that a bundle depends on.
func (f inputFlags) request(ctx context.Context, profileOrFile string) generator.Request {
	return generator.Request{Catalog: f.layers(ctx), Source: f.source(ctx, profileOrFile)}
}

// open is the input of the bundle in a folder, or of a profile or file. What a killed run has left in the folder is said.
func (f inputFlags) open(ctx context.Context, t *terminal, dirOrProfile string) (generator.Request, error) {
	input, dir, err := opening.Locate(dirOrProfile)
	if err != nil {
		return generator.Request{}, usageError{"there is no " + input, "name the folder of a bundle, or a profile (`owgen list` shows them)"}
	}
	if dir != "" {
		if err := t.unfinished(dir); err != nil {
			return generator.Request{}, err
		}
	}
	return f.request(ctx, input), nil
}

// own is the input of a bundle that is there, and nothing else.
func (f inputFlags) own(ctx context.Context, dir string) (generator.Request, error) {
	own := opening.Own(dir)
	if _, err := os.Stat(own); err != nil {
		return generator.Request{}, usageError{"there is no " + own, "name the folder of a bundle; `owgen generate PROFILE -o " + dir + "` makes one"}
	}
	return f.request(ctx, own), nil
}

// forBundle is the input of the bundle in a folder, which may be a new one.
func (f inputFlags) forBundle(ctx context.Context, profileOrFile, dir string, save bool) (opening.Input, error) {
	prepared, found := generator.Prepare(f.layers(ctx)...)
	source := f.source(ctx, profileOrFile)
	if found.Err() != nil {
		if profileOrFile == "" {
			source.Profile = opening.Own(dir)
		}
		_, _, more := prepared.Resolve(source)
		found.Add(more...)
		return opening.Input{}, found.Sort().Err()
	}
	in, err := opening.ForBundle(ctx, prepared, source, dir, save)
	var contradiction *opening.ContradictionError
	switch own := opening.Own(dir); {
	case errors.Is(err, opening.ErrDangling):
		err = usageError{own + " is a link that leads nowhere", "mend the link, or remove it"}
	case errors.Is(err, opening.ErrNoBundle):
		err = usageError{"there is no " + own + " to repeat", "name a profile: owgen generate single-server -o bundle (`owgen list` shows them)"}
	case errors.As(err, &contradiction):
		err = usageError{contradiction.Error(), "edit the file and run `owgen generate` there, or add --save to write it into the file"}
	}
	return in, err
}

// bundleDir is the folder that a command works on.
func bundleDir(output, profileOrFile string) (string, error) {
	if output != "" {
		if info, err := os.Stat(output); err == nil && !info.IsDir() {
			return "", usageError{output + " is a file", "name a folder with -o; it is made if there is none"}
		}
		return output, nil
	}
	if _, err := os.Stat(bundle.InputFile); err == nil || profileOrFile == "" {
		return ".", nil
	}
	return "", usageError{"where is the bundle to be made?", "say it with -o, for example: owgen generate " + profileOrFile + " -o bundle"}
}
