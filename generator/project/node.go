package project

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxAliases bounds how many aliases and merges are followed in a row: an anchor may contain itself.
const maxAliases = 16

// Resolve steps from a document to its content and from an alias to what it stands for; nil when there is nothing.
func Resolve(node *yaml.Node) *yaml.Node {
	for range maxAliases {
		switch {
		case node == nil:
			return nil
		case node.Kind == yaml.DocumentNode && len(node.Content) == 0:
			return nil
		case node.Kind == yaml.DocumentNode:
			node = node.Content[0]
		case node.Kind == yaml.AliasNode:
			node = node.Alias
		default:
			return node
		}
	}
	return nil
}

// Get finds a key of a mapping, also one that a merge (<<) brings in.
func Get(node *yaml.Node, name string) (key, value *yaml.Node) {
	return merged(node, name, maxAliases)
}

func merged(node *yaml.Node, name string, depth int) (key, value *yaml.Node) {
	node = Resolve(node)
	if node == nil || depth == 0 {
		return nil, nil
	}
	if node.Kind == yaml.SequenceNode { // a list of mappings to merge
		for _, item := range node.Content {
			if key, value := merged(item, name, depth-1); key != nil {
				return key, value
			}
		}
		return nil, nil
	}
	if node.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			return node.Content[i], node.Content[i+1]
		}
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Tag == "!!merge" {
			if key, value := merged(node.Content[i+1], name, depth-1); key != nil {
				return key, value
			}
		}
	}
	return nil, nil
}

// A Trail says where a node lies. It is a list linked upwards, so that walking costs no text.
type Trail struct {
	Parent *Trail
	Key    string // of a mapping's value, or of the key itself
	Index  int    // of a list's item; -1 otherwise
}

// String renders the dotted path.
func (t *Trail) String() string {
	var b strings.Builder
	t.write(&b)
	return b.String()
}

func (t *Trail) write(b *strings.Builder) {
	if t == nil {
		return
	}
	t.Parent.write(b)
	if t.Index >= 0 {
		b.WriteString("[" + strconv.Itoa(t.Index) + "]")
		return
	}
	if b.Len() > 0 {
		b.WriteByte('.')
	}
	b.WriteString(t.Key)
}

// Keys are the keys on the way, up to the first item of a list.
func (t *Trail) Keys() []string {
	var keys []string
	for ; t != nil; t = t.Parent {
		if t.Index >= 0 {
			keys = nil
			continue
		}
		keys = append(keys, t.Key)
	}
	slices.Reverse(keys)
	return keys
}

// Under tells whether the node lies below a key of that name, at any depth.
func (t *Trail) Under(names ...string) bool {
	for ; t != nil; t = t.Parent {
		for _, name := range names {
			if t.Index < 0 && t.Key == name {
				return true
			}
		}
	}
	return false
}

// List returns the key whose list's item this is, and where that key lies; "" if it is no item of such a list.
func (t *Trail) List() (key string, parent *Trail) {
	if t == nil || t.Index < 0 || t.Parent == nil || t.Parent.Index >= 0 {
		return "", nil
	}
	return t.Parent.Key, t.Parent.Parent
}

// Walk visits each node of the file once, aliases not followed. A key is visited with isKey set, before its value.
func Walk(node *yaml.Node, visit func(at *Trail, node *yaml.Node, isKey bool)) {
	if node = Resolve(node); node != nil {
		walkBelow(nil, node, visit)
	}
}

func walkBelow(at *Trail, node *yaml.Node, visit func(at *Trail, node *yaml.Node, isKey bool)) {
	visit(at, node, false)
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			below := &Trail{at, node.Content[i].Value, -1}
			visit(below, node.Content[i], true)
			walkBelow(below, node.Content[i+1], visit)
		}
	case yaml.SequenceNode:
		for i, item := range node.Content {
			walkBelow(&Trail{at, "", i}, item, visit)
		}
	}
}

// Scalars visits each value of the compose files that is a scalar.
func (r *Reading) Scalars(visit func(at *Trail, node *yaml.Node)) {
	Walk(r.Document, func(at *Trail, node *yaml.Node, isKey bool) {
		if !isKey && node.Kind == yaml.ScalarNode {
			visit(at, node)
		}
	})
}

// Keys lists the keys of a mapping in order.
func Keys(node *yaml.Node) []string {
	names := map[string]bool{}
	if node = Resolve(node); node != nil && node.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Tag != "!!merge" {
				names[node.Content[i].Value] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}
