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

// Change tries another value of a setting in the deployment that the input describes, whose values are given. Base makes
// its bundle, while the first other value is tried; it gives nil where there is none. The second result is false where no
// value was found that fits to the rest of the input.
func Change(ctx context.Context, p *generator.Prepared, in profile.Source, values *settings.Values, base func() *generator.Deployment, d *settings.Setting, o diff.Options) (Trial, bool) {
	if more := withNeeds(in, values, d); len(more.Set) > len(in.Set) && base() != nil {
		if made, found := p.Generate(ctx, more); found.Err() == nil {
			in, values, base = more, made.Plan.Values, func() *generator.Deployment { return made }
		}
	}
	now, _ := values.Get(d.Key)
	others := candidates(d, settings.Flat(now.Value))
	others = others[:min(len(others), maxTries)]
	if len(others) == 0 {
		return Trial{}, false
	}
	first := make(chan *generator.Deployment, 1)
	go func() { first <- try(ctx, p, with(in, d.Key, others[0])) }()
	before := base()
	after := <-first
	for _, value := range others[1:] {
		if before == nil || after != nil {
			break
		}
		after = try(ctx, p, with(in, d.Key, value))
	}
	if before == nil || after == nil {
		return Trial{}, false
	}
	to, _ := after.Plan.Values.Get(d.Key)
	return Trial{From: now, To: to, Report: diff.Compare(sides.Of(before), sides.Of(after), o)}, true
}

// try returns nil for an input with faults.
func try(ctx context.Context, p *generator.Prepared, in profile.Source) *generator.Deployment {
	made, found := p.Generate(ctx, in)
	if found.Err() != nil {
		return nil
	}
	return made
}

// withNeeds sets the settings without which this one means nothing, so that it alone is what changes.
func withNeeds(in profile.Source, values *settings.Values, d *settings.Setting) profile.Source {
	for needed := values.Schema().Lookup(d.Needs); needed != nil; needed = values.Schema().Lookup(needed.Needs) {
		others := candidates(needed, values.String(needed.Key))
		if values.String(needed.Key) != "" || len(others) == 0 || needed.Key == d.Key {
			break
		}
		in = with(in, needed.Key, others[0])
	}
	return in
}

func with(in profile.Source, key, value string) profile.Source {
	in.Set = append(slices.Clone(in.Set), key+"="+value)
	return in
}
