package graph

import (
	"fmt"

	elk "github.com/d2lang/elk-go"
)

// A box is where something lies, in pixels.
type box struct{ x, y, w, h int }

// A point of an edge.
type point struct{ x, y int }

// A layout is where everything lies.
type layout struct {
	areas []box // by area
	nodes []box // by node
	ways  []way
	w, h  int
}

// A way is a segment of one edge, or of several that run together.
type way struct {
	relation Relation
	hue      int
	points   []point // from the end that it shares with other ways
	start    bool    // an arrow's tip is at the first point
	end      bool    // an arrow's tip is at the last point
}

// rootOptions are the distances that ELK's layered algorithm keeps, and its way of working.
func rootOptions() elk.LayoutOptions {
	return elk.LayoutOptions{
		"elk.algorithm":                             "layered",
		"elk.direction":                             "RIGHT",
		"elk.hierarchyHandling":                     "INCLUDE_CHILDREN",
		"elk.edgeRouting":                           "ORTHOGONAL",
		"elk.layered.nodePlacement.strategy":        "NETWORK_SIMPLEX",
		"elk.layered.thoroughness":                  "40",
		"elk.layered.spacing.nodeNodeBetweenLayers": "32",
		"elk.layered.spacing.edgeNodeBetweenLayers": "14",
		"elk.layered.spacing.edgeEdgeBetweenLayers": "10",
		"elk.spacing.nodeNode":                      "16",
		"elk.spacing.edgeNode":                      "12",
		"elk.spacing.edgeEdge":                      "10",
		"elk.padding":                               "[top=8,left=8,bottom=8,right=8]",
		"elk.json.shapeCoords":                      "ROOT",
		"elk.json.edgeCoords":                       "ROOT",
	}
}

// arrange lays the graph out.
func (g *Graph) arrange() (layout, error) {
	root := &elk.Graph{ID: elk.StringID("root"), LayoutOptions: rootOptions()}
	shapes := map[string]*elk.Node{}
	areas := make([]*elk.Node, len(g.Areas))
	for i, a := range g.Areas {
		areas[i] = &elk.Node{ID: elk.StringID(areaID(i)), LayoutOptions: elk.LayoutOptions{
			"elk.padding":              "[top=40,left=16,bottom=16,right=16]",
			"elk.nodeSize.constraints": "MINIMUM_SIZE",
			"elk.nodeSize.minimum":     fmt.Sprintf("(%d,0)", a.headWidth()),
		}}
		shapes[areaID(i)] = areas[i]
	}
	nodes := make([]*elk.Node, len(g.Nodes))
	for i, n := range g.Nodes {
		w, h := g.size(n)
		nodes[i] = &elk.Node{ID: elk.StringID(n.ID), Width: elk.Float64(float64(w)), Height: elk.Float64(float64(h)),
			LayoutOptions: elk.LayoutOptions{"elk.portConstraints": "FIXED_SIDE"}}
		shapes[n.ID] = nodes[i]
		if n.Area == noArea {
			root.Children = append(root.Children, nodes[i])
		} else {
			areas[n.Area].Children = append(areas[n.Area].Children, nodes[i])
		}
	}
	for _, a := range areas {
		if len(a.Children) > 0 {
			root.Children = append(root.Children, a)
		}
	}
	segments, junctions := g.segments()
	for _, j := range junctions {
		constraint := "FIRST"
		if j.last {
			constraint = "LAST"
		}
		shapes[j.id] = &elk.Node{ID: elk.StringID(j.id), Width: elk.Float64(0), Height: elk.Float64(0),
			LayoutOptions: elk.LayoutOptions{"elk.portConstraints": "FIXED_SIDE", "elk.layered.layering.layerConstraint": constraint}}
		in := root
		if j.area != noArea {
			in = areas[j.area]
		}
		in.Children = append(in.Children, shapes[j.id])
	}
	var edges []*elk.Edge
	for i, e := range g.supports(junctions) {
		root.Edges = append(root.Edges, &elk.Edge{ID: elk.StringID(fmt.Sprintf("support %d", i)), Sources: []elk.ID{e.from.id()}, Targets: []elk.ID{elk.StringID(e.tipAt)}})
	}
	for i, p := range segments {
		p.from.add(shapes)
		p.to.add(shapes)
		edges = append(edges, &elk.Edge{ID: elk.StringID(fmt.Sprint(i)), Sources: []elk.ID{p.from.id()}, Targets: []elk.ID{p.to.id()}})
		root.Edges = append(root.Edges, edges[i])
	}
	if err := compute(root); err != nil {
		return layout{}, err
	}
	out := layout{w: round(root.Width), h: round(root.Height)}
	for _, a := range areas {
		out.areas = append(out.areas, boxOf(a))
	}
	for _, n := range nodes {
		out.nodes = append(out.nodes, boxOf(n))
	}
	for i, e := range edges {
		out.ways = append(out.ways, segments[i].way(pointsOf(e)))
	}
	return out, nil
}

// compute calls ELK, which gives up on some graphs with a panic.
func compute(root *elk.Graph) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return elk.Layout(root)
}

func areaID(i int) string { return fmt.Sprintf("area %d", i) }

func boxOf(n *elk.Node) box { return box{round(n.X), round(n.Y), round(n.Width), round(n.Height)} }

// pointsOf is an edge's way from end to end.
func pointsOf(e *elk.Edge) []point {
	var out []point
	add := func(p *elk.Point) { out = append(out, point{round(&p.X), round(&p.Y)}) }
	for _, s := range e.Sections {
		add(s.StartPoint)
		for i := range s.BendPoints {
			add(&s.BendPoints[i])
		}
		add(s.EndPoint)
	}
	return out
}

// round makes coordinates whole: machines differ in the last digits of what they compute.
func round(f *float64) int { return int(elk.Number(f) + 0.5) }
