package graph

import (
	"fmt"
	"slices"

	elk "github.com/d2lang/elk-go"
)

// A port is where edges of one sort meet the side of a node, so that they run together.
type port struct {
	shape string // of the node
	east  bool
	sort  string // what runs together
}

func (p port) id() elk.ID { return elk.StringID(fmt.Sprintf("%s|%t|%s", p.shape, p.east, p.sort)) }

// add gives the port's node or area the port, once.
func (p port) add(shapes map[string]*elk.Node) {
	shape := shapes[p.shape]
	if slices.ContainsFunc(shape.Ports, func(o *elk.Port) bool { return o.ID == p.id() }) {
		return
	}
	side := "WEST"
	if p.east {
		side = "EAST"
	}
	shape.Ports = append(shape.Ports, &elk.Port{ID: p.id(), Width: elk.Float64(0), Height: elk.Float64(0), LayoutOptions: elk.LayoutOptions{"elk.port.side": side}})
}

// A segment is an edge, or its part up to or from a junction.
type segment struct {
	from, to port
	relation Relation
	hue      int
	tipAt    string // the node at which the arrow's tip is; empty: it goes on at a junction
	shared   string // the end at which it joins others
}

// A junction is where edges from one area to another meet, so that one line crosses the border for all.
type junction struct {
	id   string
	area int
	last bool // at the right border of its area; otherwise at the left one
}

// segments cuts all edges into segments that lead from left to right.
func (g *Graph) segments() ([]segment, []junction) {
	var segments []segment
	var junctions []junction
	for _, e := range g.Edges {
		cut, at := g.cut(e)
		for _, p := range cut {
			if !slices.Contains(segments, p) {
				segments = append(segments, p)
			}
		}
		if at.id != "" && !slices.Contains(junctions, at) {
			junctions = append(junctions, at)
		}
	}
	return segments, junctions
}

// cut cuts one edge at its junction, if it meets others of its sort.
func (g *Graph) cut(e Edge) ([]segment, junction) {
	left, right := e.From, e.To
	if g.leadsBack(e) {
		left, right = right, left
	}
	a, b := g.node(left).Area, g.node(right).Area
	hue, hub := g.hueOf(e), g.hub(e)
	at := func(id string, east bool) port { // at a node, all edges of one colour and direction meet
		return port{id, east, fmt.Sprintf("%d %d %t", e.Relation, hue, id == e.To)}
	}
	whole := segment{from: at(left, true), to: at(right, false), relation: e.Relation, hue: hue, tipAt: e.To, shared: hub}
	if a == b || g.crossing(e) < 2 {
		return []segment{whole}, junction{}
	}
	j := junction{id: fmt.Sprintf("junction %d %s %d %d", e.Relation, hub, a, b), area: b}
	if hub == right {
		j.area, j.last = a, true
	}
	before, after := whole, whole
	before.to, after.from = port{shape: j.id}, port{shape: j.id, east: true}
	if hub == right {
		before.shared = j.id
	} else {
		after.shared = j.id
	}
	if e.To == right {
		before.tipAt = ""
	} else {
		after.tipAt = ""
	}
	return []segment{before, after}, j
}

// crossing counts the edges of an edge's sort that lead from its area to the same other one.
func (g *Graph) crossing(e Edge) int {
	n := 0
	for _, o := range g.Edges {
		if o.Relation == e.Relation && g.hub(o) == g.hub(e) && g.node(o.From).Area == g.node(e.From).Area && g.node(o.To).Area == g.node(e.To).Area {
			n++
		}
	}
	return n
}

// supports are edges that are not drawn. They push what begins a row in an area behind the junction at the
// area's left border, so that the junction takes no column of its own.
func (g *Graph) supports(junctions []junction) []segment {
	var out []segment
	for _, j := range junctions {
		for _, n := range g.Nodes {
			begins := !slices.ContainsFunc(g.Edges, func(e Edge) bool { return e.To == n.ID && g.node(e.From).Area == j.area })
			if n.Area == j.area && !j.last && begins {
				out = append(out, segment{from: port{shape: j.id, east: true}, tipAt: n.ID})
			}
		}
	}
	return out
}

// hub is the end of an edge at which more edges of its sort meet.
func (g *Graph) hub(e Edge) string {
	in, out := 0, 0
	for _, o := range g.Edges {
		if o.Relation == e.Relation && o.To == e.To {
			in++
		}
		if o.Relation == e.Relation && o.From == e.From {
			out++
		}
	}
	if in > out {
		return e.To
	}
	return e.From
}

// way draws the segment along the points that were found for it, from the end that it shares: dashes of ways
// that run together then fall together.
func (p segment) way(points []point) way {
	w := way{relation: p.relation, hue: p.hue, points: points, start: p.tipAt == p.from.shape, end: p.tipAt == p.to.shape}
	if p.shared == p.to.shape {
		slices.Reverse(w.points)
		w.start, w.end = w.end, w.start
	}
	return w
}

func (g *Graph) node(id string) Node {
	return g.Nodes[slices.IndexFunc(g.Nodes, func(n Node) bool { return n.ID == id })]
}

// leadsBack reports whether an edge runs against the order in which the picture is read: first what is
// published, then the areas in their order. It is laid out the other way round, or it would run around everything.
func (g *Graph) leadsBack(e Edge) bool {
	from, to := g.node(e.From), g.node(e.To)
	if from.Area == to.Area {
		return !g.published(from) && g.published(to)
	}
	if from.Area == noArea || to.Area == noArea {
		return false
	}
	if a, b := g.publishes(from.Area), g.publishes(to.Area); a != b {
		return b
	}
	return from.Area > to.Area
}

// published reports whether the outside enters a node.
func (g *Graph) published(n Node) bool {
	return slices.ContainsFunc(g.Edges, func(e Edge) bool { return e.Relation == Enters && e.To == n.ID })
}

// publishes reports whether the outside enters an area.
func (g *Graph) publishes(area int) bool {
	return slices.ContainsFunc(g.Nodes, func(n Node) bool { return n.Area == area && g.published(n) })
}
