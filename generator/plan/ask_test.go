package plan

import (
	"fmt"
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
	"_shared/networks.yaml": `networks: [{name: front, index: 0}, {name: back, index: 1, internal: true},
  {name: inner-radio, index: 2, internal: true, asks: true}, {name: inner-tunnel, index: 5, internal: true, asks: true}]`,
	"image/service.yaml": "{summary: s, role: image}",
	"edge/service.yaml": `{summary: s, role: edge, image: {from: image}, egress: x, networks: {front: {}, back: {}}, probe: {command: [x]},
  provides: [{capability: edge, port: 80, network: front}, {capability: inner, port: 81}]}`,
	"app/service.yaml": `{summary: s, role: app, image: {from: image}, networks: {back: {}}, probe: {command: [x]}, routes: [{host: main, path: /, protocol: wsgi, port: 8080}],
  provides: [{capability: pages, port: 8080, network: back, bounds: {at_once: [2, "{app.threads}"], within: 60}}]}`,
	"other/service.yaml": `{summary: s, role: app, image: {from: image}, networks: {back: {}}, probe: {command: [x]}, routes: [{host: main, path: /x/, protocol: http, port: 9090}],
  provides: [{capability: others, port: 9090, network: back, bounds: {at_once: [1], within: 5}}]}`,
	"radio/service.yaml": `{summary: s, role: worker, image: {from: image}, egress: x, networks: {front: {}, inner-radio: {address: 251}}, probe: {command: [x]},
  requires: [{capability: inner}, {capability: pages}], asks: [{of: pages, paths: "^/login/$", methods: [POST]}]}`,
	"tunnel/service.yaml": `{summary: s, role: worker, image: {from: image}, egress: x, networks: {inner-tunnel: {}}, probe: {command: [x]}, settings: [{key: tunnel.on, type: bool, default: true}],
  requires: [{capability: inner}, {capability: pages}, {capability: others}],
  asks: [{of: pages, paths: "^/login/$", body: 4, at_once: 2}, {of: others, paths: "^/x/$", when: {tunnel.on: true}}]}`,
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
	login := Ask{Provider: "app", Paths: "^/login/$", Methods: []string{"POST"}, Upstream: "app", Port: 8080, Protocol: "wsgi", Body: 1, Share: 5, Within: 60}
	get := login
	get.Methods, get.Body, get.Share = []string{"GET"}, 4, 2
	want := []*Asker{
		{Service: "radio", Network: "inner-radio", Port: 83, Asks: []Ask{login}},
		{Service: "tunnel", Network: "inner-tunnel", Port: 86, Asks: []Ask{get,
			{Provider: "other", Paths: "^/x/$", Methods: []string{"GET"}, Upstream: "other", Port: 9090, Protocol: "http", Body: 1, Share: 1, Within: 5}}},
	}
	if diff := cmp.Diff(want, p.Askers); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// It waits for who answers as for everybody else, and for the edge.
	if diff := cmp.Diff([]Dependency{{Service: "app"}, {Service: "edge"}}, p.Service("radio").DependsOn); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// Where two networks lead to the edge, a name leads to the right one; each at a port of its own.
	for service, want := range map[string]string{"radio": "edge.inner-radio:83", "tunnel": "edge:86"} {
		c, err := p.Capability(p.Service(service), catalog.Inner)
		if got := fmt.Sprintf("%s:%d", c.Host, c.Port); err != nil || got != want {
			t.Errorf("%s asks at %s, not %s: %v", service, got, want, err)
		}
	}
	if p, _ := planAsking(t, asking, "target=kubernetes"); p.Service("radio").Uses[0].Host != "edge" {
		t.Errorf("a pod has one address, and two names: %s", p.Service("radio").Uses[0].Host)
	}
}

