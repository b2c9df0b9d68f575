package compose

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/plan"
)

// tag names a service's image. The tag ends in a hash of everything that the image is built from: its
// context, its build section, and the tags of the images it derives from, so that bundles share an image
// exactly when it is the same.
func tag(node *yaml.Node, s *plan.Service, folder map[string][]byte, tags map[string]string) {
	hash := sha256.New()
	for _, path := range slices.Sorted(maps.Keys(folder)) {
		fmt.Fprintf(hash, "%s %d\n", path, len(folder[path]))
		hash.Write(folder[path])
	}
	build := get(node, "build")
	walk(build, func(n *yaml.Node) { fmt.Fprintf(hash, "%d %s\n", n.Kind, n.Value) })
	for _, name := range append([]string{s.Image.From}, s.Image.Copies...) {
		fmt.Fprintln(hash, tags[name])
	}
	version := s.Image.Version
	for _, image := range s.Images {
		if s.Image.Version == "" {
			version = cmp.Or(image.Image.Version, version)
		}
	}
	reference := "owgen/" + s.Name + ":" + version + "-" + hex.EncodeToString(hash.Sum(nil))[:12]
	tags[s.Name] = reference
	set(node, "image", text(reference))
}
