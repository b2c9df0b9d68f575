package generator

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/profile"
)

// What is as it would be anyhow is left out, also where it follows from another choice.
func TestMinimal(t *testing.T) {
	in := request("single-server")
	p, found := Prepare(in.Catalog...)
	if found.Err() != nil {
		t.Fatal(found)
	}
	text, kept, found := p.Minimal(in.Source, []profile.Choice{
		{Key: "domain", Value: "example.org", Comment: "From DASHBOARD_DOMAIN."},
		{Key: "hosts.dashboard", Value: "dashboard.example.org"},
		{Key: "hosts.api", Value: "rest.example.org"},
		{Key: "timezone", Value: "UTC"},
		{Key: "publish.https", Value: int64(8443)},
		{Key: "nginx.http2", Value: true},
		{Key: "openwisp.settings", Value: map[string]any{"B": "0123", "A": []any{int64(1), true}}},
	})
	if found.Err() != nil {
		t.Fatal(found)
	}
	want := "# The input of this bundle. `owgen generate` in this folder repeats it; change it and run that again.\n" +
		"# `owgen list settings` shows what can be set.\n" + `version: 1
extends: single-server

# Domain below which the public host names lie. Private domains work, and so does an IP address, which
# all public names are then; mail needs names of its own. Default: openwisp.localhost. From
# DASHBOARD_DOMAIN.
domain: example.org

hosts:
  # Public host name, or IP address, of the API for devices and scripts. It may be the dashboard's.
  # Default: api.example.org.
  api: rest.example.org

publish:
  # Published HTTPS port. If it is not 443, it becomes part of every public address. Default: 443.
  https: 8443

openwisp:
  # Any Django or OpenWISP settings by name, such as OPENWISP_CONTROLLER_MANAGEMENT_IP_ONLY: false. What
  # needs Python goes into custom/django/*.py, which comes after this.
  settings:
    A:
      - 1
      - true
    B: "0123"
`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(kept) != 4 {
		t.Errorf("%d choices are kept", len(kept))
	}
	again := in.Source
	again.Profile = "owgen.yaml"
	again.ReadFile = func(string) ([]byte, error) { return text, nil }
	_, values, found := p.Resolve(again)
	if found.Err() != nil || values.String("hosts.api") != "rest.example.org" || values.Int("publish.https") != 8443 {
		t.Errorf("does not read back: %v", found)
	}
}

func TestMinimalReportsWrongChoices(t *testing.T) {
	in := request("single-server")
	p, _ := Prepare(in.Catalog...)
	_, _, found := p.Minimal(in.Source, []profile.Choice{{Key: "publish.https", Value: "many"}, {Key: "domian", Value: "x"}})
	if len(found.Errors()) != 2 {
		t.Errorf("found %v", found)
	}
}
