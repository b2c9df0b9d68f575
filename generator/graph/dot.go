package graph

import (
	"fmt"
	"strings"
)

// DOT writes the graph for Graphviz.
func (g *Graph) DOT() []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("// %s", g.about())
	line("digraph %s {", dotText(g.Title))
	line(`  graph [rankdir=LR, nodesep=0.2, ranksep=0.7, fontname="Helvetica"]`)
	line(`  node [shape=box, style="rounded,filled", fillcolor=white, fontname="Helvetica", fontsize=11, margin="0.2,0.1"]`)
	line(`  edge [color="#5a6675", arrowsize=0.7]`)
	g.inAreas(func(area int, nodes []Node) {
		indent := "  "
		if area != noArea {
			a := g.Areas[area]
			fill, frame, style := light[a.Hue%len(light)].fill, light[a.Hue%len(light)].line, "rounded,filled"
			if a.Name == "" {
				fill, frame, style = lightPalette.page, lightPalette.line, "rounded,dashed"
			}
			line("  subgraph %s {", dotText("cluster_"+a.Name))
			line(`    graph [label=%s, style="%s", fillcolor="%s", color="%s"]`, dotText(strings.TrimSpace(a.Name+" "+a.Note)), style, fill, frame)
			indent = "    "
		}
		for _, n := range nodes {
			line("%s%s [label=%s%s]", indent, dotText(n.ID), dotText(g.label(n, n.text()...)...), dotShape(n))
		}
		if area != noArea {
			line("  }")
		}
	})
	styles := map[Relation]string{Uses: " [style=dashed]", Routes: " [style=bold]", Enters: " [style=bold]"}
	for _, e := range g.Edges {
		line("  %s -> %s%s", dotText(e.From), dotText(e.To), styles[e.Relation])
	}
	line("}")
	return []byte(b.String())
}

func dotShape(n Node) string {
	switch n.Kind {
	case Entry:
		return `, fillcolor="` + lightPalette.outside + `", fontcolor=white`
	case External:
		return `, style="rounded,dashed"`
	}
	return ""
}

// dotText quotes lines for DOT.
func dotText(lines ...string) string {
	text := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(strings.Join(lines, "\x00"))
	return `"` + strings.ReplaceAll(text, "\x00", `\n`) + `"`
}
