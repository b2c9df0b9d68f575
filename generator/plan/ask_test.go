package plan

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
)

// asking is a catalogue with an edge, two applications behind it, and two services that ask them.
var asking = map[string]string{
	"_shared/settings.yaml": `settings:
  - {key: network.pool, type: cidr, default: 172.28.0.0/16}
  - {key: target, type: enum, values: [compose, swarm, kubernetes], default: compose}
  - {key: providers, type: map, items: string, default: {}}
  - {key: hosts.main, type: host, default: example.test}
  - {key: app.threads, type: int, default: 4}
  - {key: tls.mode, type: string}`,
	"_shared/networks.yaml": "networks: [{name: front, index: 0}, {name: back, index: 1, internal: true}, {name: inner, index: 2, internal: true}]",
	"image/service.yaml":    "{summary: s, role: image}",
	"edge/service.yaml": `{summary: s, role: edge, image: {from: image}, egress: x, networks: {front: {}, back: {}, inner: {}}, probe: {command: [x]},
  provides: [{capability: edge, port: 80, network: front}, {capability: inner, port: 81, network: inner}], intents: [{name: askers, serve: clients, of: inner}]}`,
	"app/service.yaml": `{summary: s, role: app, image: {from: image}, networks: {back: {}}, probe: {command: [x]}, routes: [{host: main, path: /, protocol: wsgi, port: 8080}],
  provides: [{capability: pages, port: 8080, network: back, bounds: {at_once: [2, "{app.threads}"], within: 60}}]}`,
	"other/service.yaml": `{summary: s, role: app, image: {from: image}, networks: {back: {}}, probe: {command: [x]}, routes: [{host: main, path: /x/, protocol: http, port: 9090}],
  provides: [{capability: others, port: 9090, network: back, bounds: {at_once: [1], within: 5}}]}`,
	"radio/service.yaml": `{summary: s, role: worker, image: {from: image}, egress: x, networks: {front: {}, inner: {address: 251}}, probe: {command: [x]},
  requires: [{capability: inner}, {capability: pages}], asks: [{of: pages, paths: "^/login/$", methods: [POST]}]}`,
	"tunnel/service.yaml": `{summary: s, role: worker, image: {from: image}, egress: x, networks: {inner: {}}, probe: {command: [x]}, settings: [{key: tunnel.on, type: bool, default: true}],
  requires: [{capability: inner}, {capability: pages}, {capability: others}],
  asks: [{of: pages, paths: "^/login/$", body: 4}, {of: others, paths: "^/x/$", when: {tunnel.on: true}}]}`,
}

// planAsking plans with all services of the catalogue on.
func planAsking(t *testing.T, files map[string]string, flags ...string) (*Plan, diag.List) {
	t.Helper()
	return planOf(t, files, func(c *catalog.Catalog) []string {
		for _, s := range c.Services {
			if s.Role != catalog.RoleImage {
				flags = append([]string{"services." + s.Name + "=true"}, flags...)
			}
		}
		return flags
	})
}

func TestAsks(t *testing.T) {
	p, found := planAsking(t, asking)
	if len(found) > 0 {
		t.Fatal(found)
	}
	want := []Ask{
		{Services: []string{"radio", "tunnel"}, Provider: "app", Paths: "^/login/$", Methods: []string{"POST", "GET"}, Upstream: "app", Port: 8080, Protocol: "wsgi", Body: 4, Share: 7, Within: 60},
		{Services: []string{"tunnel"}, Provider: "other", Paths: "^/x/$", Methods: []string{"GET"}, Upstream: "other", Port: 9090, Protocol: "http", Body: 1, Share: 1, Within: 5},
	}
	if diff := cmp.Diff(want, p.Asks); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// It waits for who answers as for everybody else, and for the edge.
	if diff := cmp.Diff([]Dependency{{Service: "app"}, {Service: "edge"}}, p.Service("radio").DependsOn); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// Where two networks lead to the edge, a name leads to the right one.
	for service, name := range map[string]string{"radio": "edge.inner", "tunnel": "edge"} {
		c, err := p.Capability(p.Service(service), catalog.Inner)
		if err != nil || c.Host != name {
			t.Errorf("%s asks at %s: %v", service, c.Host, err)
		}
	}
	if p, _ := planAsking(t, asking, "target=kubernetes"); p.Service("radio").Uses[0].Host != "edge" {
		t.Errorf("a pod has one address, and two names: %s", p.Service("radio").Uses[0].Host)
	}
}

// Two edges together must not pass on what one may not.
func TestTheShareIsOfAllEdges(t *testing.T) {
	files := maps.Clone(asking)
	files["edge/service.yaml"] = strings.Replace(files["edge/service.yaml"], "role: edge", "role: edge, scaling: stateless", 1)
	for scale, want := range map[string][]int64{"1": {7, 1}, "2": {3, 1}, "9": {1, 1}} {
		p, found := planAsking(t, files, "target=kubernetes", "scale.edge="+scale)
		if got := []int64{p.Asks[0].Share, p.Asks[1].Share}; !slices.Equal(got, want) {
			t.Errorf("%s edges: %v, not %v; %v", scale, got, want, found)
		}
	}
}

func TestNobodyListensForNobody(t *testing.T) {
	p, found := planAsking(t, asking, "services.radio=false", "services.tunnel=false")
	if _, there := p.Subnet("inner"); there || len(found) > 0 || len(p.Asks) > 0 || len(p.Service("edge").Intents) > 0 {
		t.Errorf("%v, asks %v, networks %v, intents %v", found, p.Asks, p.Networks, p.Service("edge").Intents)
	}
}

func TestTwoAnswersToOneAsk(t *testing.T) {
	files := maps.Clone(asking)
	files["tunnel/service.yaml"] = strings.Replace(files["tunnel/service.yaml"], "{of: others, paths: \"^/x/$\"", "{of: others, paths: \"^/login/$\"", 1)
	if _, found := planAsking(t, files); len(found) != 1 || found[0].Rule != "plan/ask-taken" {
		t.Errorf("got %v", found)
	}
	if _, found := planAsking(t, asking, "services.edge=false"); !strings.Contains(found.Error(), "radio needs inner, which nothing provides") {
		t.Errorf("without an edge: %v", found)
	}
}
