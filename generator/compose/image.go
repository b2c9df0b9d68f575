package compose

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
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
func (b Builder) tag(node *yaml.Node, s *plan.Service, tags map[string]string) {
	folder := b.Folders[s.Name]
	hash := sha256.New()
	for _, path := range slices.Sorted(maps.Keys(folder)) {
		fmt.Fprintf(hash, "%s %d\n", path, len(folder[path]))
		hash.Write(folder[path])
	}
	build := get(node, "build")
	walk(build, func(n *yaml.Node) { fmt.Fprintf(hash, "%d %s\n", n.Kind, n.Value) })
	if takesOwnFiles(build) {
		fmt.Fprintln(hash, b.Plan.Project)
	}
	for _, name := range append([]string{s.Image.From}, s.Copies...) {
		fmt.Fprintln(hash, tags[name])
	}
	tags[s.Name] = s.Name + ":" + s.Version() + "-" + number(hash.Sum(nil))
	set(node, "image", text(b.inRegistry(tags[s.Name])))
}

// inRegistry is an image's whole name. The registry is not part of what the tag says, as the content is the same in any.
func (b Builder) inRegistry(image string) string {
	return cmp.Or(b.Plan.Values.String("images.registry"), "owgen") + "/" + image
}

// number writes the first 51 bits of a hash as 17 octal digits: behind a name such as "api:", letters and digits
// together are what scanners for leaked keys look for.
func number(hash []byte) string {
	return fmt.Sprintf("%017o", binary.BigEndian.Uint64(hash)>>13)
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
