package lint

import (
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxAliases bounds how many aliases and merges are followed in a row: an anchor may contain itself.
const maxAliases = 16

// resolve steps from a document to its content and from an alias to what it stands for; nil when there is nothing.
func resolve(node *yaml.Node) *yaml.Node {
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

// get finds a key of a mapping, also one that a merge (<<) brings in.
func get(node *yaml.Node, name string) (key, value *yaml.Node) {
	return getMerged(node, name, maxAliases)
}

func getMerged(node *yaml.Node, name string, depth int) (key, value *yaml.Node) {
	node = resolve(node)
	if node == nil || depth == 0 {
		return nil, nil
	}
	if node.Kind == yaml.SequenceNode { // a list of mappings to merge
		for _, item := range node.Content {
			if key, value := getMerged(item, name, depth-1); key != nil {
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
			if key, value := getMerged(node.Content[i+1], name, depth-1); key != nil {
				return key, value
			}
		}
	}
	return nil, nil
}

// A trail says where a node lies. It is a list linked upwards, so that walking costs no text.
type trail struct {
	parent *trail
	key    string // of a mapping's value, or of the key itself
	index  int    // of a list's item; -1 otherwise
}

// String renders the dotted path.
func (t *trail) String() string {
	var b strings.Builder
	t.write(&b)
	return b.String()
}

func (t *trail) write(b *strings.Builder) {
	if t == nil {
		return
	}
	t.parent.write(b)
	if t.index >= 0 {
		b.WriteString("[" + strconv.Itoa(t.index) + "]")
		return
	}
	if b.Len() > 0 {
		b.WriteByte('.')
	}
	b.WriteString(t.key)
}

// under tells whether the node lies below a key of that name, at any depth.
func (t *trail) under(names ...string) bool {
	for ; t != nil; t = t.parent {
		for _, name := range names {
			if t.index < 0 && t.key == name {
				return true
			}
		}
	}
	return false
}

// list returns the key whose list's item this is, and where that key lies; "" if it is no item of such a list.
func (t *trail) list() (key string, parent *trail) {
	if t == nil || t.index < 0 || t.parent == nil || t.parent.index >= 0 {
		return "", nil
	}
	return t.parent.key, t.parent.parent
}

// walk visits each node of the file once, aliases not followed. A key is visited with isKey set, before its value.
func walk(node *yaml.Node, visit func(at *trail, node *yaml.Node, isKey bool)) {
	if node = resolve(node); node != nil {
		walkBelow(nil, node, visit)
	}
}

func walkBelow(at *trail, node *yaml.Node, visit func(at *trail, node *yaml.Node, isKey bool)) {
	visit(at, node, false)
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			below := &trail{at, node.Content[i].Value, -1}
			visit(below, node.Content[i], true)
			walkBelow(below, node.Content[i+1], visit)
		}
	case yaml.SequenceNode:
		for i, item := range node.Content {
			walkBelow(&trail{at, "", i}, item, visit)
		}
	}
}

// scalars visits each value of the file that is a scalar.
func (p *Project) scalars(visit func(at *trail, node *yaml.Node)) {
	walk(p.Node, func(at *trail, node *yaml.Node, isKey bool) {
		if !isKey && node.Kind == yaml.ScalarNode {
			visit(at, node)
		}
	})
}

// lineOf returns the line of the byte at offset in a scalar's value. In a block scalar that is exact, in a
// folded or quoted one that runs over several lines it is the first line.
func lineOf(node *yaml.Node, offset int) int {
	if node.Style&yaml.LiteralStyle == 0 {
		return node.Line
	}
	return node.Line + 1 + strings.Count(node.Value[:offset], "\n")
}
