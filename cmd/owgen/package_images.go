package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/archive"
)

// images adds the built images to the entries if they are wanted, and looks into them. The function that it
// returns removes what it wrote on the way.
func (c packageCmd) images(ctx context.Context, t *terminal, made *generator.Deployment, entries *[]archive.Entry) ([]archive.Image, func(), error) {
	nothing := func() {}
	if !c.WithImages && !c.Packages {
		return nil, nothing, nil
	}
	names := imageNames(made)
	engine := archive.Docker{}
	absent, err := engine.Absent(ctx, names)
	if err != nil {
		return nil, nothing, engineError{err}
	}
	if len(absent) > 0 {
		return nil, nothing, difference{fmt.Sprintf("%d of %d images are not built: %s", len(absent), len(names), strings.Join(absent, ", ")), "build them with `docker compose build` in " + c.Dir}
	}
	var images []archive.Image
	for _, name := range names {
		packages, err := engine.Packages(ctx, name)
		if err != nil {
			return nil, nothing, engineError{fmt.Errorf("%s: %w", name, err)}
		}
		images = append(images, archive.Image{Name: name, Packages: packages})
	}
	if !c.WithImages {
		return images, nothing, nil
	}
	place, err := c.place(ctx, t, c.file(made.Plan.Project, ""), made)
	if err != nil {
		return nil, nothing, err
	}
	folder, err := os.MkdirTemp(place.Scratch(), ".owgen-images-")
	if err != nil {
		return nil, nothing, folderError(err)
	}
	cleanup := func() { os.RemoveAll(folder) }
	saved := filepath.Join(folder, "saved.tar")
	if err := save(ctx, t, engine, names, saved); err != nil {
		return nil, cleanup, err
	}
	more, err := archive.LayoutImages(saved, filepath.Join(folder, "layout"), names)
	*entries = append(*entries, more...)
	return images, cleanup, err
}

func save(ctx context.Context, t *terminal, engine archive.Docker, names []string, file string) error {
	f, err := os.Create(file)
	if err != nil {
		return folderError(err)
	}
	if err := engine.Save(ctx, names, f); err != nil {
		return errors.Join(engineError{err}, f.Close())
	}
	return folderError(f.Close())
}

// imageNames are the images of all services.
func imageNames(made *generator.Deployment) []string {
	var names []string
	for _, s := range made.Project.Services {
		names = append(names, s.Image)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// engineError is trouble with the engine.
type engineError struct{ error }

func (e engineError) Error() string {
	return withHint("the Docker engine does not do it: "+e.error.Error(), "`owgen doctor` says what is wrong with it")
}

// ExitCode makes it an error of the environment for main.
func (engineError) ExitCode() int { return exitEnvironment }
