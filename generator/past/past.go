// Package past reads a bundle as it was: as another folder has it, or a revision of the repository that it lies in.
package past

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/git"
	"github.com/owgen/owgen/generator/read"
)

// A Bundle is where one can be read. Paths are slash-separated and relative to it.
type Bundle interface {
	// List names the files below a folder of the bundle.
	List(ctx context.Context, below string) ([]string, error)
	// Read returns those of the files that are there.
	Read(ctx context.Context, paths []string) (map[string][]byte, error)
	// One returns a file, which may lie outside the bundle, or fs.ErrNotExist.
	One(ctx context.Context, path string) ([]byte, error)
}

// Open finds what a name stands for: a folder with a bundle in it, or else a revision of the repository around dir.
func Open(ctx context.Context, dir, name string) (Bundle, error) {
	for _, file := range []string{bundle.ComposeFile, bundle.InputFile} {
		if _, err := os.Stat(filepath.Join(name, file)); err == nil {
			return Folder(name), nil
		}
	}
	return git.Open(ctx, dir, name, read.Text)
}

// Files reads what makes a bundle: what its manifest lists, and what the user wrote. Never a secret.
func Files(ctx context.Context, b Bundle) (map[string][]byte, error) {
	files, err := UsersFiles(ctx, b)
	if err != nil {
		return nil, err
	}
	own, err := b.Read(ctx, []string{bundle.ManifestFile, bundle.ComposeFile, bundle.EnvFile})
	if err != nil {
		return nil, err
	}
	maps.Copy(files, own)
	record, err := bundle.ReadManifest(own[bundle.ManifestFile])
	if err != nil {
		return files, nil // made by hand, or before there was a manifest: what Compose reads is there
	}
	generated, err := b.Read(ctx, slices.DeleteFunc(slices.Sorted(maps.Keys(record.Files)), bundle.Private))
	maps.Copy(files, generated)
	return files, err
}

// UsersFiles reads the user's part of a bundle.
func UsersFiles(ctx context.Context, b Bundle) (map[string][]byte, error) {
	paths, err := b.List(ctx, bundle.CustomFolder)
	if err != nil {
		return nil, err
	}
	return b.Read(ctx, append(paths, bundle.InputFile, bundle.OverrideFile))
}

// A Folder is a bundle on the disk.
type Folder string

// List follows no link.
func (f Folder) List(ctx context.Context, below string) ([]string, error) {
	var out []string
	root := filepath.Join(string(f), below)
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil || !entry.Type().IsRegular():
			return err
		}
		rel, err := filepath.Rel(string(f), name)
		out = append(out, filepath.ToSlash(rel))
		return err
	})
	return out, err
}

// Read leaves away what is no file, and what is larger than anything that a person writes.
func (f Folder) Read(ctx context.Context, paths []string) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, name := range paths {
		full := filepath.Join(string(f), filepath.FromSlash(name))
		info, err := os.Lstat(full)
		if errors.Is(err, fs.ErrNotExist) || err == nil && (!info.Mode().IsRegular() || info.Size() > read.Text) {
			continue
		}
		if err == nil {
			out[name], err = read.File(ctx, full, read.Text)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// One reads one file.
func (f Folder) One(ctx context.Context, path string) ([]byte, error) {
	return read.File(ctx, filepath.Join(string(f), filepath.FromSlash(path)), read.Text)
}
