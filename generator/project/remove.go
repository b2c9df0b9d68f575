package project

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// remove takes a key or an item out of a document. A network, volume, secret or config stays as a name, because
// others refer to it, and a service that loses what it is made of gets an image.
func remove(root *yaml.Node, path []string) bool {
	node := root
	for _, name := range path[:len(path)-1] {
		if node = child(node, name); node == nil {
			return false
		}
	}
	last := path[len(path)-1]
	if index, err := strconv.Atoi(strings.Trim(last, "[]")); err == nil && strings.HasPrefix(last, "[") {
		if node.Kind != yaml.SequenceNode || index >= len(node.Content) {
			return false
		}
		node.Content = slices.Delete(node.Content, index, index+1)
		return true
	}
	if node.Kind != yaml.MappingNode {
		return false
	}
	at := slices.IndexFunc(node.Content, func(key *yaml.Node) bool { return key.Value == last })
	for at >= 0 && at%2 != 0 {
		next := slices.IndexFunc(node.Content[at+1:], func(key *yaml.Node) bool { return key.Value == last })
		if next < 0 {
			return false
		}
		at += 1 + next
	}
	if at < 0 {
		return false
	}
	if len(path) == 2 && path[0] != "services" && node.Content[at+1].Tag != "!!null" {
		node.Content[at+1] = standingFor(path[0])
		return true
	}
	node.Content = slices.Delete(node.Content, at, at+2)
	if len(path) == 3 && path[0] == "services" && (last == "extends" || last == "build" || last == "image") {
		if key, _ := Get(node, "image"); key == nil {
			node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "image"}, &yaml.Node{Kind: yaml.ScalarNode, Value: standInImage})
		}
	}
	return true
}

// standInImage is the image of a service whose own cannot be told.
const standInImage = "stand-in:1"

func standingFor(section string) *yaml.Node {
	if section == "secrets" || section == "configs" {
		external := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"}
		return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: "external"}, external}}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
}

func child(node *yaml.Node, name string) *yaml.Node {
	if node.Kind == yaml.SequenceNode {
		if i, err := strconv.Atoi(strings.Trim(name, "[]")); err == nil && i < len(node.Content) {
			return Resolve(node.Content[i])
		}
		return nil
	}
	_, value := Get(node, name)
	return Resolve(value)
}
