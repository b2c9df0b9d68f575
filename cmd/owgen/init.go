package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/term"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/dialogue"
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
	voice := dialogue.Voice{In: t.in, Out: t.errs, Say: func(format string, args ...any) { say(t.errs, format, args...) },
		Bold: func(s string) string { return string(t.paint("1", s)) }}
	d, err := dialogue.New(voice, prepared, source, path, c.Set)
	if err != nil {
		return err
	}
	write := func() ([]byte, error) { return d.Result(ctx) }
	if asks {
		write = func() ([]byte, error) { return d.Run(ctx, c.Profile != "") }
	}
	text, err := write()
	if err != nil {
		return err
	}
	done, err := output.WriteUsersFiles(dir, map[string]bundle.File{file: {Data: text, Mode: 0o644}}, c.Force, time.Now())
	if err != nil {
		return inFolder(dir, err)
	}
	t.findings(done.Recovery.Within(dir))
	say(t.out, "%s written\n", path)
	for _, b := range done.Backups {
		say(t.out, "  kept a copy: %s\n", b.Copy)
	}
	if asks {
		say(t.out, "Without questions, the same is:\n  %s\n", d.Command(c.Place))
	}
	say(t.out, "Make the bundle with:\n  %s\n", t.paint("1", nextStep(dir, file)))
	return nil
}

// isPerson says whether somebody can answer.
func isPerson(in io.Reader) bool {
	f, ok := in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
