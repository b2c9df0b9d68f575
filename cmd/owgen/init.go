package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/output"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/profiles"
)

type initCmd struct {
	Place   string `arg:"" optional:"" name:"dir|file" default:"." help:"The bundle's folder, or the file to write instead of its owgen.yaml."`
	Profile string `help:"The profile to extend."`
	Yes     bool   `short:"y" help:"Ask nothing: what no flag sets stays as in the profile."`
	Force   bool   `help:"Replace a file that is there, keeping a copy in .owgen/backup."`
	setFlag
	catalogFlag
}

// Run asks, or takes flags, and writes an input that holds only what differs from the profile.
func (c initCmd) Run(ctx context.Context, t *terminal) error {
	dir, file, err := t.inputPlace(ctx, c.Place)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, file)
	if _, err := os.Lstat(path); err == nil && !c.Force {
		return usageError{path + " is there already", "change it by hand; or use --force, which keeps a copy in .owgen/backup"}
	}
	asks := !c.Yes && isPerson(t.in)
	if !asks && !c.Yes && c.Profile == "" && len(c.Set) == 0 {
		return usageError{"init asks questions, and nobody is there to answer", "say what you want with --profile and --set, or take the profile as it is with --yes"}
	}
	source := inputFlags{}.source(ctx, c.Profile)
	prepared, found := generator.Prepare(c.layers(ctx)...)
	if err := found.Err(); err != nil {
		return err
	}
	if source.Profile == "" {
		source.Profile = profile.Names(profiles.FS)[0]
	}
	d := &dialogue{in: newLines(t.in), out: t.errs, prepared: prepared, source: source, path: path, bold: func(s string) string { return string(t.paint("1", s)) }}
	if err := d.flags(c.Set); err != nil {
		return err
	}
	write := func() ([]byte, error) { return d.result(ctx) }
	if asks {
		write = func() ([]byte, error) { return d.run(ctx, c.Profile != "") }
	}
	text, err := write()
	if err != nil {
		return err
	}
	done, err := output.Seed(dir, map[string]bundle.File{file: {Data: text, Mode: 0o644}}, c.Force, time.Now())
	if err != nil {
		return environment(err)
	}
	t.findings(done.Recovery)
	say(t.out, "%s written\n", path)
	for _, b := range done.Backups {
		say(t.out, "  kept a copy: %s\n", b.Copy)
	}
	if asks {
		say(t.out, "Without questions, the same is:\n  %s\n", d.command(c.Place))
	}
	say(t.out, "Make the bundle with:\n  %s\n", t.paint("1", nextStep(dir, file)))
	return nil
}

// isPerson says whether somebody can answer.
func isPerson(in io.Reader) bool {
	f, ok := in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// result writes the input, and makes a bundle of it in memory: what init has written, generate takes.
func (d *dialogue) result(ctx context.Context) ([]byte, error) {
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
func (d *dialogue) choices() []profile.Choice {
	var out []profile.Choice
	for _, s := range d.prepared.Schema().All() {
		if value, ok := d.answers[s.Key]; ok {
			out = append(out, profile.Choice{Key: s.Key, Value: value})
		}
	}
	return out
}

// flags takes the values that the command line sets.
func (d *dialogue) flags(set []string) error {
	d.answers = map[string]any{}
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

// command repeats the answers as flags.
func (d *dialogue) command(place string) string {
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
var errStopped = diag.List{{Rule: ruleStopped, Message: "stopped before the end"}}

const ruleStopped = "init/stopped"

func isStopped(f diag.Finding) bool { return f.Rule == ruleStopped }
