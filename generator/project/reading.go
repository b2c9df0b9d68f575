package project

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/tree"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/buildkit/util/suggest"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
)

// A Reading is what was read from the sources of a project: its document, in which everything has a place, and what
// compose-go makes of it. Any part may be missing. It is not changed once somebody has seen it.
type Reading struct {
	Sources

	Document *yaml.Node     // with the overrides merged into it, for places
	Loaded   *types.Project // as compose-go understands it, all profiles on; nil when it cannot be loaded

	Variables map[string]string // all that Compose interpolates; nil when they are not known

	// Refused is what compose-go has against the project as a whole, where nothing found says why it cannot be loaded
	// or what it has against it: one of the faults, in its own words.
	Refused *diag.Finding

	// Missing are the required variables that are not set, each at its line; stand-ins take their place.
	Missing diag.List

	// TakenOut are the lines that are no YAML, and those that belong to them; the texts go on without them.
	TakenOut string

	standIns map[string]string                // by variable; nil until one is missing
	removed  []string                         // paths of what was taken out so that the rest could be loaded
	files    map[*yaml.Node]string            // of the nodes that come from an override
	casts    map[tree.Path]interpolation.Cast // of compose-go, those that the texts have a use for
	spent    int                              // bytes of files of variables and labels that were read for services
}

// A Place is where something is written.
type Place struct {
	File string
	Line int
	Path string // dotted
}

// Finding makes a finding there.
func (p Place) Finding(message string) diag.Finding {
	return diag.Finding{File: p.File, Line: p.Line, Path: p.Path, Message: message}
}

// Root is the top-level mapping of the compose file, or nil.
func (r *Reading) Root() *yaml.Node { return Resolve(r.Document) }

// PlaceOf is the place of a node that was met on a walk.
func (r *Reading) PlaceOf(at *Trail, node *yaml.Node) Place {
	return Place{r.fileOf(node), node.Line, at.String()}
}

// PlaceIn is the place of the byte at offset in a scalar's value. In a block scalar the line is exact, in a folded or
// quoted one that runs over several lines it is the first.
func (r *Reading) PlaceIn(at *Trail, node *yaml.Node, offset int) Place {
	place := r.PlaceOf(at, node)
	if node.Style&yaml.LiteralStyle != 0 {
		place.Line += 1 + strings.Count(node.Value[:offset], "\n")
	}
	return place
}

func (r *Reading) fileOf(node *yaml.Node) string {
	if file, ok := r.files[node]; ok {
		return file
	}
	return r.File
}

// At returns the place of an attribute. An element names a key, an item as "[3]", or an item by what it refers to (a
// secret's source, a port's text). Where something is not written in this file, because it is missing or comes from
// elsewhere, the line is that of the nearest thing around it.
func (r *Reading) At(path ...string) Place {
	node := r.Root()
	place := Place{File: r.File}
	var b strings.Builder
	for i, name := range path {
		var at *yaml.Node
		at, node, name = r.step(node, name)
		if at != nil {
			place.File, place.Line = r.fileOf(at), at.Line
		}
		if i > 0 && !strings.HasPrefix(name, "[") {
			b.WriteByte('.')
		}
		b.WriteString(name)
	}
	place.Path = b.String()
	return place
}

// Has tells whether an attribute is written in the compose files, not in what they draw in.
func (r *Reading) Has(path ...string) bool {
	node := r.Root()
	var at *yaml.Node
	for _, name := range path {
		if at, node, _ = r.step(node, name); at == nil {
			return false
		}
	}
	return true
}

// Node returns the value at a path of keys, or nil.
func (r *Reading) Node(path ...string) *yaml.Node {
	node := r.Root()
	for _, name := range path {
		_, node = Get(node, name)
	}
	return Resolve(node)
}

// step goes from a node to one of its children; at is what has its line, nil when there is no such child.
func (r *Reading) step(node *yaml.Node, name string) (at, child *yaml.Node, written string) {
	node = Resolve(node)
	switch {
	case node == nil:
		return nil, nil, name
	case node.Kind == yaml.MappingNode:
		if key, value := Get(node, name); key != nil {
			return key, value, name
		}
	case node.Kind == yaml.SequenceNode:
		for i, item := range node.Content {
			index := "[" + strconv.Itoa(i) + "]"
			if index == name || r.refers(Resolve(item), name) {
				return item, item, index
			}
		}
	}
	return nil, nil, name
}

// refers tells whether an item of a list is the one with that name: `name`, `name:more`, `NAME=value`, or a mapping
// whose source, target or name it is.
func (r *Reading) refers(item *yaml.Node, name string) bool {
	if item == nil {
		return false
	}
	if item.Kind == yaml.ScalarNode {
		text := r.Expand(item.Value)
		before, _, _ := strings.Cut(text, ":")
		key, _, _ := strings.Cut(text, "=")
		return text == name || before == name || key == name
	}
	for _, attribute := range []string{"source", "target", "name", "path"} {
		if _, value := Get(item, attribute); value != nil && r.Expand(value.Value) == name {
			return true
		}
	}
	return false
}

// Expand interpolates a value as Compose would.
func (r *Reading) Expand(value string) string {
	if !strings.Contains(value, "$") {
		return value
	}
	expanded, err := substitute(value, lookupIn(r.Variables))
	if err != nil {
		return value
	}
	return expanded
}

// Finding makes a finding at an attribute.
func (r *Reading) Finding(message string, path ...string) diag.Finding {
	return r.At(path...).Finding(message)
}

// Nearest suggests the name that was probably meant, as a hint, or says nothing.
func Nearest[V any](name string, known map[string]V) string {
	if match, ok := suggest.Search(name, slices.Sorted(maps.Keys(known)), true); ok {
		return "did you mean " + match + "?"
	}
	return ""
}
