package compose

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/render"
	"github.com/owgen/owgen/generator/settings"
)

// project builds the small catalogue of testdata; change may alter the folders before that.
func project(t *testing.T, change func(map[string]map[string][]byte), flags ...string) *Files {
	t.Helper()
	c, found := catalog.Read(catalog.Layer{Name: "testdata", FS: os.DirFS("../../testdata/catalog")})
	schema, _ := settings.NewSchema(c.Settings())
	in, f := profile.Read(profile.Source{Profile: "all", Set: flags,
		Named: fstest.MapFS{"all.yaml": {Data: []byte("services: {store: true, web: true, worker: true}")}}})
	found.Add(f...)
	v, f := schema.Resolve(in.Layers)
	found.Add(f...)
	p, f := plan.Make(c, v)
	found.Add(f...)
	r := render.NewTemplates().For(p, nil)
	builder := Builder{Plan: p, Fragments: map[string][]render.Fragment{}, Folders: map[string]map[string][]byte{}}
	for _, s := range p.Services {
		builder.Folders[s.Name], f = r.Folder(s)
		found.Add(f...)
		builder.Fragments[s.Name], f = r.Fragments(s)
		found.Add(f...)
	}
	if change != nil {
		change(builder.Folders)
	}
	out, f := builder.Build()
	if found.Add(f...); len(found) > 0 {
		t.Fatal(found)
	}
	return out
}

func attribute(t *testing.T, p *Files, path ...string) string {
	t.Helper()
	n := p.Node
	for _, key := range path {
		if n = get(n, key); n == nil {
			t.Fatalf("no %s in\n%s", strings.Join(path, "."), p.Compose)
		}
	}
	out, err := yaml.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func TestServiceIsHardenedAndOrdered(t *testing.T) {
	p := project(t, nil)
	var keys []string
	for i := 0; i < len(get(get(p.Node, "services"), "web").Content); i += 2 {
		keys = append(keys, get(get(p.Node, "services"), "web").Content[i].Value)
	}
	want := []string{"image", "build", "pull_policy", "user", "read_only", "cap_drop", "security_opt", "environment", "secrets", "networks", "ports",
		"depends_on", "healthcheck", "restart", "stop_grace_period", "deploy", "logging", "labels"}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	tests := map[string]string{
		"user":       `"1001:1001"`,
		"read_only":  "true",
		"cap_drop":   "[ALL]",
		"ports":      "- name: https\n  target: 8443\n  published: \"${HTTPS_PORT}\"\n  host_ip: 0.0.0.0\n  protocol: tcp",
		"depends_on": "store:\n    condition: service_healthy\nworker:\n    condition: service_healthy",
		"deploy":     "resources:\n    limits:\n        memory: 256M\n        pids: 100",
		"secrets":    "- source: sql_password",
	}
	for key, text := range tests {
		if diff := cmp.Diff(text, attribute(t, p, "services", "web", key)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", key, diff)
		}
	}
}

func TestExceptionsCarryTheirReason(t *testing.T) {
	text := string(project(t, nil).Compose)
	if !strings.Contains(text, "    # It adds one route.\n    cap_add: [NET_ADMIN]\n") {
		t.Errorf("no commented exception in\n%s", text)
	}
}

func TestEnvHoldsWhatIsReferredTo(t *testing.T) {
	got := string(project(t, nil, "web.greeting=$5 #1").Env)
	want := "# publish.https\nHTTPS_PORT=443\n\n# store.name\nDB_NAME=rows\n\n# web.greeting\nGREETING=\"\\$5 #1\"\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTagFollowsContentAndParents(t *testing.T) {
	image := func(p *Files, name string) string { return attribute(t, p, "services", name, "image") }
	one, same := project(t, nil), project(t, nil)
	own := project(t, func(f map[string]map[string][]byte) { f["web"]["files/x"] = []byte("x") })
	base := project(t, func(f map[string]map[string][]byte) { f["root-image"]["files/x"] = []byte("x") })
	for name, want := range map[string][3]bool{"web": {true, false, false}, "store": {true, true, false}, "root-image": {true, true, false}} {
		got := [3]bool{image(same, name) == image(one, name), image(own, name) == image(one, name), image(base, name) == image(one, name)}
		if got != want {
			t.Errorf("%s: same as before with (nothing, web, the root image) changed: %v, want %v", name, got, want)
		}
	}
	if got := image(one, "web"); !strings.HasPrefix(got, "owgen/web:13-") {
		t.Errorf("image %s", got)
	}
}

func TestFragmentThatIsNoMapping(t *testing.T) {
	for content, want := range map[string]string{
		"- a":         "x: error: must be a mapping of a service's attributes [compose/fragment]",
		"a: [":        "x: error: does not render to YAML: yaml: line 1: did not find expected node content [compose/fragment]\n  hint: quote values with scalar",
		"# nothing\n": "",
		"user: root":  "x: error: user: is not for a fragment to say [compose/fragment]\n  hint: service.yaml says it, for every target; a fragment may have build, command, dns, entrypoint, environment, extra_hosts, hostname, labels, stdin_open, tty, ulimits, working_dir",
	} {
		found := mergeFragment(mapping(), render.Fragment{File: "x", Content: []byte(content)})
		for i := range found {
			found[i].Line = 0
		}
		if diff := cmp.Diff(want, found.Error()); diff != "" {
			t.Errorf("%q (-want +got)\n%s", content, diff)
		}
	}
}

func TestReferences(t *testing.T) {
	got := references("${A} $$B ${C:-x} $D $$${E}")
	if diff := cmp.Diff([]string{"A", "C", "D", "E"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Readers of YAML 1.1 have a type for a lone =, which they cannot make.
func TestLoneEqualSignIsText(t *testing.T) {
	out, err := Encode(pairs("secrets", pairs("tls_key", pairs("file", "="))))
	if err != nil || !strings.Contains(string(out), `file: "="`) {
		t.Errorf("%s (%v)", out, err)
	}
}
