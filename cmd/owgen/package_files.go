package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/archive"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/output"
	"github.com/owgen/owgen/generator/read"
)

// entries are the files of a release: what is generated, as it lies there, and what the user wrote beside it.
func (c packageCmd) entries(ctx context.Context, planned output.Plan) ([]archive.Entry, error) {
	files := map[string]archive.Entry{}
	for _, change := range planned.Changes {
		if change.Old != nil {
			files[change.Path] = archive.Entry{Path: change.Path, Data: change.Old.Data, Executable: change.Old.Mode&0o111 != 0}
		}
	}
	own := []string{bundle.InputFile, bundle.OverrideFile}
	for _, change := range planned.Of(output.Kept) {
		own = append(own, change.Path)
	}
	for _, s := range planned.Secrets { // the public halves, which services serve and people import
		if s.Spec.File == "" {
			own = append(own, s.Spec.Kind.Public()...)
		}
	}
	for _, name := range own {
		if err := c.add(ctx, files, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	root := filepath.Join(c.Dir, bundle.CustomFolder)
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(c.Dir, file)
		if err != nil {
			return err
		}
		return c.add(ctx, files, filepath.ToSlash(rel))
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, folderError(err)
	}
	var out []archive.Entry
	for _, name := range slices.Sorted(maps.Keys(files)) {
		out = append(out, files[name])
	}
	return out, nil
}

// add takes one of the user's files.
func (c packageCmd) add(ctx context.Context, files map[string]archive.Entry, name string) error {
	file := filepath.Join(c.Dir, filepath.FromSlash(name))
	info, err := os.Lstat(file)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return difference{fmt.Sprintf("%s is no plain file, and cannot be packed", file), "put the file itself there instead of a link"}
	}
	entry, err := archive.OnDisk(ctx, name, file, info)
	files[name] = entry
	return folderError(err)
}

// secrets reads what must not be packed: all that lies in secrets/, the user's own files that hold secrets, the
// key that signs. Their values stay in memory, and are looked for, not shown.
func (c packageCmd) secrets(ctx context.Context, made *generator.Deployment) ([]archive.Secret, error) {
	names := []string{}
	entries, err := os.ReadDir(filepath.Join(c.Dir, bundle.SecretsFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, folderError(err)
	}
	for _, entry := range entries {
		names = append(names, filepath.Join(bundle.SecretsFolder, entry.Name()))
	}
	for _, s := range made.Secrets {
		if s.File != "" {
			names = append(names, s.File)
		}
	}
	var out []archive.Secret
	look := func(shown, file string) error {
		value, err := read.File(ctx, file, read.Text)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, read.ErrNoFile) {
			return nil
		}
		out = append(out, archive.Secret{Name: filepath.ToSlash(shown), Value: value})
		return folderError(err)
	}
	for _, name := range names {
		if err := look(name, inFolder(c.Dir, name)); err != nil {
			return nil, err
		}
	}
	if c.Key != "" {
		return out, look(c.Key, c.Key)
	}
	return out, nil
}
