package kubernetes

import (
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
)

// What a fragment says in Compose's words alone is found; what has a place here, says nothing, or means nothing to an engine, is not.
func TestKeysOfComposeAlone(t *testing.T) {
	web := &plan.Service{Definition: &catalog.Definition{Name: "web", Role: catalog.RoleApp}}
	base := &plan.Service{Definition: &catalog.Definition{Name: "base", Role: catalog.RoleImage}}
	var said types.ServiceConfig
	said.Name, said.Image, said.ReadOnly, said.Links = "web", "i", true, []string{}
	said.Extensions = types.Extensions{"x-mine": 1}
	said.Privileged, said.ExtraHosts = true, types.HostsList{"a": {"127.0.0.1"}}
	b := builder{layout: &layout{plan: &plan.Plan{Services: []*plan.Service{web, base}}},
		project: &types.Project{Services: types.Services{"web": said, "base": said}}}
	var keys []string
	for _, f := range b.checkKeys() {
		keys = append(keys, f.Rule+" "+f.Path)
	}
	if diff := cmp.Diff([]string{"kubernetes/unknown-key extra_hosts", "kubernetes/unknown-key privileged"}, keys); diff != "" {
		t.Error(diff)
	}
}
