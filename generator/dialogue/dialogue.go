// Package dialogue asks what a deployment is to be: a question a setting, where the catalogue has one, and an input that
// holds the answers alone.
package dialogue

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/importer"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/settings"
)

// A Voice is how the dialogue is heard.
type Voice struct {
	In   io.Reader
	Out  io.Writer
	Say  func(format string, args ...any) // to Out, with nothing hidden in the arguments
	Bold func(string) string
}

// A Dialogue asks about the settings for which the catalogue has a question.
type Dialogue struct {
	voice    Voice
	in       *lines
	prepared *generator.Prepared
	source   profile.Source
	path     string

	answers map[string]any // by key; what is not in it is as in the profile
	given   []string       // keys of flags, which are not asked about
	values  *settings.Values
}

// New prepares a dialogue about an input that is to be written to a path. What the flags set is not asked about.
func New(voice Voice, prepared *generator.Prepared, source profile.Source, path string, set []string) (*Dialogue, error) {
	d := &Dialogue{voice: voice, in: newLines(voice.In), prepared: prepared, source: source, path: path, answers: map[string]any{}}
	return d, d.flags(set)
}

// show prints a text of ours as it is.
func (d *Dialogue) show(text string) { _, _ = io.WriteString(d.voice.Out, text) }

// Run asks until there is an input that generates, and that is wanted.
func (d *Dialogue) Run(ctx context.Context, hasProfile bool) ([]byte, error) {
	d.voice.Say("A few questions for %s. Enter takes what is in brackets, - what the profile says; ? explains.\n\n", d.path)
	if !hasProfile {
		if err := d.askProfile(ctx); err != nil {
			return nil, err
		}
	}
	for {
		if err := d.askAll(ctx); err != nil {
			return nil, err
		}
		text, err := d.Result(ctx)
		var found diag.List
		if errors.As(err, &found) {
			d.show("\nThis does not go together:\n" + found.Error() + "\n\n")
			continue
		}
		if err != nil {
			return nil, err
		}
		d.show("\n" + diag.PlainLines(string(text)) + "\n")
		write, err := d.confirm(ctx, "Write it to "+d.path)
		if err != nil || write {
			return text, err
		}
		d.voice.Say("Once more, then; what you have said is in the brackets. Ctrl-C leaves." + "\n")
	}
}

// askAll asks everything once: what is plain, what to switch off, what is elsewhere, and what follows from that.
func (d *Dialogue) askAll(ctx context.Context) error {
	asked := map[string]bool{}
	for _, key := range d.given {
		asked[key] = true
	}
	for _, step := range []func(context.Context, map[string]bool) error{d.askPlain, d.askSwitches, d.askElsewhere, d.askPlain} {
		if err := d.resolve(); err != nil {
			return err
		}
		if err := step(ctx, asked); err != nil {
			return err
		}
	}
	for _, s := range d.questions() { // an answer to what means nothing any more
		if !d.holds(s.Ask.When) && !slices.Contains(d.given, s.Key) {
			delete(d.answers, s.Key)
		}
	}
	return d.resolve()
}

// askPlain asks one question after the other.
func (d *Dialogue) askPlain(ctx context.Context, asked map[string]bool) error {
	for _, s := range d.questions() {
		if asked[s.Key] || s.Type == settings.Bool || plan.ExternalGroup(s.Key) != "" || !d.holds(s.Ask.When) {
			continue
		}
		asked[s.Key] = true
		if err := d.ask(ctx, s, s.Ask.Text); err != nil {
			return err
		}
	}
	return nil
}

// askSwitches asks which of the things that can be switched off are not wanted.
func (d *Dialogue) askSwitches(ctx context.Context, asked map[string]bool) error {
	var all []option
	var chosen []string
	for _, s := range d.questions() {
		if s.Type != settings.Bool || plan.ExternalGroup(s.Key) != "" || asked[s.Key] {
			continue
		}
		asked[s.Key] = true
		_, said := d.answers[s.Key]
		if !d.values.Bool(s.Key) && !said { // the profile has it off
			continue
		}
		o := option{name: s.Key[strings.LastIndexByte(s.Key, '.')+1:], key: s.Key, text: s.Ask.Text}
		all = append(all, o)
		if !d.values.Bool(s.Key) {
			chosen = append(chosen, o.name)
		}
	}
	picked, err := d.choose(ctx, "Part of it, unless you switch it off", "Switch off", all, chosen)
	if err != nil {
		return err
	}
	for _, o := range all {
		delete(d.answers, o.key)
		if slices.Contains(picked, o.name) {
			d.answers[o.key] = false
		}
	}
	return d.resolve()
}

