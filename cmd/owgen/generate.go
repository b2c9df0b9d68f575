package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/making"
	"github.com/owgen/owgen/generator/opening"
	"github.com/owgen/owgen/generator/output"
)

type generateCmd struct {
	Profile string `arg:"" optional:"" help:"A profile's name, or a file. Inside a bundle: nothing, to repeat it."`
	Output  string `short:"o" placeholder:"DIR" help:"The bundle's folder."`
	inputFlags
	Save   bool   `help:"Write what the flags say into the bundle's owgen.yaml."`
	Fleet  string `placeholder:"INVENTORY" help:"Make a bundle for each site of this file, below the output folder."`
	DryRun bool   `help:"Say what would change, and write nothing."`
	Force  bool   `help:"Replace files that were edited by hand, keeping a copy of each in .owgen/backup."`
	jsonFlag
}

// Run generates the bundle and writes it.
func (c generateCmd) Run(ctx context.Context, t *terminal) error {
	if c.Fleet != "" {
		return c.runFleet(ctx, t)
	}
	dir, err := bundleDir(c.Output, c.Profile)
	if err != nil {
		return err
	}
	for { // again, where another run came in between: what it wrote is to be kept, and the files are to fit to it
		if err := c.generate(ctx, t, dir); !errors.Is(err, output.ErrInputChanged) {
			return err
		}
	}
}

// generate makes the bundle from what lies there now.
func (c generateCmd) generate(ctx context.Context, t *terminal, dir string) error {
	leftovers, err := making.Leftovers(dir, c.DryRun)
	if err != nil {
		return environment(err)
	}
	opened, err := opening.ForBundle(ctx, c.request(ctx, c.Profile), dir, c.Save || c.DryRun)
	if err != nil {
		return openingError(err)
	}
	if opened.Replaces && !c.Save {
		leftovers.Add(diag.Finding{Rule: "generate/save", Severity: diag.Warning, File: opening.Own(dir), Message: "the command line says otherwise: it needs --save to be written", Hint: "edit the file, or add --save"})
	}
	made, found := opened.Generate(ctx)
	if err := found.Err(); err != nil {
		return err
	}
	t.findings(append(leftovers, found...))
	if opened.Replaces {
		made.Save()
	}
	options := making.Options{DryRun: c.DryRun, Force: c.Force, InputBefore: &output.InputText{Data: opened.Read}}
	r, found, err := making.Write(dir, made, options)
	if err != nil {
		return inFolder(dir, err)
	}
	t.findings(found.Within(dir))
	mood := ""
	if c.DryRun {
		mood = "would be"
	}
	return c.print(t, r, mood)
}

// print says what happened; mood is put before the participles of what did not happen yet.
func (c generateCmd) print(t *terminal, r making.Result, mood string) error {
	if c.JSON {
		return printJSON(t.out, r)
	}
	if mood != "" {
		mood = " " + mood
		for _, list := range []struct {
			sign  string
			paths []string
		}{{"write", r.Written}, {"remove", r.Removed}, {"secret", r.Secrets}, {"edited", r.Edited}} {
			for _, path := range list.paths {
				say(t.out, "%-7s %s\n", list.sign, path)
			}
		}
	}
	if !r.Changed() {
		say(t.out, "%s is as it should be: %d services, %d files; nothing changed\n", r.Bundle, r.Services, r.Files)
		return nil
	}
	secrets := 0 // their public files are among those written
	for _, path := range r.Secrets {
		if strings.HasPrefix(path, bundle.SecretsFolder+"/") {
			secrets++
		}
	}
	say(t.out, "%s: %d services; %d files%s written, %d removed, %d secrets made\n", r.Bundle, r.Services, len(r.Written)+len(r.Secrets)-secrets, mood, len(r.Removed), secrets)
	for _, path := range r.Backups {
		say(t.out, "  kept a copy: %s\n", path)
	}
	if mood != "" && len(r.Lost) == 0 {
		return nil // there is nothing new to start
	}
	prefix := ""
	if r.Bundle != "." {
		prefix = filepath.ToSlash(r.Bundle) + "/"
	}
	summary := strings.TrimRight(strings.ReplaceAll(r.Summary, "{bundle}", diag.Plain(prefix)), "\n")
	say(t.out, "%s\n", painted(diag.PlainLines(summary)))
	begin := "Start it with:"
	if len(r.Lost) > 0 {
		begin = t.lost(r, prefix)
	}
	say(t.out, "%s\n", begin)
	for i, line := range r.Start {
		if i == 0 && r.Bundle != "." {
			line = "cd " + r.Bundle + " && " + line
		}
		say(t.out, "  %s\n", t.paint("1", line))
	}
	return nil
}

// lost says what to do where secrets were made anew that a deployment may need as they were, and when to start it all the same.
func (t *terminal) lost(r making.Result, prefix string) string {
	say(t.out, "Do not start it yet: what was set up with the old secrets refuses the new ones.\n")
	say(t.out, "  Put back from the backup: %s\n", below(prefix, r.Lost))
	if len(r.Rotated) > 0 {
		say(t.out, "  Where there is no backup: \"Change a password\" in %sREADME.md says how services take a new %s\n", diag.Plain(prefix), below(prefix, r.Rotated))
	}
	return "When that is done, or if there are no data yet, start it with:"
}

// below names files of a bundle as they are from here.
func below(prefix string, paths []string) string {
	return diag.Plain(prefix + strings.Join(paths, ", "+prefix))
}
