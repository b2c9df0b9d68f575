package main

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/export"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/reference"
	"github.com/owgen/owgen/profiles"
)

type docsCmd struct {
	Output string `short:"o" default:"owgen-docs" placeholder:"DIR" help:"The folder to write to."`
	catalogFlag
}

// Run writes the reference: Markdown, a page with a search, man pages, and the schema for editors.
func (c docsCmd) Run(ctx context.Context, t *terminal, command *kong.Context) error {
	services, found := catalog.Read(c.layers(ctx)...)
	if err := found.Err(); err != nil {
		return err
	}
	var named []reference.Profile
	for _, name := range profile.Names(profiles.FS) {
		named = append(named, reference.Profile{Name: name, Summary: profile.Summary(profiles.FS, name)})
	}
	r, err := reference.Make(generator.Version, services, named, commands(command.Model.Node, ""))
	if err != nil {
		return err
	}
	files, err := r.Files()
	if err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(files))
	places := make([]export.Place, len(names))
	for i, name := range names { // all of them before the first is written
		file := filepath.Join(c.Output, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return folderError(err)
		}
		if places[i], err = t.place(ctx, file); err != nil {
			return err
		}
	}
	for i, name := range names {
		if err := places[i].Bytes(ctx, files[name]); err != nil {
			return folderError(err)
		}
		say(t.out, "%s\n", filepath.Join(c.Output, filepath.FromSlash(name)))
	}
	return nil
}

// commands describes the commands below a node of the command line, deeper ones by their whole name.
func commands(node *kong.Node, prefix string) []reference.Command {
	var out []reference.Command
	for _, child := range node.Children {
		if child.Hidden || child.Type != kong.CommandNode {
			continue
		}
		if !child.Leaf() {
			out = append(out, commands(child, prefix+child.Name+" ")...)
			continue
		}
		c := reference.Command{Name: prefix + child.Name, Summary: child.Help, Detail: child.Detail}
		for _, p := range child.Positional {
			c.Arguments = append(c.Arguments, reference.Argument{Name: p.Name, Help: p.Help, Optional: !p.Required, Repeated: p.IsSlice()})
		}
		for _, f := range child.Flags {
			if !f.Hidden {
				c.Flags = append(c.Flags, describe(f))
			}
		}
		out = append(out, c)
	}
	return out
}

func describe(f *kong.Flag) reference.Flag {
	out := reference.Flag{Name: f.Name, Help: f.Help}
	if f.Short != 0 {
		out.Short = string(f.Short)
	}
	if f.IsBool() {
		return out
	}
	out.Default = f.Default
	out.Placeholder = f.PlaceHolder
	switch {
	case f.Enum != "":
		out.Placeholder = strings.ReplaceAll(strings.Trim(f.Enum, ","), ",", "|")
	case out.Placeholder == "":
		out.Placeholder = strings.ToUpper(f.Name)
	}
	return out
}
