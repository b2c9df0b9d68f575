package main

import (
	"context"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/git"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/profile"
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
				c.answer.add(current, candidate{word: word})
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
		c.profiles(current)
		c.answer.files = true
	case "key":
		c.names(ctx, current)
	case "key=value":
		c.assignment(ctx, current)
	case "rev|dir":
		c.revisions(ctx, current)
		c.answer.dirs = true
	case "dir":
		c.answer.dirs = true
	default:
		c.answer.files = true
	}
}

func (c *completer) profiles(current string) {
	for _, name := range profile.Names(profiles.FS) {
		c.answer.add(current, candidate{name, profile.Summary(profiles.FS, name)})
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

// names completes what can be explained: part by part where it is a setting, since there are hundreds.
func (c *completer) names(ctx context.Context, current string) {
	services, values := c.catalog(ctx)
	seen := map[string]bool{}
	add := func(word, about string) {
		if !seen[word] {
			seen[word] = true
			c.answer.add(current, candidate{word, about})
		}
	}
	for _, s := range services.Services {
		add(s.Name, s.Summary)
		for _, p := range s.Provides {
			add(p.Capability, "Capability of "+s.Name)
		}
	}
	for _, d := range values.Schema().All() {
		add(d.Key, d.Description)
	}
	for _, rule := range lint.Rules() {
		add(rule.ID, rule.Summary)
	}
}

// assignment completes KEY=VALUE: first the key, then what it may be.
func (c *completer) assignment(ctx context.Context, current string) {
	_, values := c.catalog(ctx)
	key, text, given := strings.Cut(current, "=")
	if !given {
		for _, d := range values.Schema().All() {
			c.answer.add(current, candidate{d.Key + "=", d.Description})
		}
		c.answer.withoutSpace = true
		return
	}
	d := values.Schema().Lookup(key)
	if d == nil {
		return
	}
	allowed := d.Values
	switch {
	case d.Type == settings.Bool:
		allowed = []string{"true", "false"}
	case d.Known != nil && d.Type == settings.String && text != "": // hundreds of them, once there is a beginning
		allowed = d.Known.Names()
	}
	if value := values.String(key); len(allowed) == 0 && value != "" && text == "" {
		allowed = []string{value}
	}
	for _, value := range allowed {
		c.answer.add(current, candidate{word: key + "=" + value})
	}
}

// revisions completes branches and tags of the repository here.
func (c *completer) revisions(ctx context.Context, current string) {
	names, err := git.Names(ctx, ".")
	if err != nil {
		return // no repository, no git: folders are left
	}
	for _, name := range names {
		c.answer.add(current, candidate{word: name})
	}
}
