package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/lazy"
)

// Mermaid writes the graph for Markdown pages that render Mermaid.
func (g *Graph) Mermaid() []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%%%% %s", g.about())
	line("flowchart LR")
	g.inAreas(func(area int, nodes []Node) {
		indent := "  "
		if area != noArea {
			a := g.Areas[area]
			line("  subgraph %s[\"%s\"]", mermaidID("network "+a.Name), mermaidText(strings.TrimSpace(a.Name+" "+a.Note)))
			indent = "    "
		}
		for _, n := range nodes {
			line("%s%s%s", indent, mermaidID(n.ID), g.mermaidShape(n))
		}
		if area != noArea {
			line("  end")
		}
	})
	arrows := map[Relation]string{Waits: "-->", Uses: "-.->", Routes: "==>", Enters: "==>"}
	for _, e := range g.Edges {
		line("  %s %s %s", mermaidID(e.From), arrows[e.Relation], mermaidID(e.To))
	}
	return []byte(b.String())
}

// about is the graph's title and text in one line.
func (g *Graph) about() string { return strings.TrimSuffix(g.Title+": "+g.Text, ": ") }

// inAreas calls f for each area that has nodes, and at last for what lies outside of all.
func (g *Graph) inAreas(f func(area int, nodes []Node)) {
	for area := range len(g.Areas) + 1 {
		if area == len(g.Areas) {
			area = noArea
		}
		nodes := slices.DeleteFunc(slices.Clone(g.Nodes), func(n Node) bool { return n.Area != area })
		if len(nodes) > 0 {
			f(area, nodes)
		}
	}
}

// mermaidShape is a node's box with its text: an entry is round, what is elsewhere a subroutine's box.
func (g *Graph) mermaidShape(n Node) string {
	lines := g.label(n, n.clause())
	for i := range lines {
		lines[i] = mermaidText(lines[i])
	}
	lines[0] = "<b>" + lines[0] + "</b>"
	text := strings.Join(lines, "<br/>")
	switch n.Kind {
	case Entry:
		return `(["` + text + `"])`
	case External:
		return `[["` + text + `"]]`
	}
	return `["` + text + `"]`
}

// mermaidText escapes what Mermaid or HTML would take for its own.
func mermaidText(text string) string {
	return strings.NewReplacer("#", "#35;", "&", "#amp;", "<", "#lt;", ">", "#gt;", `"`, "#quot;", "`", "#96;").Replace(text)
}

var plainName = lazy.Regexp(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// mermaidID is a node's name for Mermaid: its own, unless that means something there or has strange characters.
func mermaidID(id string) string {
	words := strings.Fields(id)
	for i, word := range words {
		switch word {
		case "end", "default", "style", "class", "click", "graph", "subgraph", "flowchart", "direction", "network", "publish", "external":
			if len(words) > 1 && i == 0 {
				continue
			}
		default:
			if plainName().MatchString(word) {
				continue
			}
		}
		words[i] = fmt.Sprintf("x%x", word)
	}
	return strings.Join(words, "_")
}

// label is what Mermaid and DOT write into a node's box, line by line: its name, what it is for, and the rest.
func (g *Graph) label(n Node, purpose ...string) []string {
	var out []string
	for _, l := range n.Lines {
		out = append(out, strings.TrimSpace(l.Strong+" "+l.Text))
	}
	if n.Kind != Service {
		return out
	}
	out = append([]string{n.Name}, purpose...)
	if n.Place != "" {
		out = append(out, "runs: "+n.Place)
	}
	var volumes, joins []string
	for _, v := range n.Volumes {
		volumes = append(volumes, v.text())
	}
	for _, j := range n.Joins {
		joins = append(joins, g.Areas[j].Name)
	}
	if len(volumes) > 0 {
		out = append(out, "volumes: "+strings.Join(volumes, ", "))
	}
	if len(joins) > 0 {
		out = append(out, "also on: "+strings.Join(joins, ", "))
	}
	return out
}
