package graph

import "strings"

// The measures of a card, in pixels.
const (
	cardWidth   = 172
	areaSize    = 14.0
	areaPadding = 16
	padding     = 11
	nameSize    = 14.5
	textSize    = 12.0
	nameHeight  = 20
	lineHeight  = 16
	rowGap      = 5
	gap         = 9
	dotWidth    = 13 // a coloured dot before a network's name
	cylinder    = 14 // a cylinder before a volume's name
)

// runsOnce marks a service that runs once at each start.
const runsOnce = "runs once"

// size is how large a node's card is. All entries are equally wide.
func (g *Graph) size(n Node) (w, h int) {
	if n.Kind != Service {
		for _, o := range g.Nodes {
			for _, line := range o.Lines {
				if o.Kind == n.Kind {
					w = max(w, line.width())
				}
			}
		}
		return w + 2*padding, len(n.Lines)*lineHeight + 2*padding - 4
	}
	w, h = int(width(n.Name, nameSize, true)), nameHeight
	if n.Once {
		w += gap + int(width(runsOnce, textSize, false))
	}
	for _, v := range n.Volumes {
		w = max(w, cylinder+int(width(v.text(), textSize, false)))
	}
	joins := 0
	for _, join := range n.Joins {
		joins += g.joinWidth(join)
	}
	w = max(cardWidth, max(w, joins-gap)+2*padding)
	h += len(n.text())*lineHeight + 2*padding - 4
	if lines := n.placeLines(); len(lines) > 0 {
		h += rowGap + len(lines)*lineHeight
	}
	if len(n.Volumes) > 0 {
		h += rowGap + len(n.Volumes)*lineHeight
	}
	if len(n.Joins) > 0 {
		h += rowGap + lineHeight
	}
	return w, h
}

// headWidth is how wide an area must be for its head.
func (a Area) headWidth() int {
	return int(width(a.Name, areaSize, true)+width(a.Note, textSize, false)) + 16 + 2*areaPadding
}

func (l Line) width() int {
	return int(width(l.Strong, textSize, true) + width(" "+l.Text, textSize, false))
}

// joinWidth is the width of the sign for a further network, with the gap behind it.
func (g *Graph) joinWidth(area int) int {
	return dotWidth + int(width(g.Areas[area].Name, textSize, false)) + gap
}

// text is a volume's name, and whether it is only read.
func (v Volume) text() string {
	if v.ReadOnly {
		return v.Name + " (reads)"
	}
	return v.Name
}

// clause is what a service is for, in a few words: the first clause of its summary.
func (n Node) clause() string {
	if i := strings.IndexAny(n.Text, ",;("); i > 0 {
		return strings.TrimSpace(n.Text[:i])
	}
	return n.Text
}

// text is the same in two lines at most.
func (n Node) text() []string { return wrap(n.clause(), textSize, cardWidth-2*padding, 2) }

// placeLines is where a service runs, in three lines at most.
func (n Node) placeLines() []string {
	return wrap(n.Place, textSize, cardWidth-2*padding-cylinder, 3)
}
