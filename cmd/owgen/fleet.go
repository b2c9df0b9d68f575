package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"strings"

	"github.com/owgen/owgen/generator/fleet"
	"github.com/owgen/owgen/generator/making"
	"github.com/owgen/owgen/generator/read"
)

// fleetMemory is where garbage is collected more often, so that a fleet of any size fits into 250 MB.
const fleetMemory = 160 << 20

// runFleet makes a bundle for each site of the inventory.
func (c generateCmd) runFleet(ctx context.Context, t *terminal) error {
	if c.Profile != "" || c.Output == "" {
		return usageError{"--fleet takes the profile from the inventory, and needs a folder for the bundles", "owgen generate --fleet " + c.Fleet + " -o sites"}
	}
	if info, err := os.Stat(c.Output); err == nil && !info.IsDir() {
		return usageError{c.Output + " is no folder", "name one with -o, which may be new"}
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(fleetMemory))
	data, err := read.File(ctx, c.Fleet, read.Text*4)
	if errors.Is(err, fs.ErrNotExist) {
		return usageError{c.Fleet + " does not exist", "check the path; docs/fleet.md describes an inventory"}
	} else if err != nil {
		return folderError(err)
	}
	run, found := fleet.Prepare(c.Fleet, data, c.request(ctx, ""),
		fleet.Options{Folder: c.Output, Save: c.Save, Options: making.Options{DryRun: c.DryRun, Force: c.Force}})
	if err := found.Err(); err != nil {
		return err
	}
	bar := newProgress(t, run.Sites(), "sites")
	report := run.Make(ctx, bar.step)
	bar.end()
	if c.JSON {
		err = printJSON(t.out, report)
	} else {
		t.fleet(report)
	}
	if err != nil {
		return err
	}
	return judge(report)
}

// judge fails where not all sites are as they should be.
func judge(r *fleet.Report) error {
	switch wrong, left := r.Of(fleet.Wrong), r.Left(); {
	case left > 0:
		return difference{fmt.Sprintf("interrupted: %d of %d sites are left", left, r.Total), "run the same command again to go on"}
	case wrong > 0:
		return difference{fmt.Sprintf("%d of %d sites %s wrong, and nothing was written for %s", wrong, r.Total, plural(wrong, "is", "are"), plural(wrong, "it", "them")), ""}
	}
	return nil
}

// fleet lists the findings in the order of the inventory, and what became of the sites.
func (t *terminal) fleet(r *fleet.Report) {
	t.show(r.Findings())
	for _, s := range r.Sites {
		if r.DryRun && s.State != fleet.Unchanged && s.State != fleet.Wrong {
			say(t.out, "%-9s %s: %d files to write, %d to remove, %d secrets to make\n", string(s.State), s.Bundle, s.Written, s.Removed, s.Secrets)
		}
		for _, path := range s.Backups {
			say(t.out, "%s kept a copy: %s\n", s.Bundle, path)
		}
	}
	var parts []string
	for _, state := range []fleet.State{fleet.Made, fleet.Changed, fleet.Unchanged, fleet.Wrong} {
		if n := r.Of(state); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	verb, made := "", "made"
	if r.DryRun {
		verb, made = " would be", "to make"
	}
	say(t.out, "%s: %d of %d sites%s: %s; %d secrets %s\n", r.Folder, len(r.Sites), r.Total, verb, strings.Join(parts, ", "), r.Secrets(), made)
}
