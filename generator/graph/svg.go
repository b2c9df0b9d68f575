package graph

import (
	"fmt"
	"html"
	"slices"
	"strings"
)

// Space around the picture, and for its title and legend.
const (
	margin       = 16
	titleHeight  = 52
	legendHeight = 34
)

// SVG draws the graph. The picture has light and dark colours, and follows what the reader prefers.
func (g *Graph) SVG() ([]byte, error) {
	at, err := g.arrange()
	if err != nil {
		return nil, fmt.Errorf("the graph cannot be laid out: %w", err)
	}
	d := &drawing{}
	w, h := max(at.w, g.legendWidth())+2*margin, at.h+titleHeight+legendHeight+margin
	d.line(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title description">`, w, h, w, h)
	d.line(`<title id="title">%s: architecture</title>`, html.EscapeString(g.Title))
	d.line(`<desc id="description">%s</desc>`, html.EscapeString(g.Text))
	d.line("<style>\n%s\n</style>", css())
	d.line(`<rect class="page" width="%d" height="%d" rx="10"/>`, w, h)
	d.text(margin+8, 30, "title", g.Title)
	d.text(margin+8, 48, "quiet", g.Text)
	d.line(`<g transform="translate(%d %d)">`, margin, titleHeight)
	for i, a := range g.Areas {
		d.area(a, at.areas[i])
	}
	d.ways(at.ways)
	for i, n := range g.Nodes {
		g.card(d, n, at.nodes[i])
	}
	d.line("</g>")
	g.legend(d, margin+8, titleHeight+at.h+legendHeight/2+4)
	d.line("</svg>")
	return []byte(d.String()), nil
}

// hueOf is the hue of an edge: that of the area which it leads to.
func (g *Graph) hueOf(e Edge) int {
	for _, n := range g.Nodes {
		if n.ID == e.To && n.Area != noArea && g.Areas[n.Area].Name != "" {
			return g.Areas[n.Area].Hue
		}
	}
	return neutral
}

// A drawing collects SVG.
type drawing struct{ strings.Builder }

func (d *drawing) line(format string, args ...any) { fmt.Fprintf(d, format+"\n", args...) }

func (d *drawing) text(x, y int, classes, text string) {
	d.line(`<text x="%d" y="%d" class="%s">%s</text>`, x, y, classes, html.EscapeString(text))
}

// area draws a network, or the frame around what has none.
func (d *drawing) area(a Area, b box) {
	if b.w == 0 {
		return
	}
	hue := a.Hue
	if a.Name == "" {
		hue = neutral
	}
	dashes := ""
	if a.Internal {
		dashes = " out"
	}
	d.line(`<rect class="zone box %s%s" x="%d" y="%d" width="%d" height="%d" rx="12"/>`, class(hue), dashes, b.x, b.y, b.w, b.h)
	if a.Name == "" {
		d.text(b.x+16, b.y+25, "quiet", a.Note)
		return
	}
	// One text, so that what follows the name begins where it ends, whatever the font.
	d.line(`<text x="%d" y="%d" class="area %s">%s<tspan class="quiet subnet" dx="8">%s</tspan></text>`, b.x+16, b.y+25, class(hue), html.EscapeString(a.Name), html.EscapeString(a.Note))
}

// ways draws ways with rounded corners, and the tips of their arrows. Those of one sort are one path, whose
// segments don't darken each other where they run together.
func (d *drawing) ways(ways []way) {
	var order []string
	paths := map[string]string{}
	for _, w := range ways {
		if len(w.points) < 2 {
			continue
		}
		classes, soft := class(w.hue), ""
		switch w.relation {
		case Enters, Routes:
			classes = "in"
		case Uses:
			soft = " soft"
		}
		points := slices.Clone(w.points)
		if w.start {
			points[0] = d.tip(classes, points[1], points[0])
		}
		if last := len(points) - 1; w.end {
			points[last] = d.tip(classes, points[last-1], points[last])
		}
		if paths[classes+soft] == "" {
			order = append(order, classes+soft)
		}
		paths[classes+soft] += rounded(points)
	}
	for _, classes := range order {
		d.line(`<path class="edge %s" d="%s"/>`, classes, paths[classes])
	}
}

// tip draws an arrow's tip and returns where its line ends.
func (d *drawing) tip(classes string, from, to point) point {
	dx, dy := sign(to.x-from.x), sign(to.y-from.y)
	d.line(`<path class="tip %s" d="M%d %dL%d %dL%d %dZ"/>`, classes, to.x, to.y, to.x-8*dx-4*dy, to.y-8*dy-4*dx, to.x-8*dx+4*dy, to.y-8*dy+4*dx)
	return point{to.x - 7*dx, to.y - 7*dy}
}

// rounded is a path with rounded corners.
func rounded(way []point) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%d %d", way[0].x, way[0].y)
	for i := 1; i+1 < len(way); i++ {
		p, q, r := way[i-1], way[i], way[i+1]
		in, out := min(6, length(p, q)/2), min(6, length(q, r)/2)
		fmt.Fprintf(&b, "L%d %dQ%d %d %d %d", q.x-in*sign(q.x-p.x), q.y-in*sign(q.y-p.y), q.x, q.y, q.x+out*sign(r.x-q.x), q.y+out*sign(r.y-q.y))
	}
	fmt.Fprintf(&b, "L%d %d", way[len(way)-1].x, way[len(way)-1].y)
	return b.String()
}

// length is that of a level or upright line.
func length(p, q point) int { return max(p.x-q.x, q.x-p.x, p.y-q.y, q.y-p.y) }

func sign(n int) int {
	switch {
	case n > 0:
		return 1
	case n < 0:
		return -1
	}
	return 0
}
