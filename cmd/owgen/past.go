package main

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/output"
)

// A past is where a bundle can be read: a folder, or a revision of a repository. Paths are slash-separated and
// relative to the bundle.
type past interface {
	// list names the files below a folder of the bundle.
	list(below string) ([]string, error)
	// read returns those of the files that are there.
	read(paths []string) (map[string][]byte, error)
	// one returns a file, which may lie outside the bundle, or fs.ErrNotExist.
	one(path string) ([]byte, error)
}

// maxFile bounds what is read of a file that the user wrote; nothing that owgen writes is near it.
const maxFile = 4 << 20

// past finds what --against names: a folder with a bundle in it, or else a revision.
func (c diffCmd) past(ctx context.Context) (past, error) {
	for _, name := range []string{bundle.ComposeFile, bundle.InputFile} {
		if _, err := os.Stat(filepath.Join(c.Against, name)); err == nil {
			return folder(c.Against), nil
		}
	}
	return openRevision(ctx, c.Dir, c.Against)
}

// bundleFiles reads what makes a bundle: what its manifest lists, and what the user wrote. Never a secret.
func bundleFiles(p past) (map[string][]byte, error) {
	files, err := usersFiles(p)
	if err != nil {
		return nil, err
	}
	own, err := p.read([]string{bundle.ManifestFile, bundle.ComposeFile, bundle.EnvFile})
	if err != nil {
		return nil, err
	}
	maps.Copy(files, own)
	record, err := bundle.ReadManifest(own[bundle.ManifestFile])
	if err != nil {
		return files, nil // made by hand, or before there was a manifest: what Compose reads is there
	}
	listed := slices.DeleteFunc(slices.Sorted(maps.Keys(record.Files)), func(name string) bool {
		return bundle.Private(name)
	})
	generated, err := p.read(listed)
	maps.Copy(files, generated)
	return files, err
}

// usersFiles reads the user's part of a bundle.
func usersFiles(p past) (map[string][]byte, error) {
	paths, err := p.list(bundle.CustomFolder)
	if err != nil {
		return nil, err
	}
	return p.read(append(paths, bundle.InputFile, bundle.OverrideFile))
}

// A folder is a bundle on the disk.
type folder string

func (f folder) list(below string) ([]string, error) {
	var out []string
	root := filepath.Join(string(f), below)
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil || !entry.Type().IsRegular():
			return err
		}
		rel, err := filepath.Rel(string(f), name)
		out = append(out, filepath.ToSlash(rel))
		return err
	})
	return out, folderError(err)
}

func (f folder) read(paths []string) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, name := range paths {
		full := filepath.Join(string(f), filepath.FromSlash(name))
		info, err := os.Lstat(full)
		if errors.Is(err, fs.ErrNotExist) || err == nil && (!info.Mode().IsRegular() || info.Size() > maxFile) {
			continue
		}
		if err == nil {
			out[name], err = os.ReadFile(full)
		}
		if err != nil {
			return nil, folderError(err)
		}
	}
	return out, nil
}

func (f folder) one(path string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(f), filepath.FromSlash(path)))
}

// folderError makes an error of the environment of one of the disk.
func folderError(err error) error {
	var onPath *fs.PathError
	if errors.As(err, &onPath) {
		return environmentError{&output.EnvError{Path: onPath.Path, Cause: onPath.Err}}
	}
	return err
}
