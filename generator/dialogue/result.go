package dialogue

import (
	"context"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/profile"
)

// Result writes the input, and makes a bundle of it in memory: what init has written, generate takes.
func (d *Dialogue) Result(ctx context.Context) ([]byte, error) {
	text, _, found := d.prepared.Minimal(d.source, d.choices())
	if err := found.Err(); err != nil {
		return nil, err
	}
	own := d.source
	own.Profile, own.ReadFile = bundle.InputFile, func(string) ([]byte, error) { return text, nil }
	_, found = d.prepared.Generate(ctx, own)
	for i := range found { // its lines are those of a file that is not there yet
		if found[i].File == bundle.InputFile {
			found[i].File, found[i].Line = "", 0
		}
	}
	return text, found.Err()
}

// choices are the answers, in the order of the settings.
func (d *Dialogue) choices() []profile.Choice {
	var out []profile.Choice
	for _, s := range d.prepared.Schema().All() {
		if value, ok := d.answers[s.Key]; ok {
			out = append(out, profile.Choice{Key: s.Key, Value: value})
		}
	}
	return out
}

// flags takes the values that the command line sets.
func (d *Dialogue) flags(set []string) error {
	source := d.source
	source.Set = set
	input, values, found := d.prepared.Resolve(source)
	if err := found.Err(); err != nil {
		return err
	}
	for _, s := range d.prepared.Schema().All() {
		if v, _ := values.Get(s.Key); v.Origin.Layer == "--set" {
			d.answers[s.Key] = v.Value
			d.given = append(d.given, s.Key)
		}
	}
	d.source.Profile = input.Profile
	return nil
}

// Command repeats the answers as flags.
func (d *Dialogue) Command(place string) string {
	words := []string{"owgen init"}
	if place != "." {
		words = append(words, word(place))
	}
	words = append(words, "--profile "+d.source.Profile)
	for _, c := range d.choices() {
		words = append(words, "--set "+word(c.Key+"="+setText(c.Value)))
	}
	return strings.Join(append(words, "--yes"), " ")
}

// errStopped is what happens when somebody leaves.
var errStopped = diag.List{{Rule: RuleStopped, Message: "stopped before the end"}}

// RuleStopped is the rule of the finding that there is where somebody leaves.
const RuleStopped = "init/stopped"
