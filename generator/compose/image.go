package compose

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/plan"
)

// tag names a service's image. The tag ends in a hash of everything that the image is built from: its
// context, its build section, and the tags of the images it derives from, so that bundles share an image
// exactly when it is the same. The user's own files are read by the build alone, and may have other content in
// another bundle: an image with such a file belongs to its project.
func tag(node *yaml.Node, s *plan.Service, folder map[string][]byte, project string, tags map[string]string) {
	hash := sha256.New()
	for _, path := range slices.Sorted(maps.Keys(folder)) {
		fmt.Fprintf(hash, "%s %d\n", path, len(folder[path]))
		hash.Write(folder[path])
	}
	build := get(node, "build")
	walk(build, func(n *yaml.Node) { fmt.Fprintf(hash, "%d %s\n", n.Kind, n.Value) })
	if takesOwnFiles(build) {
		fmt.Fprintln(hash, project)
	}
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

// takesOwnFiles tells whether a build has a context that is neither generated nor another service's image.
func takesOwnFiles(build *yaml.Node) bool {
	contexts := get(build, "additional_contexts")
	for i := 1; contexts != nil && i < len(contexts.Content); i += 2 {
		if !strings.HasPrefix(contexts.Content[i].Value, "service:") {
			return true
		}
	}
	return false
}
