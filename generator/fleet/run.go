package fleet

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/making"
	"github.com/owgen/owgen/generator/output"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/read"
)

// Options say how the bundles of a fleet are made.
type Options struct {
	Folder string // that they lie in
	Save   bool   // write what the inventory says into each owgen.yaml that says otherwise
	making.Options
}

// A Run makes the bundles of an inventory.
type Run struct {
	Options
	inventory Inventory
	prepared  *generator.Prepared
	line      profile.Source // what the command line says beside the inventory
}

// Prepare reads what all sites share, and finds what is wrong with it once for all. The source of the request names no profile.
func Prepare(file string, data []byte, request generator.Request, o Options) (*Run, diag.List) {
	inventory, found := Read(file, data)
	prepared, f := generator.Prepare(request.Catalog...)
	if found.Add(f...); found.Err() != nil {
		return nil, found.Sort()
	}
	_, _, f = prepared.Resolve(inventory.Source(request.Source, nil))
	found.Add(inventory.Locate(nil, f)...)
	return &Run{o, inventory, prepared, request.Source}, found.Sort()
}

// Sites is how many there are.
func (r *Run) Sites() int { return len(r.inventory.Sites) }

// Make makes a bundle for each site, several at a time. One bad site does not stop the others. After each of them it calls
// step with the number of those that are wrong.
func (r *Run) Make(ctx context.Context, step func(wrong int)) *Report {
	report := &Report{Inventory: r.inventory.File, Sites: []Result{}, Total: r.Sites(), Folder: r.Folder, DryRun: r.DryRun, counts: map[State]int{}}
	Each(ctx, r.inventory.Sites, workers(), func(s *Site) Result { return r.site(ctx, s) }, func(_ *Site, made Result) {
		report.add(made)
		step(report.Of(Wrong))
	})
	report.sort()
	return report
}

// workers is one more than the processors: one of the sites is usually waiting for the disk.
func workers() int { return runtime.GOMAXPROCS(0) + 1 }

// site makes one bundle.
func (r *Run) site(ctx context.Context, s *Site) Result {
	out := Result{Name: s.Name, Bundle: filepath.Join(r.Folder, s.Name), State: Wrong, Findings: s.Wrong, line: s.Line}
	if len(s.Wrong) > 0 {
		return out
	}
	found := r.write(ctx, s, &out)
	if ctx.Err() != nil && out.State == Wrong {
		out.State, found = Left, nil // interrupted in the middle of the checks, which then fail
	}
	out.Findings = append(r.inventory.Locate(s, found), s.Odd...)
	return out
}

// write generates a site's bundle and writes it. The findings have no place in the inventory yet.
func (r *Run) write(ctx context.Context, s *Site, out *Result) diag.List {
	leftovers, err := making.Leftovers(out.Bundle, r.DryRun)
	if err != nil {
		return trouble(out.Bundle, err)
	}
	source := r.inventory.Source(r.line, s)
	made, found := r.prepared.Generate(ctx, source)
	found = append(leftovers, found...)
	if found.Err() != nil {
		return found
	}
	if f := r.settle(ctx, out.Bundle, source, made); len(f) > 0 {
		return append(found, f...)
	}
	written, f, err := making.Write(out.Bundle, made, r.Options.Options)
	if err != nil {
		return append(found, trouble(out.Bundle, err)...)
	}
	found.Add(f.Within(out.Bundle)...)
	out.count(written)
	return found
}

// settle decides about the owgen.yaml of a bundle that is there: where it says otherwise than the inventory, it is
// replaced only if the user asks for it, since it may hold an edit.
func (r *Run) settle(ctx context.Context, dir string, source profile.Source, made *generator.Deployment) diag.List {
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
	there := r.line
	there.Profile, there.Values, there.Set = name, nil, nil
	input, values, found := r.prepared.Resolve(there)
	if found.Err() != nil {
		return found
	}
	var keys []string
	if now, _ := profile.Read(source); now.Profile != input.Profile {
		keys = append(keys, input.Word)
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

// trouble turns an error of writing into findings.
func trouble(dir string, err error) diag.List {
	var found diag.List
	var env *output.EnvError
	switch {
	case errors.As(err, &found):
		return found.Within(dir)
	case errors.As(err, &env):
		return diag.List{{Rule: "fleet/environment", Message: env.Error(), Hint: env.Hint}}
	}
	return diag.List{{Rule: "fleet/environment", Message: err.Error()}}
}
