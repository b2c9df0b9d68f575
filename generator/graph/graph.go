// Package graph draws a plan: networks as areas, services with their volumes, what is published, what is
// elsewhere, and who waits for whom. SVG, Mermaid and DOT are three ways to write the same graph.
package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
)

// A Graph is the picture before it is laid out.
type Graph struct {
	Title, Text string
	Areas       []Area
	Nodes       []Node
	Edges       []Edge
}

// An Area is a network; the one without a Name holds what joins none.
type Area struct {
	Name     string
	Note     string // its subnet, and whether it has a way out
	Internal bool
	Hue      int // its number among the networks, which gives it its colour
}

// A Kind says what a node is.
type Kind int

// The kinds of nodes.
const (
	Service  Kind = iota
	Entry         // what is published: where the outside comes in
	External      // a capability that is satisfied from outside
)

// A Node is a box of the picture.
type Node struct {
	ID      string
	Kind    Kind
	Area    int // index in Areas, or -1 outside of all
	Name    string
	Text    string // what it is for
	Once    bool   // it runs once at each start
	Joins   []int  // areas, besides its own
	Lines   []Line // of an Entry: its names and ports; of an External: its address
	Volumes []Volume
	Place   string // how many of it run, and where, if there are several machines
}

// A Line is one of a node's own.
type Line struct {
	Strong, Text string
}

// A Volume is mounted by a node.
type Volume struct {
	Name     string
	ReadOnly bool
}

// noArea is the area of what lies outside of all networks' areas.
const noArea = -1

// Make turns a plan into its graph.
func Make(p *plan.Plan) *Graph {
	g := &Graph{Title: p.Project, Text: strings.Join(strings.Fields(p.Summary), " ")}
	g.addAreas(p)
	homes := g.homes(p)
	for _, s := range started(p) {
		n := Node{ID: s.Name, Kind: Service, Area: homes[s.Name], Name: s.Name, Text: s.Summary, Once: s.Role == catalog.RoleJob}
		for _, joined := range s.Networks {
			if area := g.area(joined.Name); area != n.Area {
				n.Joins = append(n.Joins, area)
			}
		}
		n.Place = s.Where()
		for _, v := range s.Volumes {
			n.Volumes = append(n.Volumes, Volume{v.Name, v.ReadOnly})
		}
		g.Nodes = append(g.Nodes, n)
	}
	g.addEntries(p)
	g.addExternals(p)
	g.addEdges(p)
	return g
}

// started are the services that run; images are only built.
func started(p *plan.Plan) []*plan.Service {
	return slices.DeleteFunc(slices.Clone(p.Services), func(s *plan.Service) bool { return s.Role == catalog.RoleImage })
}

func (g *Graph) addAreas(p *plan.Plan) {
	for i, n := range p.Networks {
		var notes []string
		if p.Target() != plan.TargetKubernetes { // there a network is a policy, and has no addresses of its own
			notes = append(notes, n.Subnet.String())
		}
		if n.Internal {
			notes = append(notes, "no way out")
		}
		g.Areas = append(g.Areas, Area{Name: n.Name, Note: strings.Join(notes, ", "), Internal: n.Internal, Hue: i})
	}
	if slices.ContainsFunc(started(p), func(s *plan.Service) bool { return len(s.Networks) == 0 }) {
		g.Areas = append(g.Areas, Area{Note: "no network", Internal: true, Hue: len(p.Networks)})
	}
}

func (g *Graph) area(name string) int {
	return slices.IndexFunc(g.Areas, func(a Area) bool { return a.Name == name })
}

// homes gives each service the area that it is drawn in: the first network that it joins, in the catalogue's
// order. A network that would stay empty takes who provides something on it.
func (g *Graph) homes(p *plan.Plan) map[string]int {
	homes, members := map[string]int{}, make([]int, len(g.Areas))
	for _, s := range started(p) {
		home := g.area("")
		if len(s.Networks) > 0 {
			home = g.area(s.Networks[0].Name)
		}
		homes[s.Name] = home
		members[home]++
	}
	for i, area := range g.Areas {
		for _, s := range started(p) {
			provides := slices.ContainsFunc(s.Provides, func(c catalog.Capability) bool { return c.Network == area.Name })
			if members[i] == 0 && provides && area.Name != "" {
				members[homes[s.Name]]--
				homes[s.Name] = i
				members[i]++
			}
		}
	}
	return homes
}

// addEntries adds a node for what each service publishes.
func (g *Graph) addEntries(p *plan.Plan) {
	for _, s := range started(p) {
		if len(s.Ports) == 0 {
			continue
		}
		n := Node{ID: "publish " + s.Name, Kind: Entry, Area: noArea}
		for _, port := range s.Ports {
			n.Lines = append(n.Lines, Line{fmt.Sprintf("%d/%s", port.Host, port.Protocol), port.Name})
		}
		g.Nodes = append(g.Nodes, n)
	}
}

// router is the service behind the port of the public addresses, which passes requests on by their routes.
func router(p *plan.Plan) *plan.Service {
	for _, c := range p.Capabilities {
		if c.Name == catalog.Edge {
			return p.Service(c.Service)
		}
	}
	return nil
}
