package importer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/catalog"
)

// kinds are made up: what a project is told by is data.
var kinds = []catalog.Kind{{Name: "suite", Services: []string{"store"}, Variables: []string{"STORE"}, Profile: "p"}, {Name: "docker-openwisp", Profile: "q"}}

// Variables are those that the services got, each with its place; later files win, and a service's environment over its files.
func TestComposeProject(t *testing.T) {
	in, found := Read(folder(map[string]string{
		".env": "HOST=h\nCOMPOSE_FILE=docker-compose.yml:more.yml\n",
		"docker-compose.yml": `services:
  store:
    env_file: [store.env, {path: more.env}]
    environment: [A=compose, "FROM_ENV=${HOST}", "DOLLAR=x$$y", ALONE]
    ports: ["${P:-25}:25", "127.0.0.1:2525:26/tcp", 99, {target: 27, published: "2527"}]
volumes: {data: , logs: {}}
`,
		"more.yml":  "services: {store: {environment: {B: more, N: 5, T: true}}, other: }\n",
		"store.env": "A=file\nB=file\nC='q$r'\nD=${HOST}\n",
		"more.env":  "C=later\n",
	}), Options{Kinds: kinds})
	if found.Err() != nil {
		t.Fatal(found)
	}
	want := map[string]string{"HOST": "h", "COMPOSE_FILE": "docker-compose.yml:more.yml", "services.store": "on", "services.other": "on", "store.A": "compose", "store.B": "more",
		"store.C": "later", "store.D": "h", "store.N": "5", "store.T": "true", "store.DOLLAR": "x$y", "store.ports.26": "127.0.0.1:2525", "store.ports.27": "2527", "volumes.data": "", "volumes.logs": ""}
	if diff := cmp.Diff(want, scalars(in)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if v := in.variable("store.B"); v.File != "more.yml" || v.Line != 1 {
		t.Errorf("store.B is at %s:%d", v.File, v.Line)
	}
	if v := in.variable("store.C"); v.File != "more.env" || v.Line != 1 {
		t.Errorf("store.C is at %s:%d", v.File, v.Line)
	}
	if in.Kind != "suite" || in.Profile(kinds) != "p" {
		t.Errorf("%s, %s", in.Kind, in.Profile(kinds))
	}
	if diff := cmp.Diff([]string{"import/dollar"}, rules(in.Findings)); diff != "" { // store.D
		t.Errorf("findings (-want +got)\n%s", diff)
	}
}

func TestKindOf(t *testing.T) {
	tests := []struct{ env, compose, want, err string }{
		{"A=1\n", "services: {store: {}}", "suite", ""},
		{"A=1\n", "services: {dashboard: {}}", "docker-openwisp", ""},
		{"A=1\n", "services: [store]", "docker-openwisp", ""},
		{"A=1\nSTORE=\n", "", "suite", ""},
		{"#STORE=\nSTORES=1\n", "", "docker-openwisp", ""},
		{"A=1\n", "services: [", "docker-openwisp", ""},
		{"A=1\n", "", "docker-openwisp", ""},
		{"", "services: {store: {}}", "", "is not there, and without it"},
		{"", "services: {dashboard: {}}", "", "is neither"},
	}
	for _, test := range tests {
		files := map[string]string{"docker-compose.yml": test.compose}
		if test.env != "" {
			files[".env"] = test.env
		}
		in, found := Read(folder(files), Options{Kinds: kinds})
		got := ""
		if in != nil {
			got = in.Kind
		}
		if got != test.want || test.err == "" && found.Err() != nil || !strings.Contains(found.Error(), test.err) {
			t.Errorf("%q with %q: %q, %v", test.env, test.compose, got, found)
		}
	}
}

// What somebody sends as an installation must not take more than it is worth.
func TestHostileComposeProject(t *testing.T) {
	many := strings.Repeat("a.yml:b.yml:", 50_000)
	grown := "A0=" + strings.Repeat("x", 20) + "\n"
	for i := range 40 {
		grown += fmt.Sprintf("A%d=${A%d}${A%d}\n", i+1, i, i)
	}
	store := "services: {store: {env_file: s.env}}\n"
	tests := map[string]map[string]string{
		"many files":      {".env": "COMPOSE_FILE=" + many, "docker-compose.yml": store, "a.yml": strings.Repeat("a: 1\n", 1)},
		"values grow":     {".env": "A=1\n", "docker-compose.yml": store, "s.env": grown},
		"aliases":         {".env": "A=1\n", "docker-compose.yml": "services: {store: &s {environment: [A=1]}, b: *s}\n"},
		"in itself":       {".env": "A=1\n", "docker-compose.yml": "services: &s {store: *s}\n"},
		"a list":          {".env": "A=1\n", "docker-compose.yml": "services: {store: [1], b: 2, c: {environment: 1, ports: {a: 1}, env_file: {a: [b]}}}\nvolumes: [a]\n"},
		"out of the tree": {".env": "COMPOSE_FILE=/etc/passwd:../x:docker-compose.yml\n", "docker-compose.yml": "services: {store: {env_file: [/etc/passwd, ../../x]}}\n"},
	}
	for name, files := range tests {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			in, _ := Read(folder(files), Options{Kinds: kinds})
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if in != nil {
				for _, v := range in.Variables {
					if len(v.Value.Value) > mostEnvironment {
						t.Errorf("%s has %d bytes", v.Name, len(v.Value.Value))
					}
				}
			}
		})
	}
}
