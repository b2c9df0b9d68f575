package profile

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/settings"
	"github.com/owgen/owgen/generator/yamltext"
)

// layers orders the documents: profiles, the preset of the size in force, the user's files, the flags.
func layers(chain []*document, flags []settings.Layer, found *diag.List) []settings.Layer {
	var named, own, sizes []settings.Layer
	for _, doc := range chain {
		layer := settings.Layer{Name: doc.name, File: doc.file, Root: doc.values}
		if doc.name == "profile" {
			named = append(named, layer)
		} else {
			own = append(own, layer)
		}
	}
	size, line, file := sizeIn(slices.Concat(named, own, flags))
	known := []string{}
	for _, doc := range chain {
		for name := range doc.sizes {
			known = append(known, name)
		}
		if preset := doc.sizes[size]; preset != nil {
			sizes = append(sizes, settings.Layer{Name: "size", File: doc.file, Root: preset})
		}
	}
	if size != "" && len(known) == 0 {
		found.Add(diag.Finding{Rule: RuleNoSizes, File: file, Line: line, Path: "size", Message: "the profile has no sizes", Hint: "leave it away"})
	} else if size != "" && len(sizes) == 0 {
		slices.Sort(known)
		found.Add(diag.Finding{Rule: "profile/unknown-size", File: file, Line: line, Path: "size",
			Message: "the profile has no such size", Hint: "its sizes: " + strings.Join(slices.Compact(known), ", ")})
	}
	return slices.Concat(named, sizes, own, flags)
}

// RuleNoSizes is broken by a size of a profile that has none.
const RuleNoSizes = "profile/no-sizes"

// sizeIn returns the size that the highest layer names.
func sizeIn(layers []settings.Layer) (size string, line int, file string) {
	for _, layer := range layers {
		if layer.Root == nil {
			continue
		}
		for i := 0; i+1 < len(layer.Root.Content); i += 2 {
			if layer.Root.Content[i].Value == "size" {
				value := layer.Root.Content[i+1]
				size, line, file = value.Value, value.Line, layer.File
			}
		}
	}
	return size, line, file
}

// fromFlags makes a layer of each key=value. A value that looks like a list or a mapping is read as
// YAML; anything else is taken to the letter.
func fromFlags(flags []string, found *diag.List) []settings.Layer {
	var out []settings.Layer
	for _, flag := range flags {
		key, text, ok := strings.Cut(flag, "=")
		if key = strings.TrimSpace(key); !ok || key == "" || strings.Contains(key, "..") {
			found.Add(diag.Finding{Rule: "profile/set", File: "--set", Path: key, Message: "must be written key=value", Hint: "for example --set domain=example.org"})
			continue
		}
		value := literal(text)
		// Not "[relay.example.org]:587", which is one text, though YAML would make a mapping of it.
		if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") || strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}") {
			var flow yaml.Node
			if yaml.Unmarshal([]byte(text), &flow) == nil && len(flow.Content) == 1 {
				value = flow.Content[0]
				unline(value)
			}
		}
		out = append(out, settings.Layer{Name: "--set", File: "--set", Root: nest(strings.Split(key, "."), value)})
	}
	return out
}

// unline takes the lines from values that stand in no file.
func unline(n *yaml.Node) {
	n.Line = 0
	for _, part := range n.Content {
		unline(part)
	}
}

// literal is a text that YAML writes as plainly as it can. The schema gives it its type; only what YAML
// would read as null needs to say that it is a text.
func literal(text string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: text}
	if n.ShortTag() == "!!null" {
		n.Tag = "!!str"
	}
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) { // block style loses some of these
		n.Tag, n.Style = "!!str", yaml.DoubleQuotedStyle
	}
	return n
}

// nest puts a value below a dotted path.
func nest(path []string, value *yaml.Node) *yaml.Node {
	for i := len(path) - 1; i >= 0; i-- {
		value = &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!str", Value: path[i]}, value}}
	}
	return value
}

// Encode writes an owgen.yaml that repeats an input: the named profile, and what the user's own
// layers set above it. A mapping that is one setting is replaced by the one above it, as it is when it is read.
func Encode(in Input, schema *settings.Schema) ([]byte, error) {
	root := &yaml.Node{Kind: yaml.MappingNode}
	for _, layer := range in.Layers {
		if layer.Name == "profile" || layer.Name == "size" || layer.Root == nil {
			continue
		}
		lay(root, "", layer.Root, schema)
	}
	head := &yaml.Node{Kind: yaml.MappingNode}
	add := func(key, tag, value string) {
		head.Content = append(head.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value})
	}
	add("version", "!!int", fmt.Sprint(Version))
	if in.Profile != "" {
		add("extends", "!!str", in.Profile)
	}
	head.Content = append(head.Content, root.Content...)
	var out strings.Builder
	out.WriteString("# The input of this bundle. `owgen generate` in this folder repeats it; change it and run that again.\n# `owgen list settings` shows what can be set.\n")
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(head); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(root.Content, commented) {
		return spaced(out.String()), nil
	}
	return []byte(out.String()), nil
}

// lay puts a layer's values over others, in place. What the others write with dots is met where it stands: a value that
// were written beside it, nested, would be a second one.
func lay(root *yaml.Node, prefix string, layer *yaml.Node, schema *settings.Schema) {
	for key, value := range yamltext.Pairs(layer) {
		path := prefix + key.Value
		into, at := find(root, path)
		switch {
		case value.Kind == yaml.MappingNode && schema.Lookup(path) == nil && (begun(root, path) || at >= 0 && into.Content[at+1].Kind == yaml.MappingNode):
			lay(root, path+".", value, schema)
		case at >= 0:
			into.Content[at+1] = value
		default:
			parent, rest := deepest(root, path)
			named := *key
			named.Value = rest
			yamltext.Merge(parent, &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{&named, value}})
		}
	}
}

// find returns the mapping that holds a dotted path, however it is split, and where; or -1.
func find(n *yaml.Node, path string) (*yaml.Node, int) {
	if at := yamltext.Index(n, path); at >= 0 {
		return n, at
	}
	for key, value := range yamltext.Pairs(n) {
		if rest, ok := strings.CutPrefix(path, key.Value+"."); ok && value.Kind == yaml.MappingNode {
			if into, at := find(value, rest); at >= 0 {
				return into, at
			}
		}
	}
	return nil, -1
}

// begun says whether something is written below a dotted path.
func begun(n *yaml.Node, path string) bool {
	for key, value := range yamltext.Pairs(n) {
		if strings.HasPrefix(key.Value, path+".") {
			return true
		}
		if rest, ok := strings.CutPrefix(path, key.Value+"."); ok && value.Kind == yaml.MappingNode && begun(value, rest) {
			return true
		}
	}
	return false
}

// deepest is the mapping nearest to a dotted path, and what of the path lies below it.
func deepest(n *yaml.Node, path string) (*yaml.Node, string) {
	for key, value := range yamltext.Pairs(n) {
		if rest, ok := strings.CutPrefix(path, key.Value+"."); ok && value.Kind == yaml.MappingNode {
			return deepest(value, rest)
		}
	}
	return n, path
}
