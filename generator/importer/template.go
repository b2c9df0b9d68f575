package importer

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/lazy"
)

var (
	template  = lazy.Regexp(`\{\{\s*(.*?)\s*\}\}`)
	reference = lazy.Regexp(`^([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)(?:\s*\|\s*default\((.*)\))?$`)
)

// What variables may grow to when they are filled in: ten references in each of eight levels would be more than any
// memory holds.
const (
	mostText  = 32 << 20
	ofOneNode = 128 // what a value costs besides its text
)

// A resolver fills in what templates refer to.
type resolver struct {
	scope variables
	left  int // characters; below zero it was too much
}

// resolve fills in a value. What Ansible would have to compute is marked as unknown.
func (v *resolver) resolve(n *yaml.Node, depth int) *yaml.Node {
	v.left -= len(n.Value) + ofOneNode
	if depth > deepest || v.left < 0 { // it refers to itself
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
	if match := template().FindStringSubmatch(n.Value); match != nil && match[0] == strings.TrimSpace(n.Value) {
		if found := v.lookup(match[1], depth); found != nil {
			return found
		}
		return unknown(n)
	}
	var filled strings.Builder
	known := !strings.Contains(n.Value, "{%")
	rest := n.Value
	for _, span := range template().FindAllStringSubmatchIndex(n.Value, -1) {
		found := v.lookup(n.Value[span[2]:span[3]], depth)
		if v.left < filled.Len() || found == nil || found.Kind != yaml.ScalarNode || unreadable(found) != "" {
			known = false
			break
		}
		start := len(n.Value) - len(rest)
		filled.WriteString(n.Value[start:span[0]] + scalar(found))
		rest = n.Value[span[1]:]
	}
	if !known {
		return unknown(n)
	}
	v.left -= filled.Len()
	return text(filled.String()+rest, n.Line)
}

// lookup returns what an expression stands for: a variable, or a part of one, with a default perhaps.
func (v *resolver) lookup(expression string, depth int) *yaml.Node {
	match := reference().FindStringSubmatch(expression)
	if match == nil {
		return nil
	}
	name, rest, _ := strings.Cut(match[1], ".")
	if x, ok := v.scope[name]; ok {
		if found := part(v.resolve(x.Value, depth+1), rest); found != nil {
			return found
		}
	}
	if match[2] == "" {
		return nil
	}
	given, problem := parse([]byte(match[2]))
	if problem != nil || given == nil {
		return nil
	}
	if given.Kind == yaml.ScalarNode && given.Style == 0 && given.ShortTag() == "!!str" {
		return v.lookup(given.Value, depth+1) // a name, not a text
	}
	return given
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
