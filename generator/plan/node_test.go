package plan

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/settings"
)

// planFile plans the small catalogue for what somebody wrote into a file.
func planFile(t *testing.T, text string) (*Plan, []string) {
	t.Helper()
	c, found := catalog.Read(catalog.Layer{Name: "testdata", FS: os.DirFS("../../testdata/catalog")})
	schema, f := settings.NewSchema(c.Settings())
	found.Add(f...)
	in, f := profile.Read(profile.Source{Profile: "mine.yaml", ReadFile: func(string) ([]byte, error) { return []byte(text), nil },
		Named: fstest.MapFS{"all.yaml": {Data: []byte("services: {store: true, web: true, worker: true, prepare: true}")}}})
	found.Add(f...)
	v, f := schema.Resolve(in.Layers)
	if found.Add(f...); len(found) > 0 {
		t.Fatal(found)
	}
	p, found := Make(c, v)
	var out []string
	for _, f := range found {
		line := fmt.Sprintf("%d %s %s: %s", f.Line, f.Rule, f.Path, f.Message)
		if near, _, ok := strings.Cut(f.Hint, "? "); ok {
			line += "; " + near + "?"
		}
		out = append(out, line)
	}
	return p, out
}

// What cannot be is refused at its line, with the reason; what can be is not.
func TestNodes(t *testing.T) {
	const begin = "extends: all\ntarget: swarm\nstorage: {mode: nfs}\n"
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"all that runs has a place":   {begin + "nodes: {a: {roles: [data]}, b: {roles: [app, worker]}, c: {roles: app}}\nscale: {web: 2}\n", nil},
		"workers go where the app is": {begin + "nodes: {a: {roles: [data, app]}}\n", nil},
		"no nodes":                    {begin, nil},
		"nodes of one machine": {"extends: all\nnodes: {a: {roles: [data, app]}}\n",
			[]string{"2 plan/nodes-of-one nodes: is set, and target is compose, which knows one machine"}},
		"data on two machines": {begin + "nodes: {a: {roles: [data, app]}, b: {roles: [data]}}\n",
			[]string{"4 plan/no-home nodes.a: store may run on a and b, and its data (store_data) lie on one machine"}},
		"data with a home": {begin + "nodes: {a: {roles: [data, app], services: [store]}, b: {roles: [app]}}\n", nil},
		"two of what keeps data": {begin + "nodes: {a: {roles: [data, app]}}\nscale: {store: 2}\n",
			[]string{"5 plan/too-many-replicas scale.store: is 2, and store keeps what it knows to itself, so that two would contradict each other"}},
		"a port twice on one machine": {begin + "nodes: {a: {roles: [data, app]}}\nscale: {web: 2}\n",
			[]string{"5 plan/port-taken scale.web: is 2, and each of them needs port 443 of a machine of its own"}},
		"nobody for a role": {begin + "nodes: {a: {roles: [data]}}\n",
			[]string{"4 plan/no-node nodes: no node has the role app, which is that of web", "4 plan/no-node nodes: no node has the role worker, which is that of worker"}},
		"a node without work": {begin + "nodes: {a: {roles: [data, app]}, b: {roles: [mail]}}\n",
			[]string{"4 plan/idle-node nodes.b: has nothing to run: no service has one of its roles"}},
		"an unknown role": {begin + "nodes: {a: {roles: [data, app, boss]}}\n", []string{`4 plan/wrong-node nodes.a: has the unknown role "boss"`}},
		"a mistyped role of what then has no place": {begin + "nodes: {a: {roles: [data]}, b: {roles: [wroker, ap]}}\nscale: {web: 2}\n",
			[]string{`4 plan/wrong-node nodes.b: has the unknown role "wroker"; did you mean worker?`, `4 plan/wrong-node nodes.b: has the unknown role "ap"; did you mean app?`}},
		"a mistyped home":                    {begin + "nodes: {a: {services: [stores]}, b: {roles: [app]}}\n", []string{"4 plan/wrong-node nodes.a: is the home of stores, which does not run; did you mean store?"}},
		"a mistyped field":                   {begin + "nodes: {a: {role: [data]}, b: {roles: [app]}}\n", []string{"4 plan/wrong-node nodes.a: has the unknown field role; did you mean roles?"}},
		"nothing said":                       {begin + "nodes: {a: , b: {roles: [app]}}\n", []string{"4 plan/wrong-node nodes.a: says nothing of what it is for"}},
		"an unknown field":                   {begin + "nodes: {a: {roles: [data, app], size: 2}}\n", []string{"4 plan/wrong-node nodes.a: has the unknown field size"}},
		"a wrong address":                    {begin + "nodes: {a: {roles: [data, app], address: here}}\n", []string{"4 plan/wrong-node nodes.a: has the address \"here\", which is none"}},
		"each at its line":                   {begin + "nodes:\n  a: {roles: [data, app]}\n  b:\n    roles: [chef]\n", []string{`6 plan/wrong-node nodes.b: has the unknown role "chef"`}},
		"a storage class on Swarm":           {"extends: all\ntarget: swarm\nstorage: {mode: class}\n", []string{"3 plan/no-shared-storage storage.mode: is class, and target is swarm, which has no storage classes"}},
		"shared storage of a single machine": {"extends: all\nstorage: {mode: nfs}\n", []string{"2 plan/no-shared-storage storage.mode: is nfs, and target is compose, which knows one machine: volumes lie there"}},
		"a home of nobody": {begin + "nodes: {a: {roles: [data, app], services: [ghost]}}\n",
			[]string{"4 plan/wrong-node nodes.a: is the home of ghost, which does not run"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, got := planFile(t, c.text)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A service is on the machines of its role, or at its home and nowhere else.
func TestPlaces(t *testing.T) {
	p, found := planFile(t, "extends: all\ntarget: swarm\nstorage: {mode: nfs}\nnodes: {a: {roles: [data]}, b: {roles: [app]}, c: {roles: [app], services: [worker]}}\nscale: {web: 2}\n")
	if found != nil {
		t.Fatal(found)
	}
	got := map[string][]string{}
	for _, n := range p.Nodes {
		got[n.Name] = n.Services
	}
	if diff := cmp.Diff(map[string][]string{"a": {"store"}, "b": {"web"}, "c": {"web", "worker"}}, got); diff != "" {
		t.Error(diff)
	}
	if n := p.Service("web").Replicas; n != 2 {
		t.Errorf("%d replicas", n)
	}
}
