package yamltext

import (
	"iter"

	"gopkg.in/yaml.v3"
)

// Pairs walks the keys and values of a mapping.
func Pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

// Index is the place of a key in a mapping's content, or -1.
func Index(n *yaml.Node, key string) int {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// Resolved is what an alias stands for, or the node itself.
func Resolved(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// Merge lays mapping b over mapping a: mappings are merged, everything else is replaced. Nothing of b is changed or
// shared, apart from nodes that are no mappings; comments of b come along where they stand above a key.
func Merge(a, b *yaml.Node) {
	for key, value := range Pairs(b) {
		at := Index(a, key.Value)
		switch {
		case at < 0:
			if value.Kind == yaml.MappingNode {
				copied := *value
				copied.Content = nil
				Merge(&copied, value)
				value = &copied
			}
			a.Content = append(a.Content, key, value)
		case a.Content[at+1].Kind == yaml.MappingNode && value.Kind == yaml.MappingNode:
			Merge(a.Content[at+1], value)
			if key.HeadComment != "" {
				a.Content[at].HeadComment = key.HeadComment
			}
		default:
			a.Content[at], a.Content[at+1] = key, value
		}
	}
}

// OneOrSeveral are the items of a list, or a single one that stands without a list.
func OneOrSeveral(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return []*yaml.Node{n}
}

// Names is a list of names that may be written as a single one.
type Names []string

// UnmarshalYAML accepts a scalar or a sequence.
func (n *Names) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*n = Names{node.Value}
		return nil
	}
	return node.Decode((*[]string)(n))
}
