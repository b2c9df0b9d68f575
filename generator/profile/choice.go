package profile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/settings"
	"github.com/owgen/owgen/generator/yamltext"
)

// A Choice is a value that was chosen for a setting, and the comment that stands above it in a file.
type Choice struct {
	Key     string
	Value   any // as package settings holds it
	Comment string
}

// Chosen makes a layer of choices, which Encode writes with their comments.
func Chosen(file string, choices []Choice) (settings.Layer, error) {
	root := &yaml.Node{Kind: yaml.MappingNode}
	for _, c := range choices {
		value, err := valueNode(c.Value)
		if err != nil {
			return settings.Layer{}, fmt.Errorf("%s: %w", c.Key, err)
		}
		one := nest(strings.Split(c.Key, "."), value)
		leaf := one
		for range strings.Count(c.Key, ".") {
			leaf = leaf.Content[1]
		}
		leaf.Content[0].HeadComment = c.Comment
		yamltext.Merge(root, one)
	}
	return settings.Layer{Name: "file", File: file, Root: root}, nil
}

// valueNode is a value as YAML. Texts stand as plainly as they can, since the schema gives them their type; inside of
// lists and mappings it is YAML that tells a text from a number.
func valueNode(value any) (*yaml.Node, error) {
	switch value.(type) {
	case []any, map[string]any:
		n := &yaml.Node{}
		err := n.Encode(value)
		plainNumbers(n)
		return n, err
	}
	return literal(settings.Flat(value)), nil
}

// plainNumbers writes numbers without an exponent, as people do.
func plainNumbers(n *yaml.Node) {
	if f, err := strconv.ParseFloat(n.Value, 64); err == nil && n.ShortTag() == "!!float" && strings.Contains(n.Value, "e") {
		n.Value = strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(n.Value, ".") {
			n.Value += ".0"
		}
	}
	for _, child := range n.Content {
		plainNumbers(child)
	}
}

// commented says whether a comment stands above something in a file.
func commented(n *yaml.Node) bool {
	return n.HeadComment != "" || slices.ContainsFunc(n.Content, commented)
}

// spaced puts an empty line above each group of settings, which YAML's encoder cannot.
func spaced(text string) []byte {
	var out strings.Builder
	head := true // still in the lines that belong to the file as a whole
	previous := "#"
	for line := range strings.Lines(text) {
		top := !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "-") && strings.TrimSpace(line) != ""
		if top && !strings.HasPrefix(previous, "#") && (!head || !fileKey(line)) && strings.TrimSpace(previous) != "" {
			out.WriteString("\n")
			head = false
		}
		out.WriteString(line)
		previous = line
	}
	return []byte(out.String())
}

// fileKey says whether a line is about the file itself.
func fileKey(line string) bool {
	return strings.HasPrefix(line, "version:") || strings.HasPrefix(line, "extends:")
}
