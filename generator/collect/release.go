package collect

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/archive"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/checkup"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/output"
)

// Options say what to pack.
type Options struct {
	Key    string          // signs, and is neither packed nor written over
	Images bool            // the built images are looked into
	Force  bool            // what lies there is packed, even if it is not what its input gives
	Warn   func(diag.List) // is told what does not stand in the way
}

// A DifferentError says that a bundle is not what its input gives.
type DifferentError struct{ checkup.Report }

func (e *DifferentError) Error() string { return e.Bundle + " is not what its input gives" }

// A Release is what is packed of a bundle.
type Release struct {
	*generator.Deployment
	options Options
	dir     string
	entries []archive.Entry
	images  []archive.Image
	scratch string // where images lie until they are packed
}

// Open takes the bundle's files from its folder, and refuses a bundle that is not what its input gives, or that would
// give a secret away.
func Open(ctx context.Context, dir string, request generator.Request, o Options) (*Release, error) {
	unfinished, err := output.Unfinished(dir)
	if err == nil {
		err = unfinished.Err()
	}
	if err != nil {
		return nil, err
	}
	o.Warn(unfinished)
	r := &Release{options: o, dir: dir}
	compared, err := r.compare(ctx, request)
	if err != nil {
		return nil, err
	}
	if r.entries, err = Entries(ctx, compared); err != nil {
		return nil, err
	}
	secrets, err := Secrets(ctx, dir, r.Secrets, r.keys()...)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range r.Secrets {
		names = append(names, s.Name)
	}
	leaks, err := archive.Leaks(ctx, r.entries, secrets, names...)
	if err == nil {
		err = leaks.Err()
	}
	return r, err
}

// compare makes the bundle from its input, and compares the folder with it.
func (r *Release) compare(ctx context.Context, request generator.Request) (output.Comparison, error) {
	made, found := generator.GenerateUnchecked(ctx, request)
	if err := found.Err(); err != nil {
		return output.Comparison{}, err
	}
	compared, err := output.Compare(r.dir, &made.Bundle)
	if err != nil {
		return compared, err
	}
	report := checkup.Make(r.dir, made, compared)
	same := !report.First && report.Clean && report.Findings.Err() == nil
	if !same || r.options.Images { // what differs was never validated, and images are named in the loaded project
		found.Add(made.Validate(ctx, compared.Written())...)
		if err := found.Sort().Err(); err != nil {
			return compared, err
		}
	}
	if !same && !r.options.Force {
		return compared, &DifferentError{report}
	}
	r.Deployment = made
	return compared, nil
}

// keys are what signs, if it is signed.
func (r *Release) keys() []string {
	if r.options.Key == "" {
		return nil
	}
	return []string{r.options.Key}
}

// Protected are the files with secrets that lie anywhere: nothing may be written over them.
func (r *Release) Protected() []string {
	out := r.keys()
	for _, s := range r.Secrets {
		if s.File != "" {
			out = append(out, In(r.dir, s.File))
		}
	}
	return out
}

// An AbsentError says that images are not built.
type AbsentError struct {
	Images []string
	Of     int
	Build  string // the command that makes them, in the bundle's folder
}

func (e *AbsentError) Error() string {
	return fmt.Sprintf("%d of %d images are not built", len(e.Images), e.Of)
}

// imageNames are the images of all services.
func (r *Release) imageNames() []string {
	var names []string
	for _, s := range r.Project.Services {
		names = append(names, s.Image)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// LookIntoImages finds out what is in the built images, for the bill of materials.
func (r *Release) LookIntoImages(ctx context.Context) error {
	names := r.imageNames()
	absent, err := r.Built.Absent(ctx, names)
	if err != nil {
		return err
	}
	if len(absent) > 0 {
		return &AbsentError{absent, len(names), r.Built.Build()}
	}
	for _, name := range names {
		installed, err := r.Built.Read(ctx, name, archive.PackagesFile)
		if err != nil {
			return err
		}
		r.images = append(r.images, archive.Image{Name: name, Packages: archive.DebianPackages(installed)})
	}
	return nil
}

// AddImages adds the built images. Until Close they lie below a folder, which has to have room for them.
func (r *Release) AddImages(ctx context.Context, below string) error {
	var err error
	if r.scratch, err = os.MkdirTemp(below, ".owgen-images-"); err != nil {
		return err
	}
	saved := filepath.Join(r.scratch, "saved.tar")
	f, err := os.Create(saved)
	if err != nil {
		return err
	}
	names := r.imageNames()
	if err := errors.Join(r.Built.Save(ctx, names, f), f.Close()); err != nil {
		return err
	}
	entries, err := archive.LayoutImages(saved, filepath.Join(r.scratch, "layout"), names, r.Built.Load())
	r.entries = append(r.entries, entries...)
	return err
}

// Close removes what was written on the way.
func (r *Release) Close() error {
	if r.scratch == "" {
		return nil
	}
	return os.RemoveAll(r.scratch)
}

// Seal adds the bill of materials and the checksums, and their signature if there is a key.
func (r *Release) Seal(sign func([]byte) []byte) ([]archive.Entry, error) {
	record, err := bundle.ReadManifest(r.Files[bundle.ManifestFile].Data)
	if err != nil {
		return nil, err
	}
	build, _ := debug.ReadBuildInfo()
	bill, err := archive.Bill(archive.Material{Project: r.Plan.Project, Version: generator.Version, Build: build, Digest: record.InputDigest, Entries: r.entries, Images: r.images})
	if err != nil {
		return nil, err
	}
	return archive.Seal(append(r.entries, archive.Entry{Path: archive.BillPath, Data: bill}), sign)
}
