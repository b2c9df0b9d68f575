package main

import (
	"context"
	"errors"
	"os"
	"syscall"

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

// formatFlags are what commands take whose result has several forms; the command sets which.
type formatFlags struct {
	Format string `enum:"${formats}" default:"text" help:"${about_formats}"`
	JSON   bool   `name:"json" help:"The same as --format json."`
}

// format is the form that is asked for, in one of the two ways.
func (f formatFlags) format() string {
	if f.JSON {
		return "json"
	}
	return f.Format
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

// own asks for the bundle that is in a folder, and nothing else.
func (f inputFlags) own(ctx context.Context, dir string) (generator.Request, error) {
	request, err := opening.Existing(f.request(ctx, ""), dir)
	return request, openingError(err)
}

// open asks for the bundle in a folder, or for a profile or a file. What a killed run has left in the folder is said.
func (f inputFlags) open(ctx context.Context, t *terminal, dirOrProfile string) (generator.Request, error) {
	request, dir, err := opening.Named(f.request(ctx, ""), dirOrProfile)
	if err == nil && dir != "" {
		return request, t.unfinished(dir)
	}
	return request, openingError(err)
}

// openingError makes a mistake of the command line out of what was refused.
func openingError(err error) error {
	var refused *opening.RefusedError
	if errors.As(err, &refused) {
		return usageError{refused.Message, refused.Hint}
	}
	return err
}

// bundleDir is the folder that a command works on.
func bundleDir(output, profileOrFile string) (string, error) {
	if output != "" {
		info, err := os.Stat(output)
		switch {
		case err == nil && !info.IsDir():
			return "", usageError{output + " is a file", "name a folder with -o; it is made if there is none"}
		case errors.Is(err, syscall.ENOTDIR):
			return "", usageError{output + " cannot be a folder: one above it is a file", "name a folder with -o; it is made if there is none"}
		}
		return output, nil
	}
	if _, err := os.Stat(bundle.InputFile); err == nil || profileOrFile == "" {
		return ".", nil
	}
	return "", usageError{"where is the bundle to be made?", "say it with -o, for example: owgen generate " + profileOrFile + " -o bundle"}
}
