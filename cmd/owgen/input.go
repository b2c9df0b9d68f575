package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/read"
	"github.com/owgen/owgen/profiles"
)

// inputFlags are what commands take that need a bundle's input.
type inputFlags struct {
	Values  []string `short:"f" placeholder:"FILE" help:"Values laid over the profile; may be repeated."`
	Set     []string `placeholder:"KEY=VALUE" sep:"none" help:"One value laid over everything; may be repeated."`
	Catalog string   `placeholder:"DIR" type:"existingdir" help:"Service folders to lay over the built-in ones."`
	Save    bool     `help:"Write what the flags say into the bundle's owgen.yaml."`
}

func catalogLayers(ctx context.Context, dir string) []catalog.Layer {
	layers := []catalog.Layer{{Name: "dockerfiles", FS: dockerfiles.FS}}
	if dir != "" {
		layers = append(layers, catalog.Layer{Name: dir, FS: read.Dir(ctx, dir, read.Text)})
	}
	return layers
}

// source is the input as the command line gives it.
func (f inputFlags) source(ctx context.Context, profileOrFile string) generator.Request {
	return generator.Request{Catalog: catalogLayers(ctx, f.Catalog), Source: profile.Source{
		Profile: profileOrFile, Values: f.Values, Set: f.Set, Named: profiles.FS, ReadFile: profileReader(ctx)}}
}

// profileReader reads profiles and files of values.
func profileReader(ctx context.Context) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) { return read.File(ctx, name, read.Profile) }
}

// forBundle decides what a bundle's input is. In a folder that has an owgen.yaml that file is the input, and
// what else the command line says must agree with it, or be saved into it. The second result says that
// owgen.yaml has to be written anew, and what it was.
func (f inputFlags) forBundle(ctx context.Context, profileOrFile, dir string) (generator.Request, *replaced, error) {
	own := filepath.Join(dir, bundle.InputFile)
	text, err := read.File(ctx, own, read.Profile)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(own); err == nil {
			return generator.Request{}, nil, usageError{own + " is a link that leads nowhere", "mend the link, or remove it"}
		}
		if profileOrFile == "" {
			return generator.Request{}, nil, usageError{"there is no " + own + " to repeat", "name a profile: owgen generate single-server -o bundle (`owgen list` shows them)"}
		}
		return f.source(ctx, profileOrFile), nil, nil
	}
	here := func(in generator.Request) generator.Request {
		if err == nil { // read once: what is saved stands on what was compared
			return instead(ctx, in, own, text)
		}
		return in
	}
	made := here(inputFlags{Catalog: f.Catalog}.source(ctx, own))
	if profileOrFile == "" && len(f.Values) == 0 && len(f.Set) == 0 {
		return made, nil, nil
	}
	if profileOrFile == "" {
		profileOrFile = own
	}
	given := here(f.source(ctx, profileOrFile))
	different, err := contradictions(made, given)
	if err != nil || len(different) == 0 {
		return made, nil, err
	}
	if !f.Save {
		return generator.Request{}, nil, usageError{"the command line says otherwise than " + own + " about " + strings.Join(different, ", "),
			"edit the file and run `owgen generate` there, or add --save to write it into the file"}
	}
	in, err := merged(ctx, made, given, own)
	return in, &replaced{text}, err
}

// replaced is the text of an owgen.yaml that is to be written anew.
type replaced struct{ text []byte }

// contradictions names the keys that an input sets to something else than the bundle's own input does.
func contradictions(made, given generator.Request) ([]string, error) {
	_, old, oldValues, found := generator.Resolve(made)
	_, new, newValues, more := generator.Resolve(given)
	if err := append(found, more...).Sort().Err(); err != nil {
		return nil, err
	}
	var out []string
	if old.Profile != new.Profile {
		out = append(out, "extends")
	}
	for _, d := range newValues.Schema().All() {
		v, _ := newValues.Get(d.Key)
		user := v.Origin.Layer == "file" || v.Origin.Layer == "--set"
		if user && newValues.String(d.Key) != oldValues.String(d.Key) {
			out = append(out, d.Key)
		}
	}
	return out, nil
}

// merged lays the given input over the bundle's own, as --save asks.
func merged(ctx context.Context, made, given generator.Request, own string) (generator.Request, error) {
	old, found := profile.Read(made.Source)
	new, more := profile.Read(given.Source)
	if err := append(found, more...).Sort().Err(); err != nil {
		return generator.Request{}, err
	}
	for _, layer := range new.Layers {
		if layer.File != own && (layer.Name == "file" || layer.Name == "--set") {
			old.Layers = append(old.Layers, layer)
		}
	}
	old.Profile = new.Profile
	text, err := profile.Encode(old)
	if err != nil {
		return generator.Request{}, diag.List{{Rule: "profile/encode", File: own, Message: err.Error()}}
	}
	return instead(ctx, made, own, text), nil
}

// instead reads a file's text from memory.
func instead(ctx context.Context, in generator.Request, own string, text []byte) generator.Request {
	in.Source.ReadFile = func(name string) ([]byte, error) {
		if name == own {
			return text, nil
		}
		return profileReader(ctx)(name)
	}
	return in
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