// No two that ask meet, so that nobody can take the place of another; the edge meets each.
// An edge has nothing to do where there is no route, unless somebody needs it for something else.
func TestEdgeWithoutRoutes(t *testing.T) {
	for _, c := range []struct {
		name, edge, box string
		want            []string
	}{
		{"nobody needs it", "", "", []string{"image after []", "box after []"}},
		{"and it publishes a port", "ports: [{name: http, target: 80, protocol: tcp, published: publish.http}],", "", []string{"image after []", "box after []"}},
		{"somebody asks it", "", "requires: [{capability: inner}],", []string{"image after []", "box after [edge]", "edge after []"}},
		{"there is a route", "", "routes: [{host: main, path: /, protocol: http, port: 90}],", []string{"image after []", "box after []", "edge after []"}},
		{"there is a route, which is off", "", "routes: [{host: main, path: /, protocol: http, port: 90, when: {tls.mode: [acme]}}],", []string{"image after []", "box after []"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{
				"_shared/settings.yaml": asking["_shared/settings.yaml"] + "\n  - {key: publish.http, type: port, default: 80}", "_shared/networks.yaml": asking["_shared/networks.yaml"],
				"image/service.yaml": asking["image/service.yaml"], "edge/service.yaml": strings.Replace(asking["edge/service.yaml"], "{", "{"+c.edge, 1),
				"box/service.yaml": "{summary: s, role: worker, image: {from: image}, egress: x, networks: {back: {}}, " + c.box + " probe: {command: [x]}}",
			}
			p, found := planAsking(t, files)
			if len(found) > 0 {
				t.Fatal(found)
			}
			if diff := cmp.Diff(c.want, names(p)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestEachAsksOnItsOwnNetwork(t *testing.T) {
	p, _ := planAsking(t, asking)
	on := map[string][]string{}
	for _, s := range p.Services {
		for _, j := range s.Networks {
			on[j.Name] = append(on[j.Name], s.Name)
		}
	}
	want := map[string][]string{"front": {"radio", "edge"}, "back": {"app", "other", "edge"}, "inner-radio": {"radio", "edge"}, "inner-tunnel": {"tunnel", "edge"}}
	if diff := cmp.Diff(want, on); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// Who comes and goes moves nobody else's network or port.
	p, found := planAsking(t, asking, "services.radio=false")
	if c, err := p.Capability(p.Service("tunnel"), catalog.Inner); err != nil || c.Port != 86 || p.Networks[len(p.Networks)-1].Subnet.String() != "172.28.5.0/24" || len(p.Networks) != 3 {
		t.Errorf("port %d, %v, %v, %v", c.Port, p.Networks, err, found)
	}
}

// A share is one's own: the sum leaves one request to everybody else.
func TestShares(t *testing.T) {
	for _, x := range []struct {
		says, threads string
		want          []int64 // of radio and tunnel, of eight
	}{
		{"at_once: 2", "4", []int64{5, 2}},
		{"", "4", []int64{3, 3}},
		{"at_once: 7", "4", []int64{1, 7}},
		{"at_once: \"{app.threads}\"", "3", []int64{2, 3}},
		{"at_once: 1", "1", []int64{1, 1}}, // too few for all: each has one, or nothing would work
	} {
		files := maps.Clone(asking)
		files["tunnel/service.yaml"] = strings.Replace(files["tunnel/service.yaml"], "at_once: 2", x.says, 1)
		p, found := planAsking(t, files, "app.threads="+x.threads)
		if got := []int64{p.Asker("radio").Asks[0].Share, p.Asker("tunnel").Asks[0].Share}; !slices.Equal(got, x.want) || len(found) > 0 {
			t.Errorf("%q of %s threads: %v, not %v; %v", x.says, x.threads, got, x.want, found)
		}
	}
}

// Two edges together must not pass on what one may not.
func TestTheShareIsOfAllEdges(t *testing.T) {
	files := maps.Clone(asking)
	files["edge/service.yaml"] = strings.Replace(files["edge/service.yaml"], "role: edge", "role: edge, scaling: stateless", 1)
	for scale, want := range map[string][]int64{"1": {5, 2}, "2": {2, 1}, "9": {1, 1}} {
		p, found := planAsking(t, files, "target=kubernetes", "scale.edge="+scale)
		if got := []int64{p.Asker("radio").Asks[0].Share, p.Asker("tunnel").Asks[0].Share}; !slices.Equal(got, want) {
			t.Errorf("%s edges: %v, not %v; %v", scale, got, want, found)
		}
	}
}

func TestNobodyListensForNobody(t *testing.T) {
	p, found := planAsking(t, asking, "services.radio=false", "services.tunnel=false")
	if len(p.Service("edge").Networks) != 2 || len(found) > 0 || len(p.Askers) > 0 {
		t.Errorf("%v, askers %v, networks %v", found, p.Askers, p.Service("edge").Networks)
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

// What may come later has one place fewer than one of the service works on and may wait there, however many run of it.
func TestLaters(t *testing.T) {
	files := maps.Clone(asking)
	files["app/service.yaml"] = strings.NewReplacer("role: app", "role: app, scaling: stateless", "wsgi, port: 8080}]", `wsgi, port: 8080, limits: [{paths: ^/a/, later: true}]},
    {host: main, path: /b/, protocol: wsgi, port: 8080, limits: [{paths: ^/a/, later: true}, {paths: ^/b/, methods: [POST], later: true}]}]`).Replace(files["app/service.yaml"])
	files["edge/service.yaml"] = strings.Replace(files["edge/service.yaml"], "role: edge", "role: edge, scaling: stateless", 1)
	for _, x := range []struct {
		waiting string
		set     []string
		want    int64
	}{
		{"100", nil, 47}, {"20", nil, 17}, {"20", []string{"scale.app=3", "scale.edge=2"}, 17}, {"{app.threads}", nil, 9},
		{"", nil, 7}, {"", []string{"app.threads=1"}, 1},
	} {
		files := maps.Clone(files)
		if x.waiting != "" {
			files["app/service.yaml"] = strings.Replace(files["app/service.yaml"], "within: 60", fmt.Sprintf("waiting: %q, within: 60", x.waiting), 1)
		}
		p, found := planAsking(t, files, append(x.set, "target=kubernetes")...)
		if len(found) > 0 {
			t.Fatal(found)
		}
		got := p.Laters()
		if len(got) != 1 || got[0].AtOnce != x.want || got[0].Upstream != "app" || got[0].Port != 8080 || got[0].Within != 60 || len(got[0].Limits) != 2 {
			t.Errorf("%s, %v: %+v", x.waiting, x.set, got)
		}
	}
	if p, _ := planAsking(t, asking); len(p.Laters()) > 0 {
		t.Error("nothing is to come later")
	}
}

// A limit holds under its own condition: where that is not met, the path is as any other.
func TestConditionOfALimit(t *testing.T) {
	files := maps.Clone(asking)
	files["app/service.yaml"] = strings.Replace(files["app/service.yaml"], "wsgi, port: 8080}]", `wsgi, port: 8080, limits: [
      {paths: ^/a/, later: true, when: {target: kubernetes}}, {paths: ^/b/, hidden: true, when: {target: [compose, swarm]}}, {paths: ^/c/, hidden: true}]}]`, 1)
	for target, want := range map[string][]string{"kubernetes": {"^/a/", "^/c/"}, "compose": {"^/b/", "^/c/"}} {
		p, found := planAsking(t, files, "target="+target)
		if len(found) > 0 {
			t.Fatal(found)
		}
		var paths []string
		for _, l := range p.Limits() {
			paths = append(paths, l.Paths)
		}
		if later := len(p.Laters()) > 0; !slices.Equal(paths, want) || later != (target == "kubernetes") {
			t.Errorf("%s: %v, and later %v", target, paths, p.Laters())
		}
	}
}
