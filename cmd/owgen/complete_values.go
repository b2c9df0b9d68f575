package main

import (
	"context"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/completion"
	"github.com/owgen/owgen/generator/git"
	"github.com/owgen/owgen/generator/settings"
	"github.com/owgen/owgen/profiles"
)

// A completer knows what a flag or an argument may be.
type completer struct {
	used   map[string]string // flags that were given before
	answer *answer
}

// complete goes by the allowed values, by the name, and by the placeholder.
func (c *completer) complete(ctx context.Context, v *kong.Value, placeholder, current string) {
	kind := v.Tag.Get("complete")
	switch {
	case kind != "":
	case v.Enum != "":
		for _, word := range strings.Split(v.Enum, ",") {
			if word != "" {
				c.answer.add(current, completion.Candidate{Word: word})
			}
		}
		return
	case v.Name == "profile":
		kind = "profile"
	default:
		kind = strings.ToLower(placeholder)
	}
	switch kind {
	case "profile":
		c.answer.add(current, completion.Profiles(profiles.FS)...)
		c.answer.files = true
	case "key":
		services, values := c.catalog(ctx)
		c.answer.add(current, completion.Names(services, values.Schema())...)
		c.answer.add(current, completion.Profiles(profiles.FS)...)
	case "key=value":
		_, values := c.catalog(ctx)
		candidates, more := completion.Assignment(values, current)
		c.answer.add(current, candidates...)
		c.answer.withoutSpace = more
	case "rev|dir":
		c.revisions(ctx, current)
		c.answer.dirs = true
	case "dir":
		c.answer.dirs = true
	default:
		c.answer.files = true
	}
}

// catalog reads the service folders; what is wrong with them is said when the command runs.
func (c *completer) catalog(ctx context.Context) (*catalog.Catalog, *settings.Values) {
	services, found := catalog.Read(catalogFlag{c.used["catalog"]}.layers(ctx)...)
	if found.Err() != nil {
		services, _ = catalog.Read(catalogFlag{}.layers(ctx)...)
	}
	values, err := generator.Defaults(services)
	if err != nil {
		return &catalog.Catalog{}, &settings.Values{}
	}
	return services, values
}

// revisions completes branches and tags of the repository here.
func (c *completer) revisions(ctx context.Context, current string) {
	names, err := git.Names(ctx, ".")
	if err != nil {
		return // no repository, no git: folders are left
	}
	for _, name := range names {
		c.answer.add(current, completion.Candidate{Word: name})
	}
}
