package archive

import (
	"context"
	"errors"
	"io"
	"os/exec"
	"strings"
	"time"
)

// Docker is the engine that the docker command reaches.
type Docker struct{}

// Absent names those of the images that the engine does not have.
func (Docker) Absent(ctx context.Context, images []string) ([]string, error) {
	var out []string
	for _, image := range images {
		err := docker(ctx, io.Discard, "image", "inspect", "--format", "{{.Id}}", image)
		if err != nil && !strings.Contains(strings.ToLower(err.Error()), "no such image") {
			return nil, err
		}
		if err != nil {
			out = append(out, image)
		}
	}
	return out, nil
}

// Save writes images in the engine's own form.
func (Docker) Save(ctx context.Context, images []string, w io.Writer) error {
	return docker(ctx, w, append([]string{"image", "save"}, images...)...)
}

// dpkgStatus is where Debian lists what is installed.
const dpkgStatus = "/var/lib/dpkg/status"

// Packages reads which Debian packages are in an image. It runs nothing of the image but cat, without a network.
func (Docker) Packages(ctx context.Context, image string) ([]Package, error) {
	var text strings.Builder
	err := docker(ctx, &text, "run", "--rm", "--network", "none", "--read-only", "--cap-drop", "ALL", "--user", "65534:65534", "--entrypoint", "cat", image, dpkgStatus)
	return DebianPackages([]byte(text.String())), err
}

func docker(ctx context.Context, out io.Writer, args ...string) error {
	cmd := exec.CommandContext(ctx, "docker", args...)
	cmd.WaitDelay = 5 * time.Second
	var errs strings.Builder
	cmd.Stdout, cmd.Stderr = out, &errs
	err := cmd.Run()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return errors.New("there is no docker command")
	case err != nil && errs.Len() > 0:
		line, _, _ := strings.Cut(strings.TrimSpace(errs.String()), "\n")
		return errors.New(line)
	}
	return err
}
