package catalog

import (
	"cmp"
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
)

// addNetworks merges the networks of one layer by name: one that is known is described anew and keeps its subnet, and
// others are added. Their indexes have to differ.
func (c *Catalog) addNetworks(f file) diag.List {
	var layer struct {
		Networks []Network `yaml:"networks"`
	}
	if err := decode(f.data, &layer); err != nil {
		return unreadable(f.origin, err)
	}
	var found diag.List
	at := func(message, hint string) {
		found.Add(diag.Finding{Rule: "catalog/wrong-network", File: f.origin, Path: "networks", Message: message, Hint: hint})
	}
	seen := map[string]bool{}
	for _, n := range layer.Networks {
		if seen[n.Name] {
			at(n.Name+" is declared twice", "each network once")
			continue
		}
		seen[n.Name] = true
		if !identifier().MatchString(n.Name) {
			at(fmt.Sprintf("%q is no name of a network", n.Name), "lower-case letters, digits and - or _; a letter first")
		}
		known := slices.IndexFunc(c.Networks, func(o Network) bool { return o.Name == n.Name })
		if n.Index == nil && known >= 0 {
			n.Index = c.Networks[known].Index
		}
		if n.Index == nil || *n.Index < 0 {
			at(n.Name+" has no index", fmt.Sprintf("index: %d is free; it must stay as it is, because it gives the subnet", c.freeIndex()))
			free := c.freeIndex()
			n.Index = &free
		}
		if i := slices.IndexFunc(c.Networks, func(o Network) bool { return *o.Index == *n.Index && o.Name != n.Name }); i >= 0 {
			at(fmt.Sprintf("%s has the index %d of %s", n.Name, *n.Index, c.Networks[i].Name), fmt.Sprintf("index: %d is free", c.freeIndex()))
		}
		if n.Asks && (!n.Internal || n.Egress) {
			at(n.Name+" is for a service that asks through the edge, and has another way out", "internal: true")
		}
		if known >= 0 {
			c.Networks[known] = n
		} else {
			c.Networks = append(c.Networks, n)
		}
	}
	slices.SortStableFunc(c.Networks, func(a, b Network) int { return cmp.Compare(*a.Index, *b.Index) })
	return found
}

// freeIndex is behind all that are taken.
func (c *Catalog) freeIndex() int {
	free := 0
	for _, n := range c.Networks {
		free = max(free, *n.Index+1)
	}
	return free
}

// Egress is why a service may call the internet; without a reason it may not. It may be written as the reason alone.
type Egress struct {
	Reason string    `yaml:"reason"`
	When   Condition `yaml:"when"`
}

// UnmarshalYAML accepts a scalar or a mapping.
func (e *Egress) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		e.Reason = node.Value
		return nil
	}
	type plain Egress
	return node.Decode((*plain)(e))
}
