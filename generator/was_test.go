package generator

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/settings"
)

// Each variable of docker-openwisp is a setting, a secret, or dropped with a reason in docs/settings.md.
func TestEveryVariableHasItsPlace(t *testing.T) {
	c, found := catalog.Read(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	place := map[string]string{"OPENWISP_<NAME>": "openwisp.settings"}
	for _, d := range c.Settings() {
		for _, name := range d.Replaces[replaces.Docker].Names() {
			place[name] = d.Key
		}
		if d.Description == "" || d.Since == "" {
			t.Errorf("%s: %s has no description or no since", d.File, d.Key)
		}
	}
	for _, s := range c.Services {
		for _, x := range s.Secrets {
			for _, name := range x.Replaces[replaces.Docker].Names() {
				place[name] = "secret " + x.Name
			}
			if x.Description == "" {
				t.Errorf("%s: the secret %s has no description", s.Name, x.Name)
			}
		}
	}
	dropped := map[string]bool{}
	for _, d := range c.Dropped["docker-openwisp"] {
		for _, name := range d.Names {
			dropped[name] = true
		}
	}
	names, err := os.ReadFile("../testdata/docker-openwisp-variables.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(string(names)) {
		if (place[name] == "") != dropped[name] {
			t.Errorf("%s must be a setting (it is %q), a secret, or dropped with a reason (it is: %v)", name, place[name], dropped[name])
		}
	}
}

// docs/settings.md has the variables that were dropped, and the same reasons.
func TestPageOfDroppedVariables(t *testing.T) {
	c, _ := catalog.Read(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	page, err := os.ReadFile("../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	for kind, list := range c.Dropped {
		table := "## Dropped from " + kind + "\n"
		_, rest, _ := strings.Cut(string(page), table)
		rest, _, _ = strings.Cut(rest, "\n## ")
		var got, want []string
		for line := range strings.Lines(rest) {
			if strings.HasPrefix(line, "| `") {
				got = append(got, strings.TrimSpace(line))
			}
		}
		for _, d := range list {
			want = append(want, "| `"+strings.Join(d.Names, "`, `")+"` | "+d.Reason+" |")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-dropped.yaml +docs/settings.md)\n%s", kind, diff)
		}
	}
}

// Every default is right, every env is unique, and every volume has an owner who says what is in it.
func TestCatalogueIsComplete(t *testing.T) {
	c, _ := catalog.Read(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if _, err := Defaults(c); err != nil {
		t.Error(err)
	}
	names, owners := map[string]string{}, map[string]bool{}
	schema, _ := settings.NewSchema(c.Settings())
	for _, d := range c.Settings() {
		if d.Pattern != "" && d.Form == "" {
			t.Errorf("%s has a pattern, and no form that says it in words", d.Key)
		}
		if d.Needs != "" && schema.Lookup(d.Needs) == nil {
			t.Errorf("%s needs %s, which is no setting", d.Key, d.Needs)
		}
		if other := names[d.Env]; d.Env != "" && other != "" {
			t.Errorf("%s and %s are both %s in .env", d.Key, other, d.Env)
		}
		names[d.Env] = d.Key
	}
	for _, s := range c.Services {
		for _, v := range s.Volumes {
			owners[v.Name] = owners[v.Name] || v.Contains != ""
		}
	}
	for name, owned := range owners {
		if !owned {
			t.Errorf("no service says what the volume %s contains", name)
		}
	}
}

// Each service folder has its README.
func TestFoldersAreComplete(t *testing.T) {
	entries, err := os.ReadDir("../dockerfiles")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() || e.Name() == catalog.Shared || e.Name() == "_import" {
			continue
		}
		for _, name := range []string{"service.yaml", "Dockerfile.tmpl", "README.md"} {
			if _, err := os.Stat("../dockerfiles/" + e.Name() + "/" + name); err != nil {
				t.Errorf("%s has no %s", e.Name(), name)
			}
		}
	}
}
