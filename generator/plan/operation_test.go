package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/catalog"
)

// A provider that is a client of its own secret is begun anew once, and a step that is left with nobody is none.
func TestRestartOnce(t *testing.T) {
	self, clients := catalog.Step{Restart: catalog.Self}, catalog.Step{Restart: catalog.Clients}
	p := &Plan{Services: []*Service{{Definition: &catalog.Definition{Name: "base"}}, {Definition: &catalog.Definition{Name: "shop"}}}}
	for name, c := range map[string]struct {
		steps    []catalog.Step
		mounting []string
		want     []Step
	}{
		"a provider and its clients": {[]catalog.Step{self, clients}, []string{"base", "shop"}, []Step{{Kind: "restart", Services: []string{"base"}}, {Kind: "restart", Services: []string{"shop"}}}},
		"a provider alone":           {[]catalog.Step{self, clients}, []string{"base"}, []Step{{Kind: "restart", Services: []string{"base"}}}},
		"it was stopped and started": {[]catalog.Step{{Stop: catalog.Self}, {Start: catalog.Self}, clients}, []string{"base", "shop"},
			[]Step{{Kind: "stop", Services: []string{"base"}}, {Kind: "start", Services: []string{"base"}}, {Kind: "restart", Services: []string{"shop"}}}},
		"clients alone": {[]catalog.Step{clients}, []string{"base", "shop"}, []Step{{Kind: "restart", Services: []string{"base", "shop"}}}},
	} {
		if diff := cmp.Diff(c.want, p.steps("base", c.steps, c.mounting)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}
