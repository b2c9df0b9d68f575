package archive

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// loadScript gives the images to an engine that cannot get them otherwise.
const loadScript = `#!/bin/sh
# Loads the images that lie beside this script into the engine. Nothing else is needed to start the
# bundle then: no build, and no internet.
set -eu
cd "$(dirname "$0")"
grep '  images/' SHA256SUMS | sha256sum --quiet -c -
tar -cf - -C images . | `

// LayoutImages takes images out of what `docker save` wrote into a file, and lays them out in a folder as an OCI
// layout. It returns the entries for them, and for the script that loads them, by a command that reads its input.
func LayoutImages(saved, folder string, names []string, load string) ([]Entry, error) {
	root, err := layout.Write(folder, empty.Index)
	if err != nil {
		return nil, err
	}
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	sizes := map[v1.Hash]int64{} // of layers, which images share
	var contents []loadable
	for _, image := range names {
		tag, err := name.NewTag(image)
		if err != nil {
			return nil, err
		}
		inner, err := tarball.ImageFromPath(saved, &tag)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", image, err)
		}
		plain, err := plainImage(inner, sizes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", image, err)
		}
		annotations := map[string]string{"org.opencontainers.image.ref.name": tag.TagStr(), "io.containerd.image.name": tag.Name()}
		if err := root.AppendImage(plain, layout.WithAnnotations(annotations)); err != nil {
			return nil, fmt.Errorf("%s: %w", image, err)
		}
		contents = append(contents, plain.loadable(image))
	}
	list, err := json.MarshalIndent(contents, "", "  ")
	if err != nil {
		return nil, err
	}
	entries, err := layoutEntries(folder)
	return append(entries, Entry{Path: ImagesPath + "/manifest.json", Data: append(list, '\n')},
		Entry{Path: LoadPath, Executable: true, Data: []byte(loadScript + load + "\n")}), err
}

// layoutEntries are the files of an OCI layout. Blobs are named after their checksums.
func layoutEntries(folder string) ([]Entry, error) {
	var out []Entry
	err := filepath.WalkDir(folder, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(folder, file)
		if err != nil {
			return err
		}
		e := Entry{Path: path.Join(ImagesPath, filepath.ToSlash(rel))}
		if !strings.Contains(e.Path, "/blobs/") {
			e.Data, err = os.ReadFile(file)
			out = append(out, e)
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		e.Size, e.Sum, e.Open = info.Size(), d.Name(), func() (io.ReadCloser, error) { return os.Open(file) }
		out = append(out, e)
		return nil
	})
	return out, err
}

// A loadable is an image as `docker load` looks for it beside the layout.
type loadable struct {
	Config   string
	RepoTags []string
	Layers   []string
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
