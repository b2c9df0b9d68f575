package importer

import (
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

var (
	template  = regexp.MustCompile(`\{\{\s*(.*?)\s*\}\}`)
	reference = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)(?:\s*\|\s*default\((.*)\))?$`)
)

// resolve fills in what templates refer to. What Ansible would have to compute is marked as unknown.
func (v variables) resolve(n *yaml.Node, depth int) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if depth > 20 { // it refers to itself
		return unknown(n)
	}
	if n.Kind != yaml.ScalarNode {
		out := *n
		out.Content = make([]*yaml.Node, len(n.Content))
		for i, child := range n.Content {
			out.Content[i] = v.resolve(child, depth+1)
		}
		return &out
	}
	if n.Tag == tagVault || !strings.Contains(n.Value, "{{") && !strings.Contains(n.Value, "{%") {
		return n
	}
	if match := template.FindStringSubmatch(n.Value); match != nil && match[0] == strings.TrimSpace(n.Value) {
		if found := v.lookup(match[1], depth); found != nil {
			return found
		}
		return unknown(n)
	}
	filled, known := "", !strings.Contains(n.Value, "{%")
	rest := n.Value
	for _, span := range template.FindAllStringSubmatchIndex(n.Value, -1) {
		found := v.lookup(n.Value[span[2]:span[3]], depth)
		if found == nil || found.Kind != yaml.ScalarNode || unreadable(found) != "" {
			known = false
			break
		}
		start := len(n.Value) - len(rest)
		filled += n.Value[start:span[0]] + scalar(found)
		rest = n.Value[span[1]:]
	}
	if !known {
		return unknown(n)
	}
	return text(filled+rest, n.Line)
}

// lookup returns what an expression stands for: a variable, or a part of one, with a default perhaps.
func (v variables) lookup(expression string, depth int) *yaml.Node {
	match := reference.FindStringSubmatch(expression)
	if match == nil {
		return nil
	}
	name, rest, _ := strings.Cut(match[1], ".")
	if x, ok := v[name]; ok {
		if found := part(v.resolve(x.Value, depth+1), rest); found != nil {
			return found
		}
	}
	if match[2] == "" {
		return nil
	}
	var document yaml.Node
	if yaml.Unmarshal([]byte(match[2]), &document) != nil || len(document.Content) != 1 {
		return nil
	}
	if bare := document.Content[0]; bare.Kind == yaml.ScalarNode && bare.Style == 0 && bare.ShortTag() == "!!str" {
		return v.lookup(bare.Value, depth+1) // a name, not a text
	}
	return document.Content[0]
}

func scalar(n *yaml.Node) string {
	if n.ShortTag() == "!!null" {
		return ""
	}
	return n.Value
}

func unknown(n *yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tagTemplate, Line: n.Line}
}
