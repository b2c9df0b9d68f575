package importer

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/settings"
)

// leftovers names the variables that nothing has taken, and those of which something is left.
func (c *conversion) leftovers() {
	for i := range c.in.Variables {
		v := &c.in.Variables[i]
		for _, leaf := range leaves(v.Name, v.Value) {
			c.leaf(v, leaf)
		}
	}
}

func (c *conversion) leaf(v *Variable, l leaf) {
	var uses []use
	for _, u := range c.used[v.Name] {
		if u.path == l.path || strings.HasPrefix(l.path, u.path+".") || strings.HasPrefix(u.path, l.path+".") {
			uses = append(uses, u)
		}
	}
	switch {
	case len(uses) > 0 && l.node.Kind == yaml.ScalarNode:
		c.partly(v, l, uses)
	case len(uses) > 0:
	case c.dropped(l.path, l.node.Value) != "":
		c.leaveVariable(v, l.path, c.dropped(l.path, l.node.Value))
	case c.in.Kind != replaces.Ansible || strings.HasPrefix(v.Name, "openwisp2_"):
		reason := "owgen knows no such variable"
		if near := settings.Closest(v.Name, c.known()); near != "" {
			reason = "owgen knows no such variable; is it " + near + "?"
		}
		c.leaveVariable(v, l.path, reason)
	}
}

// partly names a variable of which only parts are understood.
func (c *conversion) partly(v *Variable, l leaf, uses []use) {
	value := []byte(l.node.Value)
	any := false
	for _, u := range uses {
		for _, span := range covers(u.replaced, l.node.Value) {
			any = true
			for i := span[0]; i < span[1]; i++ {
				value[i] = ' '
			}
		}
	}
	if strings.TrimSpace(string(value)) == "" {
		return
	}
	reason := "is not understood"
	if any {
		reason = "is only understood in part; the rest has no equivalent"
	}
	c.leaveVariable(v, l.path, reason)
}

// A leaf is a value that is no mapping.
type leaf struct {
	path string
	node *yaml.Node
}

func leaves(name string, n *yaml.Node) []leaf {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return []leaf{{name, n}}
	}
	var out []leaf
	for i := 0; i+1 < len(n.Content); i += 2 {
		out = append(out, leaves(name+"."+n.Content[i].Value, n.Content[i+1])...)
	}
	return out
}

// known returns the names of all variables that something replaces.
func (c *conversion) known() []string {
	var out []string
	for _, d := range c.schema.All() {
		out = append(out, c.replaced(d.Replaces).Names()...)
	}
	for _, s := range c.catalog.Services {
		for _, x := range s.Secrets {
			out = append(out, c.replaced(x.Replaces).Names()...)
		}
	}
	return out
}

// dropped returns why nothing replaces a variable with this value, or a file; "" if that is not known.
func (c *conversion) dropped(name, value string) string {
	for _, d := range c.catalog.Dropped[c.in.Kind] {
		if d.Is(name, value) {
			return d.Reason
		}
	}
	return ""
}
