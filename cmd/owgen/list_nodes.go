package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
)

// placed is one machine with what may run there, or, without a name, what may run anywhere.
type placed struct {
	Name     string    `json:"name"`
	Roles    []string  `json:"roles,omitempty"`
	Address  string    `json:"address,omitempty"`
	Services []running `json:"services"`
}

// running is a service on a machine.
type running struct {
	Name     string `json:"name"`
	Replicas int64  `json:"replicas"`       // on all machines together
	Only     bool   `json:"only,omitempty"` // it may run on this machine alone
	With     string `json:"with,omitempty"` // it is one here by itself, in the pod of this service
}

// nodes prints who runs where.
func (c listCmd) nodes(ctx context.Context, t *terminal) error {
	in, err := c.open(ctx, t, c.Input)
	if err != nil {
		return err
	}
	made, found := generator.Generate(ctx, in)
	if err := found.Err(); err != nil {
		return err
	}
	places := placesOf(made.Plan)
	if c.JSON {
		return printJSON(t.out, places)
	}
	var lines [][]string
	for _, p := range places {
		var words []string
		for _, s := range p.Services {
			words = append(words, s.text(p.Name != ""))
		}
		name := p.Name
		if name == "" {
			name = "any machine"
		}
		lines = append(lines, []string{name, strings.Join(p.Roles, ", "), strings.Join(words, ", ")})
	}
	return t.table(lines)
}

// text is its name, with how many of it run on all machines together where that is not one on this machine.
func (r running) text(machine bool) string {
	switch {
	case r.With != "":
		return r.Name + " (with " + r.With + ")"
	case r.Replicas > 1:
		return fmt.Sprintf("%s (of %d)", r.Name, r.Replicas)
	case machine && !r.Only:
		return r.Name + " (of 1)"
	}
	return r.Name
}

// placesOf are the machines of a plan; without any, one without a name has everything.
func placesOf(p *plan.Plan) []placed {
	var out []placed
	for _, n := range p.Nodes {
		place := placed{Name: n.Name, Roles: n.Roles, Address: n.Address, Services: []running{}}
		for _, name := range n.Services {
			s := p.Service(name)
			here := running{Name: name, Replicas: s.Replicas, Only: slices.Equal(s.Nodes, []string{n.Name}), With: s.Within}
			if s.Beside != "" && !slices.Contains(s.Nodes, n.Name) {
				here.Replicas, here.With = 1, s.Beside
			}
			place.Services = append(place.Services, here)
		}
		out = append(out, place)
	}
	if len(out) > 0 {
		return out
	}
	all := placed{Services: []running{}}
	for _, s := range p.Services {
		if s.Role != catalog.RoleImage {
			all.Services = append(all.Services, running{Name: s.Name, Replicas: s.Replicas, With: s.Within})
		}
	}
	return []placed{all}
}
