package catalog

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// inquiring is a catalogue in which one service asks another through the edge.
var inquiring = map[string]string{
	"_shared/networks.yaml": `networks: [{name: front, index: 0}, {name: inner-a, index: 3, internal: true, asks: true}]`,
	"edge/service.yaml":     `{summary: s, role: image, ports: [{name: tls, target: 8443, protocol: tcp, published: p}], provides: [{capability: inner, port: 8081}]}`,
	"app/service.yaml":      `{summary: s, role: image, routes: [{host: main, path: /, protocol: http, port: 80}], provides: [{capability: pages, port: 80, bounds: {at_once: [3], within: "5"}}]}`,
	"a/service.yaml": `{summary: s, role: image, networks: {inner-a: {}}, requires: [{capability: inner}, {capability: pages}],
  asks: [{of: pages, paths: "^/a$", at_once: 1}]}`,
}

// Who asks has a network for itself, and the edge a port for each that nobody else has.
func TestWhereSomebodyMayAsk(t *testing.T) {
	for name, x := range map[string]struct {
		file, from, to string // what is wrong
		want           []string
	}{
		"right":                {},
		"no network":           {"a/service.yaml", "networks: {inner-a: {}}, ", "", []string{"a: asks: asks on 0 networks"}},
		"any network":          {"a/service.yaml", "inner-a: {}", "front: {}", []string{"a: asks: asks on 0 networks"}},
		"two networks":         {"_shared/networks.yaml", "{name: front, index: 0}", "{name: front, index: 0, internal: true, asks: true}", []string{"a: asks: asks on 2 networks"}},
		"another's network":    {"b/service.yaml", "", `{summary: s, role: image, networks: {inner-a: {}}, requires: [{capability: inner}, {capability: pages}], asks: [{of: pages, paths: "^/b$"}]}`, []string{"b: networks: inner-a is the network on which a asks, and nobody else"}},
		"asks nothing":         {"b/service.yaml", "", `{summary: s, role: image, networks: {inner-b: {}}}`, []string{"b: networks: inner-b is for a service that asks through the edge, and this one asks nothing"}},
		"a way out":            {"_shared/networks.yaml", "index: 3, internal: true", "index: 3", []string{": networks: inner-a is for a service that asks through the edge, and has another way out"}},
		"a published port":     {"_shared/networks.yaml", "index: 3", "index: 362", []string{"edge: provides: who asks on the network inner-a does so at port 8443, which is another's or none: it is that of inner and the network's index"}},
		"a port of none":       {"_shared/networks.yaml", "index: 3", "index: 60000", []string{"edge: provides: who asks on the network inner-a does so at port 68081, which is another's or none: it is that of inner and the network's index"}},
		"a network of inner's": {"edge/service.yaml", "port: 8081", "port: 8081, network: front", []string{"edge: provides: inner is reached on the networks of those who ask, and on front"}},
		"no number":            {"a/service.yaml", "at_once: 1", "at_once: many", []string{`a: asks: ^/a$: "many" is no whole number`}},
	} {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(inquiring)
			switch {
			case x.file == "b/service.yaml":
				files[x.file] = x.to
				files["_shared/networks.yaml"] = strings.Replace(files["_shared/networks.yaml"], "]", ", {name: inner-b, index: 4, internal: true, asks: true}]", 1)
			case name == "two networks":
				files["a/service.yaml"] = strings.Replace(files["a/service.yaml"], "inner-a: {}", "inner-a: {}, front: {}", 1)
			}
			files[x.file] = strings.Replace(files[x.file], x.from, x.to, 1)
			layer := fstest.MapFS{}
			for name, text := range files {
				layer[name] = &fstest.MapFile{Data: []byte(text)}
			}
			delete(layer, "")
			_, found := Read(Layer{Name: "dockerfiles", FS: layer})
			var got []string
			for _, f := range found {
				if slices.Contains([]string{"catalog/wrong-ask", "catalog/wrong-network", "catalog/port-taken"}, f.Rule) {
					folder, _, _ := strings.Cut(strings.TrimPrefix(f.File, "dockerfiles/"), "/")
					got = append(got, strings.TrimPrefix(folder, "_shared")+": "+f.Path+": "+f.Message)
				}
			}
			if diff := cmp.Diff(x.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s\n%v", diff, found)
			}
		})
	}
}
