//go:build e2e

package e2e

import (
	"archive/tar"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/archive"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/engine"
)

// TestPackedImagesLoad packs an image that exists nowhere else, removes it from the engine, and gets it back from
// the unpacked archive alone, by the script that is in it.
func TestPackedImagesLoad(t *testing.T) {
	const image = "owgen-e2e/packed:1"
	var root bytes.Buffer
	w := tar.NewWriter(&root)
	content := []byte(time.Now().String())
	if err := w.WriteHeader(&tar.Header{Name: "made", Mode: 0o644, Size: int64(len(content))}); err != nil {
		t.Fatal(err)
	}
	must(w.Write(content))(t)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	must(command(time.Minute, "", root.String(), "docker", "import", "-", image))(t)
	t.Cleanup(func() { exec.Command("docker", "image", "rm", image).Run() })
	id := must(command(time.Minute, "", "", "docker", "image", "inspect", "--format", "{{.Id}}", image))(t)

	dir := t.TempDir()
	saved := must(os.Create(filepath.Join(dir, "saved.tar")))(t)
	if err := (engine.Images{}).Save(t.Context(), []string{image}, saved); err != nil {
		t.Fatal(err)
	}
	if err := saved.Close(); err != nil {
		t.Fatal(err)
	}
	entries := must(archive.LayoutImages(saved.Name(), filepath.Join(dir, "layout"), []string{image}, engine.Images{}.Load()))(t)
	bill := must(archive.Bill(archive.Material{Project: "packed", Images: []archive.Image{{Name: image}}}))(t)
	entries = append(entries, archive.Entry{Path: archive.BillPath, Data: bill},
		archive.Entry{Path: bundle.ManifestFile, Data: new(bundle.Bundle).Manifest(generator.Version, "")})
	sealed := must(archive.Seal(entries, nil))(t)
	file := must(os.Create(filepath.Join(dir, "packed.tar.gz")))(t)
	if err := archive.Write(file, "packed", sealed); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if out := must(command(time.Minute, "", "", owgen, "verify", file.Name()))(t); !strings.Contains(out, ", 1 image, ") {
		t.Errorf("owgen verify says %s", out)
	}

	must(command(time.Minute, "", "", "docker", "image", "rm", image))(t)
	must(command(time.Minute, dir, "", "tar", "-xzf", file.Name()))(t)
	must(command(time.Minute, dir, "", filepath.Join(dir, "packed", archive.LoadPath)))(t)
	if back := must(command(time.Minute, "", "", "docker", "image", "inspect", "--format", "{{.Id}}", image))(t); back != id {
		t.Errorf("%s is loaded as %s", id, back)
	}

	blob := filepath.Join(dir, "packed", archive.ImagesPath, "index.json")
	if err := os.WriteFile(blob, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := command(time.Minute, dir, "", filepath.Join(dir, "packed", archive.LoadPath)); err == nil {
		t.Errorf("the script loads what was changed: %s", out)
	}
}
