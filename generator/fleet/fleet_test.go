package fleet

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/profile"
)

const good = `version: 1
extends: ./campus.yaml
values: &common
  timezone: Europe/Rome
sites:
  north: &north
    domain: north.example.org # its address
    lists: [&a one, *a]

  # far away
  south: *north
  east:
`

func TestRead(t *testing.T) {
	inv, found := Read("inventories/fleet.yaml", []byte(good))
	if len(found) > 0 || inv.Broken() > 0 {
		t.Fatal(found, inv.Sites)
	}
	var got []string
	for _, s := range inv.Sites {
		source := inv.Source(profile.Source{Set: []string{"a=b"}}, &s)
		line := fmt.Sprintf("%s:%d %s %v", s.Name, s.Line, source.Profile, source.Set)
		for _, given := range source.Given {
			text, err := yaml.Marshal(given.Values)
			if err != nil {
				t.Fatal(err)
			}
			line += " " + given.File + " " + strings.ReplaceAll(string(text), "\n", "|")
		}
		got = append(got, line)
	}
	const common = " inventories/campus.yaml [a=b] inventories/fleet.yaml timezone: Europe/Rome|"
	const own = " inventories/fleet.yaml domain: north.example.org # its address|lists: [one, one]|"
	if diff := cmp.Diff([]string{"north:6" + common + own, "south:11" + common + own, "east:12" + common}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWrongInventories(t *testing.T) {
	tests := map[string]string{
		"":                                     "f:1: error: is empty [fleet/empty]",
		"- a":                                  "f:1: error: must be a mapping with a profile and sites [fleet/not-a-mapping]",
		"a: [":                                 "f:1: error: is not YAML: did not find expected node content [fleet/not-yaml]",
		"profile: p":                           "f:1: error: sites: is missing, or empty [fleet/no-sites]",
		"profile: p\nsites: {}":                "f:1: error: sites: is missing, or empty [fleet/no-sites]",
		"sites: {a: }":                         "f:1: error: profile: is missing [fleet/no-profile]",
		"profile: p\nsites: [a]":               "f:2: error: sites: must be a mapping of the sites' names to their settings [fleet/sites]",
		"profile: p\nextends: q\nsites: {a: }": "f:2: error: extends: the profile is named in line 1 already [fleet/profile]",
		"profile: [p]\nsites: {a: }":           "f:1: error: profile: must be the name of a profile, or a file [fleet/profile]",
		"version: 2\nprofile: p\nsites: {a: }": "f:1: error: version: must be 1 [fleet/version]",
		"profile: p\nsites: {a: }\nsite: {}":   "f:3: error: site: is no part of an inventory [fleet/unknown-key]",
		"profile: p\nsites: {a: }\nsites: {}":  "f:3: error: sites: stands in line 2 as well [fleet/twice]",
		"profile: p\nvalues: 3\nsites: {a: }":  "f:2: error: values: must be a mapping of settings [fleet/not-a-mapping]",
		"profile: p\nsites: {a: }\n---\nb: c":  "f:3: error: begins a second YAML document [fleet/not-yaml]",
		"profile: p\nsites:\n\ta: {}":          "f:3: error: is indented with a tab [fleet/not-yaml]",
		"<<<<<<< mine\nprofile: p":             "f:1: error: is a conflict that git could not merge [fleet/not-yaml]",
	}
	for text, want := range tests {
		_, found := Read("f", []byte(text))
		if len(found) != 1 {
			t.Errorf("%q: %v", text, found)
			continue
		}
		if got, _, _ := strings.Cut(found[0].String(), "\n"); got != want {
			t.Errorf("%q\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestWrongSites(t *testing.T) {
	tests := map[string]string{ // what stands below sites, with a good site around it
		"../a: {}":              "sites.../a: must consist of",
		".a: {}":                "sites..a: must begin with",
		"a.: {}":                "sites.a.: must begin with",
		"-a: {}":                "sites.-a: must begin with",
		"NUL.b: {}":             "sites.NUL.b: is the name of a device",
		"ä: {}":                 "sites.ä: must consist of",
		"'': {}":                "sites.: must consist of",
		"[a]: {}":               "must consist of",
		"a: text":               "sites.a: must be a mapping of settings",
		"a: &x {b: *x}":         "sites.a: its aliases refer to themselves",
		"a: {b: c}\n  A: {}":    "has the name of the site in line 4",
		"a: {b: c}\n  a: {b: }": "has the name of the site in line 4",
	}
	for text, want := range tests {
		inv, found := Read("f", []byte("profile: p\nsites:\n  good: {}\n  "+text))
		if len(found) > 0 {
			t.Errorf("%q: %v", text, found)
			continue
		}
		if len(inv.Sites[0].Wrong) > 0 || inv.Broken() != len(inv.Sites)-1 {
			t.Errorf("%q: %+v", text, inv.Sites)
		}
		last := inv.Sites[len(inv.Sites)-1]
		if first := last.Wrong[0]; !strings.Contains(first.String(), want) || first.Line != last.Line {
			t.Errorf("%q: %s", text, first)
		}
	}
}

// Two sites of one domain are said, with the lines of both; one that has none of its own has that of all.
func TestSameDomain(t *testing.T) {
	for text, want := range map[string][]string{
		"sites:\n  a: {domain: a.example.org}\n  b: {domain: b.example.org}\n  c: {}\n  d: {}": nil,
		"sites:\n  a: {domain: a.example.org}\n  b:\n    domain: A.example.org\n  c: {domain: a.example.org}": {
			"f:5: warning: sites.b.domain: is A.example.org, which the site a in line 3 has as well [fleet/same-domain]",
			"f:6: warning: sites.c.domain: is a.example.org, which the site a in line 3 has as well [fleet/same-domain]"},
		"values: {domain: example.org}\nsites:\n  a: {domain: a.example.org}\n  b: {}\n  c: {}": {
			"f:6: warning: sites.c.domain: is example.org, which the site b in line 5 has as well [fleet/same-domain]"},
	} {
		inv, found := Read("f", []byte("profile: p\n"+text))
		var got []string
		for _, s := range inv.Sites {
			found.Add(s.Wrong...)
			for _, f := range s.Odd {
				line, _, _ := strings.Cut(f.String(), "\n")
				got = append(got, line)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || len(found) > 0 {
			t.Errorf("%s: %v %s", text, found, diff)
		}
	}
}

func TestLocate(t *testing.T) {
	inv, _ := Read("f", []byte("profile: p\nvalues: {c: 1}\nsites:\n  a: {b: c}\n"))
	found := inv.Locate(&inv.Sites[0], diag.List{
		{File: "f", Line: 2, Path: "c", Message: "common"},
		{Path: "plan", Message: "no file"},
		{File: "compose.yml", Line: 9, Path: "services", Message: "elsewhere"},
		{Message: "nothing"},
	})
	found.Add(inv.Locate(nil, diag.List{{Path: "p", Message: "unknown"}, {File: "x", Line: 3, Path: "y", Message: "of the profile"}})...)
	want := []string{
		"f:2: error: sites.a.c: common",
		"f:4: error: sites.a.plan: no file",
		"f:4: error: sites.a: compose.yml:9: services: elsewhere",
		"f:4: error: sites.a: nothing",
		"f:1: error: p: unknown",
		"x:3: error: y: of the profile",
	}
	for i, f := range found {
		if f.String() != want[i] {
			t.Errorf("got %s, want %s", f, want[i])
		}
	}
}

func TestEachStopsWithTheContext(t *testing.T) {
	sites := make([]Site, 1000)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var begun atomic.Int32
	done := 0
	Each(ctx, sites, 4, func(*Site) bool { return begun.Add(1) > 0 }, func(_ *Site, ok bool) {
		if done++; ok && done == 10 {
			cancel()
		}
	})
	if n := int(begun.Load()); n != done || n < 10 || n > 20 {
		t.Errorf("%d begun, %d done", n, done)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("profile: p\nsites:\n  a: &x [*x]\n  b: {<<: *x}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		inv, found := Read("f", data)
		for _, s := range inv.Sites {
			if found.Err() == nil && len(s.Wrong) == 0 && checkName(s.Name) != "" {
				t.Errorf("%q can be made", s.Name)
			}
			found.Add(s.Wrong...)
		}
		for _, x := range found {
			if x.Line == 0 || x.File == "" || x.Message == "" {
				t.Errorf("%+v has no place", x)
			}
		}
	})
}
