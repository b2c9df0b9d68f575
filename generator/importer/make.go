package importer

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/settings"
)

// A Result is what was made of an installation. Files hold secrets; nothing else does.
type Result struct {
	Kind     string
	Read     int                    // how many variables there were
	Choices  []profile.Choice       // what differs from the profile
	Secrets  []string               // the names of the secrets that were taken over
	Custom   []string               // the paths of the files that were copied
	Files    map[string]bundle.File // by path in the bundle: the input, secrets, custom
	Left     []Left                 // what has no equivalent, or none for its value
	Findings diag.List              // what to look at
	Target   string                 // the engine that the profile is for
	Missing  []string               // settings that several machines need, and an installation on one says nothing of
}

// Left is a variable or file that was not taken over, or not completely, and why. It never holds a value.
type Left struct {
	Name   string `json:"name"`
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Reason string `json:"reason"`
}

// Make turns an installation into the input of a bundle that extends a profile. The input is one that generates: a value
// that does not go together with the others is left, and named. With an error among the findings there is no input.
func Make(ctx context.Context, p *generator.Prepared, source profile.Source, in *Installation, readFile func(string) ([]byte, error)) (Result, diag.List) {
	c := &conversion{in: in, catalog: p.Catalog(), schema: p.Schema(), readFile: readFile, choices: map[string]*choice{}, secrets: map[string][]byte{}, used: map[string][]use{}}
	c.settings()
	c.takeSecrets()
	c.external()
	c.left = append(c.left, in.Left...)
	custom := c.custom()
	c.leftovers()

	text, kept, found := c.settle(ctx, p, source)
	r := Result{Kind: in.Kind, Read: len(in.Variables), Choices: kept, Files: map[string]bundle.File{}, Left: c.left, Findings: append(in.Findings, c.findings...)}
	if found.Err() != nil {
		return r, found
	}
	r.Target = c.target
	if c.target != plan.TargetCompose {
		r.Missing = c.missing
	}
	r.Files[bundle.InputFile] = bundle.File{Data: text, Mode: 0o644}
	for name, value := range c.secrets {
		r.Files[bundle.SecretPath(name)] = bundle.File{Data: value, Mode: 0o444}
		r.Secrets = append(r.Secrets, name)
	}
	for name, data := range custom {
		r.Files[name] = bundle.File{Data: data, Mode: 0o644}
		r.Custom = append(r.Custom, name)
	}
	slices.Sort(r.Secrets)
	slices.Sort(r.Custom)
	slices.SortStableFunc(r.Left, func(a, b Left) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Name, b.Name))
	})
	r.Left = slices.Compact(r.Left)
	r.Findings = r.Findings.Sort()
	return r, nil
}

// settle writes the input, and leaves what keeps it from generating.
func (c *conversion) settle(ctx context.Context, p *generator.Prepared, source profile.Source) ([]byte, []profile.Choice, diag.List) {
	attempt := func() ([]byte, []profile.Choice, diag.List) { return c.attempt(ctx, p, source) }
	for {
		text, kept, found := attempt()
		if found.Err() == nil {
			return text, kept, nil
		}
		if !c.agree(found.Errors(), attempt) && !c.leave(found.Errors()) {
			return nil, kept, found
		}
	}
}

// attempt writes the input, and generates what it gives.
func (c *conversion) attempt(ctx context.Context, p *generator.Prepared, source profile.Source) ([]byte, []profile.Choice, diag.List) {
	var choices []profile.Choice
	for _, d := range c.schema.All() {
		if x := c.choices[d.Key]; x != nil {
			choices = append(choices, profile.Choice{Key: d.Key, Value: x.value, Comment: x.comment()})
		}
	}
	text, kept, found := p.Minimal(source, choices)
	if found.Err() == nil {
		own := source
		own.Profile, own.ReadFile = bundle.InputFile, func(string) ([]byte, error) { return text, nil }
		var made *generator.Deployment
		if made, found = p.Generate(ctx, own); found.Err() == nil {
			c.target, c.missing = made.Plan.Target(), untouched(made.Plan.Values, "nodes", "images.registry")
		}
	}
	return text, kept, found
}

// agree leaves one choice where several contradict each other: the one without which most of them agree.
func (c *conversion) agree(found diag.List, attempt func() ([]byte, []profile.Choice, diag.List)) bool {
	at := slices.IndexFunc(found, func(f diag.Finding) bool { return f.Rule == "settings/contradiction" })
	if at < 0 {
		return false
	}
	worst, fewest := "", len(found)
	for _, d := range c.schema.All() {
		x := c.choices[d.Key]
		if x == nil {
			continue
		}
		delete(c.choices, d.Key)
		if _, _, without := attempt(); len(without.Errors()) < fewest {
			worst, fewest = d.Key, len(without.Errors())
		}
		c.choices[d.Key] = x
	}
	x := c.choices[worst]
	if x == nil {
		return false
	}
	reason := "does not go together with the rest: " + found[at].Path + " " + found[at].Message
	if x.from == nil {
		reason = "is not set, and what it then means " + reason
	}
	c.leaveVariable(x.from, x.name, reason)
	delete(c.choices, worst)
	return true
}

// leave takes back the choices that findings are about, and says whether there were any.
func (c *conversion) leave(found diag.List) bool {
	some := false
	for _, f := range found {
		key := f.Path
		for c.choices[key] == nil && strings.Contains(key, ".") { // a part of a mapping
			key = key[:strings.LastIndexByte(key, '.')]
		}
		x := c.choices[key]
		if x == nil {
			continue
		}
		c.leaveVariable(x.from, x.name, f.Path+" "+f.Message)
		delete(c.choices, key)
		some = true
	}
	return some
}

// untouched are those of some settings that nobody has set.
func untouched(values *settings.Values, keys ...string) []string {
	var out []string
	for _, key := range keys {
		if value, known := values.Get(key); known && value.Origin.Layer == "default" {
			out = append(out, key)
		}
	}
	return out
}
