package archive

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// saved writes two images that share layers, as the engine saves them.
func saved(t *testing.T) (file string, ids map[string]v1.Hash) {
	t.Helper()
	base, err := random.Image(2000, 2)
	if err != nil {
		t.Fatal(err)
	}
	layer, err := random.Layer(1000, "application/vnd.docker.image.rootfs.diff.tar.gzip")
	if err != nil {
		t.Fatal(err)
	}
	child, err := mutate.AppendLayers(base, layer)
	if err != nil {
		t.Fatal(err)
	}
	images := map[name.Tag]v1.Image{}
	ids = map[string]v1.Hash{}
	for tag, image := range map[string]v1.Image{"test/base:1": base, "test/child:2": child} {
		parsed, err := name.NewTag(tag)
		if err != nil {
			t.Fatal(err)
		}
		images[parsed] = image
		if ids[tag], err = image.ConfigName(); err != nil {
			t.Fatal(err)
		}
	}
	file = filepath.Join(t.TempDir(), "saved.tar")
	if err := tarball.MultiWriteToFile(file, images); err != nil {
		t.Fatal(err)
	}
	return file, ids
}

func TestImagesKeepTheirIdentity(t *testing.T) {
	file, ids := saved(t)
	entries, err := LayoutImages(file, t.TempDir(), []string{"test/child:2", "test/base:1", "test/base:1"}, "docker load")
	if err != nil {
		t.Fatal(err)
	}
	var loadables []loadable
	blobs := 0
	for _, e := range entries {
		if e.Path == "images/manifest.json" {
			if err := json.Unmarshal(e.Data, &loadables); err != nil {
				t.Fatal(err)
			}
		}
		if strings.Contains(e.Path, "/blobs/") {
			blobs++
		}
	}
	if len(loadables) != 2 || blobs != 2+2+3 { // configurations, manifests, layers
		t.Errorf("%d images, %d blobs", len(loadables), blobs)
	}
	for _, l := range loadables {
		if want := "blobs/sha256/" + ids[l.RepoTags[0]].Hex; l.Config != want {
			t.Errorf("%s has the configuration %s instead of %s", l.RepoTags[0], l.Config, want)
		}
	}
}

func TestArchiveWithImages(t *testing.T) {
	file, _ := saved(t)
	var first []byte
	for range 2 {
		entries, err := LayoutImages(file, t.TempDir(), []string{"test/base:1", "test/child:2"}, "docker load")
		if err != nil {
			t.Fatal(err)
		}
		text := pack(t, append(release(t), entries...), nil)
		if first != nil && !bytes.Equal(first, text) {
			t.Error("the same images give other bytes")
		}
		first = text
		if r := Verify(t.Context(), bytes.NewReader(text), nil); len(r.Found) > 0 || r.Images != 2 {
			t.Errorf("%+v", r)
		}
	}
	entries, err := LayoutImages(file, t.TempDir(), []string{"test/base:1"}, "docker load")
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		if e.Path == "images/index.json" || !strings.HasPrefix(e.Path, "images/blobs/") {
			continue
		}
		without := append(append([]Entry{}, entries[:i]...), entries[i+1:]...)
		if r := Verify(t.Context(), bytes.NewReader(pack(t, append(release(t), without...), nil)), nil); r.Found.Err() == nil {
			t.Errorf("nobody misses %s", e.Path)
		}
	}
	if _, err := LayoutImages(file, t.TempDir(), []string{"test/absent:1"}, "docker load"); err == nil {
		t.Error("an image that was not saved is laid out")
	}
}
