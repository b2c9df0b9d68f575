package main

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/moby/buildkit/util/suggest"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/opening"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/settings"
	"github.com/owgen/owgen/profiles"
)

// defaultProfile is what is explained where there is no bundle.
const defaultProfile = "single-server"

type explainCmd struct {
	Name  string `arg:"" placeholder:"KEY" help:"A setting, a group of settings, a variable of .env, a service, a capability or a rule."`
	Where string `arg:"" optional:"" placeholder:"DIR" help:"A bundle's folder, a profile or a file. Nothing: the bundle here, or else the profile single-server."`
	inputFlags
	jsonFlag
}

// An explanation is what is said about one thing.
type explanation struct {
	Kind    string   `json:"kind"` // setting, group, service, capability, rule
	Name    string   `json:"name"`
	Summary string   `json:"summary"`
	Facts   []fact   `json:"facts"`
	Origin  *origin  `json:"origin,omitempty"` // of a setting's value
	Value   string   `json:"value,omitempty"`
	Change  *trial   `json:"change,omitempty"` // what a change of a setting does
	Values  []string `json:"values,omitempty"` // that a setting may have
}

// A fact is a heading with its lines.
type fact struct {
	Name  string   `json:"name"`
	Lines []string `json:"lines"`
}

func (e *explanation) add(name string, lines ...string) {
	lines = slices.DeleteFunc(lines, func(line string) bool { return line == "" })
	if len(lines) > 0 {
		e.Facts = append(e.Facts, fact{name, lines})
	}
}

// A library is all that can be explained, in the deployment that the input describes.
type library struct {
	*generator.Prepared
	source profile.Source
	where  string // how people call that deployment
	values *settings.Values
	bundle *generator.Deployment // once it was asked for
	faulty bool                  // there is none
}

// Run explains everything that has the name.
func (c explainCmd) Run(ctx context.Context, t *terminal) error {
	l, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	found := l.explain(ctx, t, c.Name)
	if len(found) == 0 {
		return usageError{"nothing is called " + c.Name, l.nearest(c.Name)}
	}
	if c.JSON {
		return printJSON(t.out, found)
	}
	for i, e := range found {
		if i > 0 {
			say(t.out, "\n")
		}
		e.print(t)
	}
	return nil
}

// open reads the catalogue and the deployment.
func (c explainCmd) open(ctx context.Context, t *terminal) (*library, error) {
	l := &library{where: "here"}
	input, dir, err := opening.Locate(c.Where)
	_, noFile := os.Stat(c.Where)
	switch {
	case err != nil && c.Where == "":
		input, dir, l.where = defaultProfile, "", "in "+defaultProfile
	case err != nil:
		_, err := c.own(ctx, c.Where)
		return nil, err
	case c.Where == "":
	case noFile != nil && !slices.Contains(profile.Names(profiles.FS), c.Where):
		return nil, usageError{c.Where + " is no folder, no file and no profile", "`owgen list profiles` shows the profiles"}
	default:
		l.where = "in " + c.Where
	}
	if dir != "" {
		if err := t.unfinished(dir); err != nil {
			return nil, err
		}
	}
	var found, more diag.List
	l.Prepared, found = generator.Prepare(c.layers(ctx)...)
	l.source = c.source(ctx, input)
	_, l.values, more = l.Resolve(l.source)
	found.Add(more...)
	if l.faulty = found.Err() != nil; l.faulty { // an explanation may be what leads out of it
		t.findings(softened(found))
	}
	return l, nil
}

// deployment is what the input describes; nil where it has faults.
func (l *library) deployment(ctx context.Context, t *terminal) *generator.Deployment {
	if l.bundle == nil && !l.faulty {
		made, found := l.Generate(ctx, l.source)
		if l.faulty = found.Err() != nil; l.faulty {
			t.findings(softened(found))
			return nil
		}
		l.bundle = made
	}
	return l.bundle
}

// explain finds everything of that name.
func (l *library) explain(ctx context.Context, t *terminal, name string) []explanation {
	found := []explanation{}
	schema := l.values.Schema()
	if d := schema.Lookup(name); d != nil {
		found = append(found, l.setting(ctx, t, d))
	}
	if s := l.Catalog().Service(name); s != nil {
		found = append(found, l.service(ctx, t, s))
	}
	if len(l.Catalog().Providers(name)) > 0 {
		found = append(found, l.capability(ctx, t, name))
	}
	for _, rule := range lint.Rules() {
		if rule.ID == name {
			found = append(found, explainRule(rule))
		}
	}
	if below := l.values.Below(name); len(below) > 0 && len(found) == 0 {
		found = append(found, l.group(name, below))
	}
	if len(found) == 0 {
		for _, d := range schema.All() {
			if d.Env == name || slices.Contains(d.Replaces[replaces.Docker].Names(), name) {
				found = append(found, l.setting(ctx, t, d))
			}
		}
	}
	return found
}

// names are all that can be explained.
func (l *library) names() []string {
	names := map[string]bool{}
	for _, d := range l.values.Schema().All() {
		names[d.Key] = true
		if group, _, below := strings.Cut(d.Key, "."); below {
			names[group] = true
		}
	}
	for _, s := range l.Catalog().Services {
		names[s.Name] = true
		for _, p := range s.Provides {
			names[p.Capability] = true
		}
	}
	for _, rule := range lint.Rules() {
		names[rule.ID] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// nearest is a hint for who has mistyped a name.
func (l *library) nearest(name string) string {
	near := l.values.Schema().Nearest(name)
	if match, ok := suggest.Search(name, l.names(), true); ok {
		near = match
	}
	if near != "" {
		return "did you mean " + near + "?"
	}
	return "`owgen list settings`, services, capabilities and rules show what there is"
}

// print writes an explanation for people.
func (e explanation) print(t *terminal) {
	bold := paint(t.outColour, "1", painted(diag.Plain(e.Name)))
	say(t.out, "%s (%s)\n", bold, e.Kind)
	if e.Summary != "" {
		say(t.out, "%s\n", e.Summary)
	}
	width := 0
	for _, f := range e.Facts {
		width = max(width, len(f.Name))
	}
	for i, f := range e.Facts {
		if i == 0 {
			say(t.out, "\n")
		}
		for j, line := range f.Lines {
			name := f.Name
			if j > 0 {
				name = ""
			}
			say(t.out, "  %-*s  %s\n", width, name, line)
		}
	}
}
