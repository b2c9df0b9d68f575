package docker

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
)

func TestCommand(t *testing.T) {
	for want, step := range map[string]plan.Step{
		"docker compose exec -T -u postgres db pg_dump x > backup/db.dump": {Kind: "exec", User: "postgres", Services: []string{"db"}, Command: []string{"pg_dump", "x"}, To: "db.dump"},
		"docker compose run --rm --no-deps -T web restore < backup/web":    {Kind: "run", Services: []string{"web"}, Command: []string{"restore"}, From: "web"},
		"docker compose stop a b":       {Kind: "stop", Services: []string{"a", "b"}},
		"docker compose up -d --wait a": {Kind: "start", Services: []string{"a"}},
		"docker compose restart a":      {Kind: "restart", Services: []string{"a"}},
	} {
		if diff := cmp.Diff(want, Target{}.Command(step)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

// A provider is trusted by its address, clients by their network; one that asks through the edge by its address, or by the network
// that is its own. Where there is no address, that is said.
func TestResolve(t *testing.T) {
	inner := netip.MustParsePrefix("172.28.8.0/24")
	provider := plan.Capability{Address: "172.28.4.250", Subnet: "172.28.4.0/24"}
	intents := []*plan.Intent{
		{Intent: catalog.Intent{Name: "route", Route: "10.8.0.0/24"}, Capability: provider},
		{Intent: catalog.Intent{Name: "provider", Trust: catalog.TrustProvider}, Capability: provider},
		{Intent: catalog.Intent{Name: "clients", Trust: catalog.TrustClients}, Capability: provider},
		{Intent: catalog.Intent{Name: "serve", Serve: catalog.TrustClients}, Capability: provider},
		{Intent: catalog.Intent{Name: "nowhere", Trust: catalog.TrustProvider, Of: "x"}},
	}
	services := []*plan.Service{
		{Definition: &catalog.Definition{Name: "a"}, Intents: intents, Networks: []plan.Joined{{Name: "inner", Address: netip.MustParseAddr("172.28.8.251")}}},
		{Definition: &catalog.Definition{Name: "b"}, Networks: []plan.Joined{{Name: "inner"}}},
	}
	p := &plan.Plan{Services: services, Networks: []plan.Network{{Network: catalog.Network{Name: "inner"}, Subnet: inner}},
		Askers: []*plan.Asker{{Service: "a", Network: "inner"}, {Service: "b", Network: "inner"}}}
	found := Target{}.Resolve(p)
	if len(found) != 1 || found[0].Message != "nowhere is about x, whose provider has no fixed address" {
		t.Error(found)
	}
	got := map[string][]string{}
	for _, x := range intents {
		got[x.Name] = x.Addresses
	}
	for _, a := range p.Askers {
		got[a.Service] = a.Addresses
	}
	want := map[string][]string{"route": {"172.28.4.250"}, "provider": {"172.28.4.250"}, "clients": {"172.28.4.0/24"}, "serve": {"172.28.4.0/24"}, "nowhere": nil,
		"a": {"172.28.8.251"}, "b": {"172.28.8.0/24"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
