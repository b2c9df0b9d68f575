package engine

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// Images are those that the engine holds.
type Images struct{}

// An ImagesError is trouble with the engine, and none with what was asked of it.
type ImagesError struct{ Cause error }

func (e *ImagesError) Error() string { return e.Cause.Error() }

// Unwrap gives the cause.
func (e *ImagesError) Unwrap() error { return e.Cause }

// Absent names those of the images that the engine does not have.
func (Images) Absent(ctx context.Context, images []string) ([]string, error) {
	var out []string
	for _, image := range images {
		err := Run(ctx, io.Discard, "image", "inspect", "--format", "{{.Id}}", image)
		switch {
		case Absent(err):
			out = append(out, image)
		case err != nil:
			return nil, &ImagesError{err}
		}
	}
	return out, nil
}

// Save writes images in the engine's own form.
func (Images) Save(ctx context.Context, images []string, w io.Writer) error {
	if err := Run(ctx, w, append([]string{"image", "save"}, images...)...); err != nil {
		return &ImagesError{err}
	}
	return nil
}

// Load is the command that takes what Save wrote.
func (Images) Load() string { return "docker load" }

// Build is the command that makes them.
func (Images) Build() string { return "docker compose build" }

// Read reads a file of an image. It runs nothing of the image but cat, without a network.
func (Images) Read(ctx context.Context, image, file string) ([]byte, error) {
	var text strings.Builder
	err := Run(ctx, &text, "run", "--rm", "--network", "none", "--read-only", "--cap-drop", "ALL", "--user", "65534:65534", "--entrypoint", "cat", image, file)
	if err != nil {
		return nil, &ImagesError{fmt.Errorf("%s: %w", image, err)}
	}
	return []byte(text.String()), nil
}
