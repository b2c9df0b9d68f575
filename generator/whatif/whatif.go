// Package whatif finds out what a change of a setting does by making it: it generates the bundle once more with
// another value, and compares.
package whatif

import (
	"context"
	"slices"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/diff"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/settings"
	"github.com/owgen/owgen/generator/sides"
)

// A Trial is a change that was tried.
type Trial struct {
	From, To settings.Value
	Report   diff.Report
}

// maxTries is how many values are tried until one gives a bundle.
const maxTries = 4

// Change tries another value of a setting in the deployment that the input describes, whose bundle is given. The
// second result is false where no value was found that fits to the rest of the input.
func Change(ctx context.Context, p *generator.Prepared, in profile.Source, base *generator.Deployment, d *settings.Setting, o diff.Options) (Trial, bool) {
	in, base = withNeeds(ctx, p, in, base, d)
	now, _ := base.Plan.Values.Get(d.Key)
	values := candidates(d, settings.Flat(now.Value))
	for _, value := range values[:min(len(values), maxTries)] {
		changed := with(in, d.Key, value)
		made, found := p.Generate(ctx, changed)
		if found.Err() != nil {
			continue
		}
		to, _ := made.Plan.Values.Get(d.Key)
		return Trial{From: now, To: to, Report: diff.Compare(sides.Of(base), sides.Of(made), o)}, true
	}
	return Trial{}, false
}

// withNeeds sets the settings without which this one means nothing, so that it alone is what changes.
func withNeeds(ctx context.Context, p *generator.Prepared, in profile.Source, base *generator.Deployment, d *settings.Setting) (profile.Source, *generator.Deployment) {
	schema := base.Plan.Values.Schema()
	original := in
	for needed := schema.Lookup(d.Needs); needed != nil; needed = schema.Lookup(needed.Needs) {
		values := candidates(needed, base.Plan.Values.String(needed.Key))
		if base.Plan.Values.String(needed.Key) != "" || len(values) == 0 || needed.Key == d.Key {
			break
		}
		in = with(in, needed.Key, values[0])
	}
	if len(in.Set) == len(original.Set) {
		return original, base
	}
	made, found := p.Generate(ctx, in)
	if found.Err() != nil {
		return original, base
	}
	return in, made
}

func with(in profile.Source, key, value string) profile.Source {
	in.Set = append(slices.Clone(in.Set), key+"="+value)
	return in
}
