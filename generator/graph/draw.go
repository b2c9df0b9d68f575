package graph

import (
	"html"
	"slices"
	"strings"
)

// card draws a node.
func (g *Graph) card(d *drawing, n Node, b box) {
	d.line("<g><title>%s</title>", html.EscapeString(n.title()))
	switch n.Kind {
	case Entry:
		d.line(`<rect class="entry" x="%d" y="%d" width="%d" height="%d" rx="9"/>`, b.x, b.y, b.w, b.h)
		d.lines(n.Lines, b, "entry-text")
	case External:
		d.line(`<rect class="card box n out" x="%d" y="%d" width="%d" height="%d" rx="9"/>`, b.x, b.y, b.w, b.h)
		d.lines(n.Lines, b, "quiet")
	default:
		g.service(d, n, b)
	}
	d.line("</g>")
}

// title is what a reader sees who points at the node.
func (n Node) title() string {
	if n.Kind == Service {
		return n.Name + ": " + n.Text
	}
	text := n.Text
	for _, line := range n.Lines {
		text += " " + line.Strong + " " + line.Text
	}
	return text
}

func (d *drawing) lines(lines []Line, b box, classes string) {
	for i, line := range lines {
		d.line(`<text x="%d" y="%d" class="%s"><tspan class="strong">%s</tspan> %s</text>`, b.x+padding, b.y+padding+9+i*lineHeight, classes,
			html.EscapeString(line.Strong), html.EscapeString(line.Text))
	}
}

// service draws a service: its name, what it is for, its volumes, the further networks that it joins.
func (g *Graph) service(d *drawing, n Node, b box) {
	hue := neutral
	if g.Areas[n.Area].Name != "" {
		hue = g.Areas[n.Area].Hue
	}
	d.line(`<rect class="card box %s" x="%d" y="%d" width="%d" height="%d" rx="7"/>`, class(hue), b.x, b.y, b.w, b.h)
	x, y := b.x+padding, b.y+padding+11
	d.text(x, y, "name", n.Name)
	if n.Once {
		d.line(`<text x="%d" y="%d" class="quiet" text-anchor="end">%s</text>`, b.x+b.w-padding, y, runsOnce)
	}
	y += nameHeight - 2
	for _, line := range n.text() {
		d.text(x, y, "quiet", line)
		y += lineHeight
	}
	for i, line := range n.placeLines() {
		if i == 0 {
			y += rowGap
			d.machine(x, y-5)
		}
		d.line(`<text x="%d" y="%d">%s</text>`, x+cylinder, y, html.EscapeString(line))
		y += lineHeight
	}
	if len(n.Volumes) > 0 {
		y += rowGap
	}
	for _, v := range n.Volumes {
		d.cylinder(x, y-9)
		d.line(`<text x="%d" y="%d">%s</text>`, x+cylinder, y, html.EscapeString(v.text()))
		y += lineHeight
	}
	if len(n.Joins) > 0 {
		y += rowGap
	}
	for _, join := range n.Joins {
		area := g.Areas[join]
		d.line(`<circle class="dot %s" cx="%d" cy="%d" r="4"/>`, class(area.Hue), x+4, y-4)
		d.text(x+dotWidth, y, "note "+class(area.Hue), area.Name)
		x += g.joinWidth(join)
	}
}

// cylinder is the sign of a volume.
func (d *drawing) cylinder(x, y int) {
	d.line(`<path class="icon" d="M%d %dv6c0 2.6 8 2.6 8 0v-6c0-2.6-8-2.6-8 0c0 2.6 8 2.6 8 0"/>`, x, y+2)
}

// machine is the sign of where something runs.
func (d *drawing) machine(x, y int) {
	d.line(machineSign, x, y)
}

// machineSign is a case with two drawers, drawn at a place.
const machineSign = `<path class="icon" transform="translate(%[1]d %[2]d)" d="M0 -4.5h9v9h-9zM0 0h9M2 -2.2h1M2 2.2h1"/>`

// legend explains the signs, in one row below the picture.
func (g *Graph) legend(d *drawing, x, y int) {
	for _, item := range g.legendItems() {
		d.line(item.sign, x, y-4)
		x += item.width
		d.text(x, y, "quiet", item.text)
		x += int(width(item.text, textSize, false)) + 22
	}
}

func (g *Graph) legendWidth() int {
	w := 16
	for _, item := range g.legendItems() {
		w += item.width + int(width(item.text, textSize, false)) + 22
	}
	return w
}

// A legendItem is a sign, drawn at a place, and what it means.
type legendItem struct {
	sign  string // with verbs for x and y
	width int
	text  string
}

// legendItems are the signs that the picture has.
func (g *Graph) legendItems() []legendItem {
	arrow := `<path class="edge %[3]s" d="M%[1]d %[2]dh24"/><path class="tip %[3]s" transform="translate(%[1]d %[2]d)" d="M31 0l-8 -4v8z"/>`
	var items []legendItem
	for _, item := range []struct {
		classes, text string
		relation      Relation
	}{{"in", "requests from outside", Enters}, {"n", "waits for, and so for all that this waits for", Waits}, {"n soft", "uses, without waiting", Uses}} {
		if slices.ContainsFunc(g.Edges, func(e Edge) bool { return e.Relation == item.relation }) {
			items = append(items, legendItem{strings.ReplaceAll(arrow, "%[3]s", item.classes), 39, item.text})
		}
	}
	if slices.ContainsFunc(g.Nodes, func(n Node) bool { return n.Place != "" }) {
		items = append(items, legendItem{machineSign, 15, "how many run, and on which machines"})
	}
	if slices.ContainsFunc(g.Nodes, func(n Node) bool { return len(n.Volumes) > 0 }) {
		items = append(items, legendItem{`<path class="icon" transform="translate(%[1]d %[2]d)" d="M0 -3v6c0 2.6 8 2.6 8 0v-6c0-2.6-8-2.6-8 0c0 2.6 8 2.6 8 0"/>`, 15, "volume"})
	}
	if slices.ContainsFunc(g.Nodes, func(n Node) bool { return len(n.Joins) > 0 }) {
		items = append(items, legendItem{`<circle class="dot h0" cx="%[1]d" cy="%[2]d" r="4"/>`, 11, "joins that network as well"})
	}
	return items
}
