package export

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/compose"
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
	lock, err := read.Plain(ctx, filepath.Join(dir, generator.ManifestPath), read.Manifest)
	_, noInput := os.Lstat(filepath.Join(dir, generator.InputPath))
	if err != nil && noInput != nil {
		return ""
	}
	rel, err := filepath.Rel(dir, file)
	if err != nil {
		return ""
	}
	name := filepath.ToSlash(rel)
	top, _, below := strings.Cut(name, "/")
	if below && (strings.EqualFold(top, "secrets") || strings.EqualFold(top, ".owgen") || strings.EqualFold(top, ".git")) {
		return "in " + top
	}
	own := []string{generator.InputPath, generator.ManifestPath, compose.File, compose.EnvFile, "docker-compose.override.yml"}
	record, _ := generator.ReadManifest(lock) // without one, or with a broken one, these are what is known
	for generated := range record.Files {
		own = append(own, generated)
	}
	isOwn := func(o string) bool {
		return strings.EqualFold(o, name) || same(filepath.Join(dir, filepath.FromSlash(o)), file)
	}
	if slices.ContainsFunc(own, isOwn) {
		return "a file"
	}
	if _, err := os.Lstat(file); err == nil && strings.EqualFold(top, "custom") {
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
