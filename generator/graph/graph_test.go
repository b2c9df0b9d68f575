package graph

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// random is a graph of services with a few networks and requirements, as no catalogue has them yet.
func random(r *rand.Rand, services int) *Graph {
	g := &Graph{Title: "random", Text: "A random graph"}
	for i := range 1 + r.IntN(5) {
		g.Areas = append(g.Areas, Area{Name: fmt.Sprintf("network-%d", i), Note: "10.0.0.0/24", Hue: i, Internal: i%2 == 1})
	}
	for i := range services {
		n := Node{ID: fmt.Sprintf("service-%d", i), Name: fmt.Sprintf("service-%d", i), Area: r.IntN(len(g.Areas)),
			Text: strings.Repeat("word ", 1+r.IntN(15)), Once: r.IntN(9) == 0}
		for v := range r.IntN(4) {
			n.Volumes = append(n.Volumes, Volume{fmt.Sprintf("volume_%d", v), r.IntN(2) == 0})
		}
		for j := range g.Areas {
			if j != n.Area && r.IntN(3) == 0 {
				n.Joins = append(n.Joins, j)
			}
		}
		g.Nodes = append(g.Nodes, n)
		for range r.IntN(4) {
			if i > 0 {
				g.Edges = append(g.Edges, Edge{n.ID, fmt.Sprintf("service-%d", r.IntN(i)), Relation(r.IntN(3))})
			}
		}
		if r.IntN(4) == 0 {
			g.Nodes = append(g.Nodes, Node{ID: "publish " + n.ID, Kind: Entry, Area: noArea, Lines: []Line{{"1234/tcp", "port"}}})
			g.Edges = append(g.Edges, Edge{"publish " + n.ID, n.ID, Enters})
		}
		if r.IntN(6) == 0 {
			g.Nodes = append(g.Nodes, Node{ID: "external " + n.ID, Kind: External, Area: noArea, Lines: []Line{{"sql", ""}, {"", "db.example.net:5432"}}})
			g.Edges = append(g.Edges, Edge{n.ID, "external " + n.ID, Waits})
		}
	}
	g.Edges = reduce(unique(g.Edges))
	return g
}

// Whatever the graph: no card lies on another, each lies in its area, no area lies on another, and every arrow
// begins and ends at the card that it is about.
func TestLayoutKeepsThingsApart(t *testing.T) {
	for seed := range uint64(40) {
		g := random(rand.New(rand.NewPCG(seed, 7)), 3+int(seed))
		at, err := g.arrange()
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for i, a := range at.nodes {
			if n := g.Nodes[i]; n.Area != noArea && !inside(a, at.areas[n.Area]) {
				t.Errorf("seed %d: %s lies outside of its area", seed, n.ID)
			}
			for j, b := range at.nodes[:i] {
				if overlap(a, b) {
					t.Errorf("seed %d: %s and %s overlap", seed, g.Nodes[i].ID, g.Nodes[j].ID)
				}
			}
		}
		for i, a := range at.areas {
			for _, b := range at.areas[:i] {
				if overlap(a, b) {
					t.Errorf("seed %d: areas overlap", seed)
				}
			}
		}
		for _, w := range at.ways {
			if len(w.points) < 2 {
				t.Errorf("seed %d: an edge has no way", seed)
			}
			for i := 1; i < len(w.points); i++ {
				p, q := w.points[i-1], w.points[i]
				line := box{min(p.x, q.x), min(p.y, q.y), max(p.x-q.x, q.x-p.x, 1), max(p.y-q.y, q.y-p.y, 1)}
				for j, b := range at.nodes {
					if overlap(line, box{b.x + 1, b.y + 1, b.w - 2, b.h - 2}) {
						t.Errorf("seed %d: an arrow runs through %s", seed, g.Nodes[j].ID)
					}
				}
			}
		}
	}
}

func inside(a, b box) bool {
	return a.x >= b.x && a.y >= b.y && a.x+a.w <= b.x+b.w && a.y+a.h <= b.y+b.h
}

func overlap(a, b box) bool {
	return a.w > 0 && b.w > 0 && a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h
}

func TestSameBytesAndWellFormed(t *testing.T) {
	g := random(rand.New(rand.NewPCG(1, 1)), 30)
	g.Nodes[0].Name, g.Nodes[0].Text = `<&">`, `a "b" <c> & 'd' #e`
	first, err := g.SVG()
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if again, _ := g.SVG(); !bytes.Equal(first, again) {
			t.Fatal("two runs differ")
		}
	}
	d := xml.NewDecoder(bytes.NewReader(first))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{"<script", "href=", "url(", "@import"} {
		if bytes.Contains(first, []byte(text)) {
			t.Errorf("the picture contains %s", text)
		}
	}
}

func TestReduceLeavesOutWhatFollows(t *testing.T) {
	w := func(from, to string) Edge { return Edge{from, to, Waits} }
	got := reduce([]Edge{w("a", "b"), w("b", "c"), w("a", "c"), w("a", "d"), w("c", "d"), w("e", "d")})
	if diff := cmp.Diff([]Edge{w("a", "b"), w("b", "c"), w("c", "d"), w("e", "d")}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWrap(t *testing.T) {
	for text, want := range map[string][]string{
		"":                         nil,
		"Cache":                    {"Cache"},
		"Web interface for people": {"Web interface for", "people"},
		"one two three four five six seven eight nine ten": {"one two three four", "five six seven…"},
		strings.Repeat("x", 40):                            {"xxxxxxxxxxxxxxxxx…"},
	} {
		if diff := cmp.Diff(want, wrap(text, textSize, 125, 2)); diff != "" {
			t.Errorf("%q (-want +got)\n%s", text, diff)
		}
	}
}

func TestMermaidNames(t *testing.T) {
	for id, want := range map[string]string{
		"web": "web", "web-2": "web-2", "end": "x656e64", "a_b": "x615f62", "publish web": "publish_web", "publish": "x7075626c697368",
		"network front": "network_front", "A--B": "x412d2d42",
	} {
		if got := mermaidID(id); got != want {
			t.Errorf("%s: %s, not %s", id, got, want)
		}
	}
}
