package archive

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/owgen/owgen/generator/engine"
)

// Docker is the engine that the docker command reaches.
type Docker struct{}

// An EngineError is trouble with the engine.
type EngineError struct{ Cause error }

func (e *EngineError) Error() string { return e.Cause.Error() }

// Unwrap gives the cause.
func (e *EngineError) Unwrap() error { return e.Cause }

// Absent names those of the images that the engine does not have.
func (Docker) Absent(ctx context.Context, images []string) ([]string, error) {
	var out []string
	for _, image := range images {
		err := engine.Run(ctx, io.Discard, "image", "inspect", "--format", "{{.Id}}", image)
		switch {
		case engine.Absent(err):
			out = append(out, image)
		case err != nil:
			return nil, &EngineError{err}
		}
	}
	return out, nil
}

// Save writes images in the engine's own form.
func (Docker) Save(ctx context.Context, images []string, w io.Writer) error {
	if err := engine.Run(ctx, w, append([]string{"image", "save"}, images...)...); err != nil {
		return &EngineError{err}
	}
	return nil
}

// dpkgStatus is where Debian lists what is installed.
const dpkgStatus = "/var/lib/dpkg/status"

// Images reads which Debian packages are in each of the images.
func (Docker) Images(ctx context.Context, names []string) ([]Image, error) {
	var out []Image
	for _, name := range names {
		packages, err := debianPackages(ctx, name)
		if err != nil {
			return nil, &EngineError{fmt.Errorf("%s: %w", name, err)}
		}
		out = append(out, Image{Name: name, Packages: packages})
	}
	return out, nil
}

// debianPackages runs nothing of an image but cat, without a network.
func debianPackages(ctx context.Context, image string) ([]Package, error) {
	var text strings.Builder
	err := engine.Run(ctx, &text, "run", "--rm", "--network", "none", "--read-only", "--cap-drop", "ALL", "--user", "65534:65534", "--entrypoint", "cat", image, dpkgStatus)
	return DebianPackages([]byte(text.String())), err
}
