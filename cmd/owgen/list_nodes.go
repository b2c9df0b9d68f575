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
			word := s.Name
			if s.Replicas != 1 {
				word += fmt.Sprintf(" (of %d)", s.Replicas)
			}
			words = append(words, word)
		}
		name := p.Name
		if name == "" {
			name = "any machine"
		}
		lines = append(lines, []string{name, strings.Join(p.Roles, ", "), strings.Join(words, ", ")})
	}
	return t.table(lines)
}

// placesOf are the machines of a plan; without any, one without a name has everything.
func placesOf(p *plan.Plan) []placed {
	var out []placed
	for _, n := range p.Nodes {
		place := placed{Name: n.Name, Roles: n.Roles, Address: n.Address, Services: []running{}}
		for _, name := range n.Services {
			s := p.Service(name)
			place.Services = append(place.Services, running{name, s.Replicas, slices.Equal(s.Nodes, []string{n.Name})})
		}
		out = append(out, place)
	}
	if len(out) > 0 {
		return out
	}
	all := placed{Services: []running{}}
	for _, s := range p.Services {
		if s.Role != catalog.RoleImage {
			all.Services = append(all.Services, running{Name: s.Name, Replicas: s.Replicas})
		}
	}
	return []placed{all}
}
