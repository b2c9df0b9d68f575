package project

import (
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

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
