// Package explain says what a setting, a service, a capability, a rule and whatever else has a name is, and what it is in one
// deployment.
package explain

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/moby/buildkit/util/suggest"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/completion"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/settings"
)

// An Explanation is what is said about one thing.
type Explanation struct {
	Kind    string   `json:"kind"` // setting, group, service, capability, rule, profile, secret, volume, network, node
	Name    string   `json:"name"`
	Summary string   `json:"summary"`
	Facts   []Fact   `json:"facts"`
	Origin  *Origin  `json:"origin,omitempty"` // of a setting's value
	Value   string   `json:"value,omitempty"`
	Change  *Trial   `json:"change,omitempty"` // what a change of a setting does
	Values  []string `json:"values,omitempty"` // that a setting may have
}

// A Fact is a heading with its lines.
type Fact struct {
	Name  string   `json:"name"`
	Lines []string `json:"lines"`
}

func (e *Explanation) add(name string, lines ...string) {
	lines = slices.DeleteFunc(lines, func(line string) bool { return line == "" })
	if len(lines) > 0 {
		e.Facts = append(e.Facts, Fact{name, lines})
	}
}

// more adds a line to a heading.
func (e *Explanation) more(name, line string) {
	if at := slices.IndexFunc(e.Facts, func(f Fact) bool { return f.Name == name }); at >= 0 {
		e.Facts[at].Lines = append(e.Facts[at].Lines, line)
		return
	}
	e.add(name, line)
}

// A Library is all that can be explained, in the deployment that the input describes.
type Library struct {
	*generator.Prepared
	source profile.Source
	where  string // how people call that deployment
	values *settings.Values
	bundle *generator.Deployment // once it was asked for
	faulty bool                  // there is none
	warn   func(diag.List)
}

// Open reads the catalogue and the deployment that a request describes, and where says how people call it. An explanation
// may be what leads out of faults, so they are warnings, which it tells warn.
func Open(request generator.Request, where string, warn func(diag.List)) *Library {
	l := &Library{source: request.Source, where: where, warn: warn}
	var found, more diag.List
	l.Prepared, found = generator.Prepare(request.Catalog...)
	_, l.values, more = l.Resolve(l.source)
	found.Add(more...)
	if l.faulty = found.Err() != nil; l.faulty {
		l.warn(found.Softened())
	}
	return l
}

// deployment is what the input describes; nil where it has faults.
func (l *Library) deployment(ctx context.Context) *generator.Deployment {
	if l.bundle == nil && !l.faulty {
		made, found := l.Generate(ctx, l.source)
		if l.faulty = found.Err() != nil; l.faulty {
			l.warn(found.Softened())
			return nil
		}
		l.bundle = made
	}
	return l.bundle
}

// Explain finds everything of that name.
func (l *Library) Explain(ctx context.Context, name string) []Explanation {
	found := []Explanation{}
	schema := l.values.Schema()
	if d := schema.Lookup(name); d != nil {
		found = append(found, l.setting(ctx, d))
	}
	if s := l.Catalog().Service(name); s != nil {
		found = append(found, l.service(ctx, s))
	}
	if len(l.Catalog().Providers(name)) > 0 {
		found = append(found, l.capability(ctx, name))
	}
	for _, rule := range lint.Rules() {
		if rule.ID == name {
			found = append(found, ofRule(rule))
		}
	}
	if below := l.values.Below(name); len(below) > 0 && len(found) == 0 {
		found = append(found, l.group(name, below))
	}
	found = append(found, l.things(ctx, name)...)
	if len(found) == 0 {
		for _, d := range schema.All() {
			if name != "" && d.Env == name || slices.Contains(d.Replaces[replaces.Docker].Names(), name) {
				found = append(found, l.setting(ctx, d))
			}
		}
	}
	if len(found) == 0 {
		found = append(found, l.planned(ctx, name)...)
	}
	return found
}

// names are all that can be explained, groups of settings as well.
func (l *Library) names() []string {
	names := map[string]bool{}
	for _, d := range l.values.Schema().All() {
		if group, _, below := strings.Cut(d.Key, "."); below {
			names[group] = true
		}
	}
	for _, name := range profile.Names(l.source.Named) {
		names[name] = true
	}
	for _, c := range completion.Names(l.Catalog(), l.values.Schema()) {
		names[c.Word] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// Nearest is a hint for who has mistyped a name.
func (l *Library) Nearest(name string) string {
	near := l.values.Schema().Nearest(name)
	if match, ok := suggest.Search(name, l.names(), true); ok {
		near = match
	}
	if near != "" {
		return "did you mean " + near + "?"
	}
	return "`owgen list settings`, services, capabilities, rules and profiles show what there is; so does README.md of a bundle"
}
