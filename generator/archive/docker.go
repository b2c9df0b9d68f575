package archive

import (
	"context"
	"io"
	"strings"

	"github.com/owgen/owgen/generator/engine"
)

// Docker is the engine that the docker command reaches.
type Docker struct{}

// Absent names those of the images that the engine does not have.
func (Docker) Absent(ctx context.Context, images []string) ([]string, error) {
	var out []string
	for _, image := range images {
		err := engine.Run(ctx, io.Discard, "image", "inspect", "--format", "{{.Id}}", image)
		switch {
		case engine.Absent(err):
			out = append(out, image)
		case err != nil:
			return nil, err
		}
	}
	return out, nil
}

// Save writes images in the engine's own form.
func (Docker) Save(ctx context.Context, images []string, w io.Writer) error {
	return engine.Run(ctx, w, append([]string{"image", "save"}, images...)...)
}

// dpkgStatus is where Debian lists what is installed.
const dpkgStatus = "/var/lib/dpkg/status"

// Packages reads which Debian packages are in an image. It runs nothing of the image but cat, without a network.
func (Docker) Packages(ctx context.Context, image string) ([]Package, error) {
	var text strings.Builder
	err := engine.Run(ctx, &text, "run", "--rm", "--network", "none", "--read-only", "--cap-drop", "ALL", "--user", "65534:65534", "--entrypoint", "cat", image, dpkgStatus)
	return DebianPackages([]byte(text.String())), err
}
