package graph_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/graph"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/profiles"
)

var update = flag.Bool("update", false, "rewrite the expected files")

// input is the built-in catalogue with flags.
func input(flags ...string) generator.Request {
	return generator.Request{Catalog: []catalog.Layer{{Name: "dockerfiles", FS: dockerfiles.FS}},
		Source: profile.Source{Profile: "single-server", Set: flags, Named: profiles.FS, ReadFile: os.ReadFile}}
}

func generate(t *testing.T, in generator.Request) *generator.Deployment {
	t.Helper()
	made, found := generator.Generate(t.Context(), in)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return made
}

// makeGraph draws what the small catalogue of testdata gives.
func makeGraph(t *testing.T, flags ...string) *graph.Graph {
	t.Helper()
	in := input(append(flags, "services.web=true", "services.worker=true", "services.store=true", "services.prepare=true")...)
	in.Catalog = []catalog.Layer{{Name: "catalog", FS: os.DirFS("../../testdata/catalog")}}
	in.Source.Profile = ""
	return graph.Make(generate(t, in).Plan)
}

func TestGraphOfAPlan(t *testing.T) {
	tests := map[string]struct {
		flags []string
		nodes []string // area: node, with what it joins besides
		edges []graph.Edge
	}{
		"all inside": {
			nodes: []string{"back: store", "front: web +back", "front: worker", "-: publish web"},
			edges: []graph.Edge{{From: "web", To: "worker"}, {From: "worker", To: "store"}, {From: "publish web", To: "web", Relation: graph.Enters}},
		},
		"store elsewhere": {
			flags: []string{"external.sql.host=db.example.org"},
			nodes: []string{"front: web +back", "front: worker", "-: publish web", "-: external sql"},
			edges: []graph.Edge{{From: "web", To: "worker"}, {From: "worker", To: "external sql"}, {From: "publish web", To: "web", Relation: graph.Enters}},
		},
		"nobody waits": {
			flags: []string{"modules.checks=false"},
			nodes: []string{"front: web +back", "back: store", "-: publish web"},
			edges: []graph.Edge{{From: "web", To: "store"}, {From: "publish web", To: "web", Relation: graph.Enters}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := makeGraph(t, test.flags...)
			if diff := cmp.Diff(test.edges, g.Edges); diff != "" {
				t.Errorf("edges (-want +got)\n%s", diff)
			}
			slices.Sort(test.nodes)
			if diff := cmp.Diff(test.nodes, describe(g)); diff != "" {
				t.Errorf("nodes (-want +got)\n%s", diff)
			}
		})
	}
}

func describe(g *graph.Graph) []string {
	var out []string
	for _, n := range g.Nodes {
		line := "-: " + n.ID
		if n.Area >= 0 {
			line = g.Areas[n.Area].Name + ": " + n.ID
		}
		for _, join := range n.Joins {
			line += " +" + g.Areas[join].Name
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// Every dependency of the plan can be followed along the arrows, and no arrow says more than the plan.
func TestArrowsSayWhatThePlanSays(t *testing.T) {
	for _, flags := range [][]string{nil, {"tls.mode=acme", "domain=example.org", "tls.acme_email=a@example.org"}, {"modules.monitoring=false", "services.openvpn=false"}} {
		made := generate(t, input(flags...))
		g := graph.Make(made.Plan)
		next := map[string][]string{}
		for _, e := range g.Edges {
			if e.Relation == graph.Waits {
				next[e.From] = append(next[e.From], e.To)
			}
		}
		for _, s := range made.Plan.Services {
			for _, d := range s.DependsOn {
				if !follow(next, s.Name, d.Service) {
					t.Errorf("%v: %s waits for %s, and the arrows don't show it", flags, s.Name, d.Service)
				}
			}
			for _, to := range next[s.Name] {
				if !slices.ContainsFunc(s.DependsOn, func(d plan.Dependency) bool { return d.Service == to }) {
					t.Errorf("%v: %s does not wait for %s", flags, s.Name, to)
				}
			}
		}
	}
}

func follow(next map[string][]string, from, to string) bool {
	return slices.ContainsFunc(next[from], func(step string) bool { return step == to || follow(next, step, to) })
}

func TestMermaidAndDOT(t *testing.T) {
	g := makeGraph(t, "external.sql.host=db.example.org")
	for name, text := range map[string][]byte{"mmd": g.Mermaid(), "dot": g.DOT()} {
		file := "testdata/small." + name
		if *update {
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(text)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", file, diff)
		}
	}
}

func BenchmarkSVG(b *testing.B) {
	made, found := generator.Generate(b.Context(), input())
	if found.Err() != nil {
		b.Fatal(found)
	}
	g := graph.Make(made.Plan)
	for b.Loop() {
		if _, err := g.SVG(); err != nil {
			b.Fatal(err)
		}
	}
}

// Each service's box says where it runs, as the plan has it; on one machine nothing does, and where networks have no addresses
// none are shown.
func TestPlaces(t *testing.T) {
	of := func(flags ...string) (map[string]string, *graph.Graph) {
		in := input(append(flags, "images.registry=registry.example.org/o", "scale.api=3")...)
		in.Source.Profile = "multi-node"
		g, places := graph.Make(generate(t, in).Plan), map[string]string{}
		for _, n := range g.Nodes {
			places[n.ID] = n.Place
		}
		return places, g
	}
	places, g := of("nodes={d: {roles: [data]}, a: {roles: [app]}, b: {roles: [app]}, e: {roles: [edge]}, c: {roles: [app]}, f: {roles: [app]}, g: {roles: [app]}}")
	for name, want := range map[string]string{"postgres": "on d", "nginx": "on e", "api": "3 on a, b, c, 2 more", "dashboard": "1 on one of a, b, c, 2 more", "publish nginx": ""} {
		if places[name] != want {
			t.Errorf("%s: %q, and not %q", name, places[name], want)
		}
	}
	svg, err := g.SVG()
	for _, text := range []string{">3 on a, b, c, 2 more<", ">how many run, and on which machines<", "172.28.2.0/24"} {
		if err != nil || !strings.Contains(string(svg), text) {
			t.Errorf("%s is not in the picture: %v", text, err)
		}
	}
	for _, text := range []string{string(g.Mermaid()), string(g.DOT())} {
		if !strings.Contains(text, "runs: 3 on a, b, c, 2 more") {
			t.Errorf("no places in\n%s", text)
		}
	}
	if places, _ := of(); places["api"] != "3 of it" || places["postgres"] != "" {
		t.Errorf("without nodes: %v", places)
	}
	_, g = of("target=kubernetes", "storage.mode=class", "services.fileserver=false", "kubernetes.pod_networks=[10.244.0.0/16]")
	if text := string(g.DOT()); strings.Contains(text, "172.28.") || !strings.Contains(text, "no way out") {
		t.Error("Kubernetes has no such subnets")
	}
	alone := graph.Make(generate(t, input()).Plan)
	if text := string(alone.DOT()); strings.Contains(text, "runs: ") {
		t.Errorf("one machine has no places:\n%s", text)
	}
}