// askElsewhere asks which stores are not the bundle's, and how they are reached.
func (d *Dialogue) askElsewhere(ctx context.Context, asked map[string]bool) error {
	var all []option
	var chosen []string
	for _, s := range d.questions() {
		name := plan.ExternalGroup(s.Key)
		if name == "" || asked[s.Key] || !strings.HasSuffix(s.Key, ".host") {
			continue
		}
		all = append(all, option{name: name, key: s.Key, text: strings.TrimPrefix(s.Ask.Text, "Host of ")})
		if d.values.String(s.Key) != "" {
			chosen = append(chosen, name)
		}
	}
	picked, err := d.choose(ctx, "In the bundle, unless you have one elsewhere", "Elsewhere", all, chosen)
	if err != nil {
		return err
	}
	for _, s := range d.questions() {
		name := plan.ExternalGroup(s.Key)
		switch {
		case name == "" || asked[s.Key]:
		case !slices.Contains(picked, name):
			if slices.ContainsFunc(all, func(o option) bool { return o.name == name }) {
				delete(d.answers, s.Key)
			}
		default:
			text := s.Ask.Text
			if !strings.HasSuffix(s.Key, ".host") {
				text = "  " + text
			}
			if err := d.ask(ctx, s, text); err != nil {
				return err
			}
		}
	}
	return d.resolve()
}

// questions are the settings that have one: of the hosts elsewhere first the host.
func (d *Dialogue) questions() []*settings.Setting {
	var out []*settings.Setting
	for _, s := range d.prepared.Schema().All() {
		if s.Ask != nil {
			out = append(out, s)
		}
	}
	return out
}

// resolve gives every setting its value, answers included.
func (d *Dialogue) resolve() error {
	layer, err := profile.Chosen(d.path, d.choices())
	if err != nil {
		return err
	}
	source := d.source
	source.Given = []profile.Given{{File: d.path, Values: layer.Root}}
	_, values, found := d.prepared.Resolve(source)
	d.values = values
	return found.Err()
}

// holds says whether a question means something.
func (d *Dialogue) holds(when map[string]settings.Names) bool {
	for key, allowed := range when {
		value := d.values.String(key)
		if !slices.Contains(allowed, value) && (value == "" || !slices.Contains(allowed, "*")) {
			return false
		}
	}
	return true
}

// ask asks about one setting until the answer is one.
func (d *Dialogue) ask(ctx context.Context, s *settings.Setting, text string) error {
	if len(s.Values) > 0 {
		text += " (" + strings.Join(s.Values, ", ") + ")"
	}
	for {
		answer, err := d.line(ctx, text, setText(d.valueOf(s)))
		switch {
		case err != nil:
			return err
		case answer == "":
			return d.resolve()
		case answer == "-":
			delete(d.answers, s.Key)
			return d.resolve()
		case answer == "?":
			d.voice.Say("  %s\n", s.Description)
			continue
		}
		value, _, err := importer.Value(s, replaces.Variable{}, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: answer})
		if err != nil {
			d.voice.Say("  %s\n", err)
			continue
		}
		if value == nil { // one of the words for none
			value = answer
		}
		d.answers[s.Key] = value
		return d.resolve()
	}
}

func (d *Dialogue) valueOf(s *settings.Setting) any {
	v, _ := d.values.Get(s.Key)
	return v.Value
}

// setText is a value as --set takes it.
func setText(value any) string {
	if list, ok := value.([]any); ok && len(list) > 0 {
		return "[" + settings.Flat(value) + "]"
	}
	return settings.Flat(value)
}
