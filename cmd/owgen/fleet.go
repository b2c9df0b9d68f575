package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/fleet"
	"github.com/owgen/owgen/generator/output"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/read"
)

// fleetMemory is where garbage is collected more often, so that a fleet of any size fits into 250 MB.
const fleetMemory = 160 << 20

// A fleetRun makes the bundles of an inventory.
type fleetRun struct {
	generateCmd
	inventory fleet.Inventory
	prepared  *generator.Prepared
	rest      profile.Source // what the command line says beside the inventory
}

// runFleet makes a bundle for each site of the inventory. One bad site does not stop the others.
func (c generateCmd) runFleet(ctx context.Context, t *terminal) error {
	if c.Profile != "" || c.Output == "" {
		return usageError{"--fleet takes the profile from the inventory, and needs a folder for the bundles", "owgen generate --fleet " + c.Fleet + " -o sites"}
	}
	if info, err := os.Stat(c.Output); err == nil && !info.IsDir() {
		return usageError{c.Output + " is no folder", "name one with -o, which may be new"}
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(fleetMemory))
	run, err := c.openFleet(ctx, t)
	if err != nil {
		return err
	}
	sites := run.inventory.Sites
	report := newFleetReport(c, len(sites))
	bar := newProgress(t, len(sites), "sites")
	fleet.Each(ctx, sites, fleetWorkers(), func(s *fleet.Site) siteResult { return run.site(ctx, t, s) }, func(_ *fleet.Site, r siteResult) {
		report.add(r)
		bar.step(report.counts[siteWrong])
	})
	bar.end()
	return report.print(t)
}

// fleetWorkers is one more than the processors: one of the sites is usually waiting for the disk.
func fleetWorkers() int { return runtime.GOMAXPROCS(0) + 1 }

// openFleet reads what all sites share, and finds what is wrong with it once for all.
func (c generateCmd) openFleet(ctx context.Context, t *terminal) (*fleetRun, error) {
	data, err := read.File(ctx, c.Fleet, read.Text*4)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usageError{c.Fleet + " does not exist", "check the path; docs/fleet.md describes an inventory"}
	} else if err != nil {
		return nil, folderError(err)
	}
	inventory, found := fleet.Read(c.Fleet, data)
	source := c.source(ctx, "")
	prepared, f := generator.Prepare(c.layers(ctx)...)
	if found.Add(f...); found.Err() != nil {
		return nil, found.Sort().Err()
	}
	_, _, f = prepared.Resolve(inventory.Source(source, nil))
	found.Add(inventory.Locate(nil, f)...)
	return &fleetRun{c, inventory, prepared, source}, found.Sort().Err()
}

// site makes one bundle.
func (r *fleetRun) site(ctx context.Context, t *terminal, s *fleet.Site) siteResult {
	out := siteResult{Name: s.Name, Bundle: filepath.Join(r.Output, s.Name), State: siteWrong, Findings: s.Wrong, line: s.Line}
	if len(s.Wrong) > 0 {
		return out
	}
	found := r.write(ctx, t, s, &out)
	if ctx.Err() != nil && out.State == siteWrong {
		out.State, found = siteLeft, nil // interrupted in the middle of the checks, which then fail
	}
	out.Findings = r.inventory.Locate(s, found)
	return out
}

// write generates a site's bundle and writes it. The findings have no place in the inventory yet.
func (r *fleetRun) write(ctx context.Context, t *terminal, s *fleet.Site, out *siteResult) diag.List {
	leftovers, err := r.leftovers(out.Bundle)
	if err != nil {
		return trouble(out.Bundle, err)
	}
	source := r.inventory.Source(r.rest, s)
	made, found := r.prepared.Generate(ctx, source)
	found = append(leftovers, found...)
	if found.Err() != nil {
		return found
	}
	if f := r.settle(ctx, out.Bundle, source, made); len(f) > 0 {
		return append(found, f...)
	}
	planned, err := output.Compare(out.Bundle, &made.Bundle)
	if err != nil {
		return append(found, trouble(out.Bundle, err)...)
	}
	result := newResult(out.Bundle, made, planned)
	if !r.DryRun {
		done, err := output.Apply(planned, output.Options{Force: r.Force, Random: rand.Reader, Now: time.Now()})
		if err != nil {
			return append(found, trouble(out.Bundle, err)...)
		}
		result.apply(done)
		found.Add(within(out.Bundle, done.Findings)...)
	}
	out.count(result, planned.First)
	return found
}

// settle decides about the owgen.yaml of a bundle that is there: where it says otherwise than the inventory, it is
// replaced only if the user asks for it, since it may hold an edit.
func (r *fleetRun) settle(ctx context.Context, dir string, source profile.Source, made *generator.Deployment) diag.List {
	name := filepath.Join(dir, bundle.InputFile)
	text, err := read.File(ctx, name, read.Profile)
	own := made.Files[bundle.InputFile]
	if err != nil || bytes.Equal(text, own.Data) { // Compare reports what cannot be read
		return nil
	}
	if r.Save {
		made.Save()
		return nil
	}
	old := r.rest
	old.Profile, old.Values, old.Set = name, nil, nil
	input, values, found := r.prepared.Resolve(old)
	if found.Err() != nil {
		return found
	}
	var keys []string
	if now, _ := profile.Read(source); now.Profile != input.Profile {
		keys = append(keys, "extends")
	}
	for _, d := range values.Schema().All() {
		if values.String(d.Key) != made.Plan.Values.String(d.Key) {
			keys = append(keys, d.Key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	return diag.List{{Rule: "fleet/differs", Message: "the inventory says otherwise than " + name + " about " + strings.Join(keys, ", "),
		Hint: "move what was edited there into the inventory; --save writes what the inventory says into the file"}}
}

// trouble turns an error of package output into findings.
func trouble(dir string, err error) diag.List {
	var found diag.List
	var env *output.EnvError
	switch {
	case errors.As(err, &found):
		return within(dir, found)
	case errors.As(err, &env):
		return diag.List{{Rule: "fleet/environment", Message: env.Error(), Hint: env.Hint}}
	}
	return diag.List{{Rule: "fleet/environment", Message: err.Error()}}
}

// within names files as they are found from here.
func within(dir string, found diag.List) diag.List {
	for i := range found {
		found[i].File = filepath.ToSlash(filepath.Join(dir, found[i].File))
	}
	return found
}
