package project

import (
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/yamltext"
)

// parse parses a YAML document. Of several documents in a file the first is taken, as for the rules.
func parse(data []byte) (parsed *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			parsed, err = nil, fmt.Errorf("the YAML parser cannot read this file: %v", r)
		}
	}()
	var node yaml.Node
	if err := yaml.Unmarshal(data, &node); err != nil {
		return nil, err
	}
	return &node, nil
}

// Parse parses one of the compose files by itself; nil where it is no YAML.
func Parse(data []byte) *yaml.Node {
	node, err := parse(data)
	if err != nil {
		return nil
	}
	return node
}

// mostEntries is how many names a mapping may have: compose-go looks for each of them among all others.
const mostEntries = 20_000

// tooMany finds mappings of more names than anybody writes, which would take minutes to load. A text that has room for
// so many is long.
func (s Sources) tooMany() diag.List {
	var found diag.List
	for _, text := range s.texts() {
		if len(text.Data) < 3*mostEntries {
			continue
		}
		if at := crowded(Parse(text.Data)); at != nil {
			found.Add(diag.Finding{Rule: "compose-invalid", File: text.Name, Line: at.Line,
				Message: fmt.Sprintf("has %d names in one mapping, and %d is the most that is read", len(at.Content)/2, mostEntries), Hint: "split it up"})
		}
	}
	return found
}

// crowded returns the first mapping that has too many names.
func crowded(n *yaml.Node) *yaml.Node {
	if n == nil || n.Kind == yaml.MappingNode && len(n.Content)/2 > mostEntries {
		return n
	}
	for _, child := range n.Content {
		if at := crowded(child); at != nil {
			return at
		}
	}
	return nil
}

// readDocument parses the compose files into one document, nil where the first one is no YAML, and notes which nodes
// come from the others.
func (r *Reading) readDocument() {
	r.Document = Parse(r.Compose)
	if r.Document == nil {
		return
	}
	for _, text := range r.Overrides {
		over := Parse(text.Data)
		if over == nil {
			continue // the load reports it
		}
		if r.files == nil {
			r.files = map[*yaml.Node]string{}
		}
		r.belongs(over, text.Name)
		layOver(Resolve(r.Document), Resolve(over))
	}
}

// belongs notes the file that nodes come from.
func (r *Reading) belongs(node *yaml.Node, file string) {
	r.files[node] = file
	for _, child := range node.Content {
		r.belongs(child, file)
	}
}

// replaced are the attributes whose lists an override replaces; other lists grow.
var replaced = []string{"command", "entrypoint", "test"}

// layOver merges mappings as Compose does, as far as it matters for finding a value's place.
func layOver(base, over *yaml.Node) {
	if base == nil || over == nil || base.Kind != yaml.MappingNode || over.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(over.Content); i += 2 {
		key, value := over.Content[i], over.Content[i+1]
		at := yamltext.Index(base, key.Value)
		if at < 0 {
			base.Content = append(base.Content, key, value)
			continue
		}
		old := Resolve(base.Content[at+1])
		merges := old != nil && old.Kind == value.Kind && value.Tag != "!override"
		switch {
		case value.Tag == "!reset":
			base.Content = slices.Delete(base.Content, at, at+2)
		case merges && value.Kind == yaml.MappingNode:
			layOver(old, value)
		case merges && value.Kind == yaml.SequenceNode && !slices.Contains(replaced, key.Value):
			old.Content = append(old.Content, value.Content...)
		default:
			base.Content[at], base.Content[at+1] = key, value
		}
	}
}
