package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/plan"
)

// A Relation says what an edge stands for. An edge leads from who needs to what is needed.
type Relation int

// The relations.
const (
	Waits  Relation = iota // starts when the other is healthy, or has ended well
	Uses                   // calls the other without waiting for it
	Routes                 // passes public requests on
	Enters                 // from outside through a published port
)

// An Edge joins two nodes by their IDs.
type Edge struct {
	From, To string
	Relation Relation
}

// addExternals adds a node for each capability from outside that something uses.
func (g *Graph) addExternals(p *plan.Plan) {
	for _, c := range p.Capabilities {
		if c.External && slices.ContainsFunc(started(p), func(s *plan.Service) bool { return uses(s, c) }) {
			g.Nodes = append(g.Nodes, Node{ID: external(c), Kind: External, Area: noArea, Text: "from outside",
				Lines: []Line{{c.Name, ""}, {"", fmt.Sprintf("%s:%d", c.Host, c.Port)}}})
		}
	}
}

// external is the node of a server that is not the bundle's. Two of one capability are of different kinds.
func external(c plan.Capability) string {
	return strings.TrimSpace("external " + c.Name + " " + c.Kind)
}

func uses(s *plan.Service, c plan.Capability) bool {
	return slices.ContainsFunc(s.Uses, func(u plan.Use) bool { return external(u.Capability) == external(c) })
}

// addEdges adds what the outside enters by, who waits for whom, who uses what, and where requests are passed
// on to. What follows from other edges is left out: who waits for a job waits for all that the job waits for.
func (g *Graph) addEdges(p *plan.Plan) {
	var waits []Edge
	others := []Edge{}
	for _, s := range started(p) {
		if len(s.Ports) > 0 {
			others = append(others, Edge{"publish " + s.Name, s.Name, Enters})
		}
		for _, d := range s.DependsOn {
			waits = append(waits, Edge{s.Name, d.Service, Waits})
		}
		for _, u := range s.Uses {
			switch {
			case u.External && u.Start:
				waits = append(waits, Edge{s.Name, external(u.Capability), Waits})
			case u.External:
				others = append(others, Edge{s.Name, external(u.Capability), Uses})
			case !u.Start:
				others = append(others, Edge{s.Name, u.Service, Uses})
			}
		}
	}
	if from := router(p); from != nil {
		for _, r := range p.Routes {
			others = append(others, Edge{from.Name, r.Service, Routes})
		}
	}
	g.Edges = reduce(unique(waits))
	for _, e := range unique(others) {
		if !slices.ContainsFunc(g.Edges, func(o Edge) bool { return o.From == e.From && o.To == e.To }) && e.From != e.To {
			g.Edges = append(g.Edges, e)
		}
	}
}

// unique drops repeated edges and keeps the order.
func unique(edges []Edge) []Edge {
	var out []Edge
	for _, e := range edges {
		if !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	return out
}

// reduce leaves out the edges that follow from longer ways (the transitive reduction of an acyclic graph).
func reduce(edges []Edge) []Edge {
	next := map[string][]string{}
	for _, e := range edges {
		next[e.From] = append(next[e.From], e.To)
	}
	return slices.DeleteFunc(slices.Clone(edges), func(e Edge) bool {
		return slices.ContainsFunc(next[e.From], func(step string) bool { return step != e.To && leads(next, step, e.To, map[string]bool{}) })
	})
}

// leads reports whether there is a way from one node to another.
func leads(next map[string][]string, from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	return slices.ContainsFunc(next[from], func(step string) bool { return leads(next, step, to, seen) })
}
