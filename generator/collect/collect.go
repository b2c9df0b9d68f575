// Package collect gathers what a release is packed from: the files of a bundle as they lie in its folder, and the
// secrets that must not be among them.
package collect

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/owgen/owgen/generator/archive"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/output"
	"github.com/owgen/owgen/generator/read"
	"github.com/owgen/owgen/generator/secret"
)

// A NotPlainError says that something of the user's is no regular file, and cannot be packed.
type NotPlainError struct{ Path string }

func (e *NotPlainError) Error() string { return e.Path + " is no plain file, and cannot be packed" }

// Entries are the files of a release: what is generated, as it lies there, and what the user wrote beside it. Links are
// not followed: what they lead to may be no part of the bundle.
func Entries(ctx context.Context, compared output.Comparison) ([]archive.Entry, error) {
	e := entries{compared.Dir, map[string]archive.Entry{}}
	for _, change := range compared.Changes {
		if change.Old != nil {
			e.files[change.Path] = archive.Entry{Path: change.Path, Data: change.Old.Data, Executable: change.Old.Mode&0o111 != 0}
		}
	}
	own := []string{bundle.InputFile, bundle.OverrideFile}
	for _, change := range compared.Of(output.Kept) {
		own = append(own, change.Path)
	}
	for _, s := range compared.Secrets { // the public halves, which services serve and people import
		if s.Spec.File == "" {
			own = append(own, s.Spec.Kind.Public()...)
		}
	}
	for _, name := range own {
		if err := e.add(ctx, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	err := filepath.WalkDir(filepath.Join(e.dir, bundle.CustomFolder), func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(e.dir, file)
		if err != nil {
			return err
		}
		return e.add(ctx, filepath.ToSlash(rel))
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []archive.Entry
	for _, name := range slices.Sorted(maps.Keys(e.files)) {
		out = append(out, e.files[name])
	}
	return out, nil
}

type entries struct {
	dir   string
	files map[string]archive.Entry
}

// add takes one of the user's files.
func (e entries) add(ctx context.Context, name string) error {
	file := filepath.Join(e.dir, filepath.FromSlash(name))
	info, err := os.Lstat(file)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return &NotPlainError{file}
	}
	e.files[name], err = archive.OnDisk(ctx, name, file, info)
	return err
}

// Secrets reads what must not be packed: all that lies in secrets/, the user's own files that hold secrets, and keys that
// are named. Their values stay in memory, and are looked for, not shown.
func Secrets(ctx context.Context, dir string, specs []secret.Spec, keys ...string) ([]archive.Secret, error) {
	listed, err := os.ReadDir(filepath.Join(dir, bundle.SecretsFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	files := map[string]string{} // shown name -> where it is
	for _, entry := range listed {
		name := bundle.SecretPath(entry.Name())
		files[name] = In(dir, name)
	}
	for _, s := range specs {
		if s.File != "" {
			files[s.File] = In(dir, s.File)
		}
	}
	for _, key := range keys {
		files[key] = key
	}
	var out []archive.Secret
	for _, shown := range slices.Sorted(maps.Keys(files)) {
		value, err := read.File(ctx, files[shown], read.Text)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, read.ErrNoFile) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, archive.Secret{Name: filepath.ToSlash(shown), Value: value})
	}
	return out, nil
}

// In is where a path lies that is relative to a folder, unless it is absolute.
func In(dir, file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, filepath.FromSlash(file))
}
