package main

import (
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/diag"
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
	for { // again, where another --save came in between: both are to be kept
		if err := c.generate(ctx, t, dir); !errors.Is(err, output.ErrInputChanged) {
			return err
		}
	}
}

// generate makes the bundle from what lies there now.
func (c generateCmd) generate(ctx context.Context, t *terminal, dir string) error {
	leftovers, err := c.leftovers(dir)
	if err != nil {
		return environment(err)
	}
	in, err := c.forBundle(ctx, c.Profile, dir, c.Save)
	if err != nil {
		return err
	}
	made, found := in.Generate(ctx)
	if err := found.Err(); err != nil {
		return err
	}
	t.findings(append(leftovers, found...))
	if in.Replaced != nil {
		made.Save()
	}
	planned, err := output.Compare(dir, &made.Bundle)
	if err != nil {
		return environment(err)
	}
	r := newResult(dir, made, planned)
	if c.DryRun {
		return c.print(t, r, "would be")
	}
	options := output.Options{Force: c.Force, Random: rand.Reader, Now: time.Now()}
	if in.Replaced != nil {
		options.Input = in.Replaced.Data
	}
	done, err := output.Apply(planned, options)
	if err != nil {
		return environment(err)
	}
	t.findings(done.Findings)
	r.apply(done)
	return c.print(t, r, "")
}

// leftovers completes or undoes what a killed run has left, or says that it is there.
func (c generateCmd) leftovers(dir string) (diag.List, error) {
	if c.DryRun {
		found, err := output.Unfinished(dir)
		if err == nil {
			err = found.Err()
		}
		return found, err
	}
	recovery, err := output.Recover(dir)
	return recovery.Findings(), err
}

// result is what a run did, or would do.
type result struct {
	Bundle   string   `json:"bundle"`
	Services int      `json:"services"`
	Files    int      `json:"files"`
	Written  []string `json:"written"`
	Removed  []string `json:"removed"`
	Secrets  []string `json:"secrets"`
	Edited   []string `json:"edited"`
	Backups  []string `json:"backups"`

	summary string
}

func newResult(dir string, b *generator.Deployment, p output.Comparison) result {
	r := result{Bundle: dir, Services: b.Started(), Files: len(b.Files), summary: b.Summary,
		Written: []string{}, Removed: []string{}, Secrets: []string{}, Edited: []string{}, Backups: []string{}}
	for _, change := range p.Of(output.Create, output.Missing, output.Update) {
		r.Written = append(r.Written, change.Path)
	}
	for _, change := range p.Of(output.Remove) {
		r.Removed = append(r.Removed, change.Path)
	}
	for _, change := range p.Of(output.Edited) {
		r.Edited = append(r.Edited, change.Path)
	}
	for _, s := range p.Secrets {
		if s.Create {
			r.Secrets = append(r.Secrets, s.Path)
		}
	}
	return r
}

// apply replaces what was planned by what was done.
func (r *result) apply(done output.Result) {
	r.Written, r.Removed, r.Secrets, r.Edited = []string{}, []string{}, append([]string{}, done.Secrets...), []string{}
	for _, change := range done.Changes {
		if change.New == nil {
			r.Removed = append(r.Removed, change.Path)
		} else {
			r.Written = append(r.Written, change.Path)
		}
	}
	for _, b := range done.Backups {
		r.Backups = append(r.Backups, b.Copy)
	}
}

// print says what happened; mood is put before the participles of what did not happen yet.
func (c generateCmd) print(t *terminal, r result, mood string) error {
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
	if len(r.Written)+len(r.Removed)+len(r.Secrets) == 0 {
		say(t.out, "%s is as it should be: %d services, %d files; nothing changed\n", r.Bundle, r.Services, r.Files)
		return nil
	}
	say(t.out, "%s: %d services; %d files%s written, %d removed, %d secrets made\n", r.Bundle, r.Services, len(r.Written), mood, len(r.Removed), len(r.Secrets))
	for _, path := range r.Backups {
		say(t.out, "  kept a copy: %s\n", path)
	}
	prefix := ""
	if r.Bundle != "." {
		prefix = filepath.ToSlash(r.Bundle) + "/"
	}
	summary := strings.TrimRight(strings.ReplaceAll(r.summary, "{bundle}", diag.Plain(prefix)), "\n")
	say(t.out, "%s\n", painted(diag.PlainLines(summary)))
	start := "docker compose up -d --wait"
	if r.Bundle != "." {
		start = "cd " + r.Bundle + " && " + start
	}
	say(t.out, "Start it with:\n  %s\n", t.paint("1", start))
	return nil
}
