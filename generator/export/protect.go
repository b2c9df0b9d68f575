package export

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/read"
)

// protect fails where the place belongs to a bundle, or is one of the secrets. Links are followed already; other
// names of the same file are found as well.
func (p Place) protect(ctx context.Context, secrets []string) error {
	for _, secret := range secrets {
		if same(p.file, secret) {
			return &RefusedError{p.name + " holds a secret, and would be lost", "name another file"}
		}
	}
	for dir := filepath.Dir(p.file); ; dir = filepath.Dir(dir) {
		if what := belongs(ctx, dir, p.file); what != "" {
			return &RefusedError{p.name + " is " + what + " of the bundle in " + dir, "name a file that is not the bundle's"}
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

// belongs says what a file is to the bundle in a folder; "" says that there is no bundle, or the file is none of it.
func belongs(ctx context.Context, dir, file string) string {
	lock, err := read.Plain(ctx, filepath.Join(dir, bundle.ManifestFile), read.Manifest)
	_, noInput := os.Lstat(filepath.Join(dir, bundle.InputFile))
	if err != nil && noInput != nil {
		return ""
	}
	rel, err := filepath.Rel(dir, file)
	if err != nil {
		return ""
	}
	name := filepath.ToSlash(rel)
	if folder := bundle.Guarded(name); folder != "" {
		return "in " + folder
	}
	own := bundle.Named()
	record, _ := bundle.ReadManifest(lock) // without one, or with a broken one, these are what is known
	for generated := range record.Files {
		own = append(own, generated)
	}
	isOwn := func(o string) bool {
		return strings.EqualFold(o, name) || same(filepath.Join(dir, filepath.FromSlash(o)), file)
	}
	if slices.ContainsFunc(own, isOwn) {
		return "a file"
	}
	top, _, below := strings.Cut(name, "/")
	if _, err := os.Lstat(file); err == nil && below && strings.EqualFold(top, bundle.CustomFolder) {
		return "a file"
	}
	return ""
}

// same says whether two names are of one file.
func same(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}
