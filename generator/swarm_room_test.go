package generator

import (
	"fmt"
	"strings"
	"testing"
)

// A network of the stack has so many addresses, of tasks, of services and of machines: more is refused, since tasks that get none wait for ever.
func TestSwarmHasAnAddressForEachTask(t *testing.T) {
	many := func(machines int) string {
		nodes := []string{"data-1: {roles: [data, edge]}"}
		for i := range machines {
			nodes = append(nodes, fmt.Sprintf("app-%d: {roles: [app, worker]}", i))
		}
		return "nodes={" + strings.Join(nodes, ", ") + "}"
	}
	for name, c := range map[string]struct {
		set  []string
		want string
	}{
		"many tasks":        {[]string{"scale.api=100", "scale.celery=80"}, ""},
		"too many tasks":    {[]string{"scale.api=150", "scale.celery=100"}, "scale.api: makes 150, and with all else on the network data that takes "},
		"many machines":     {[]string{many(100)}, ""},
		"too many machines": {[]string{many(250)}, "nodes: makes 251, and with all else on the network data that takes "},
	} {
		t.Run(name, func(t *testing.T) {
			_, found := Generate(t.Context(), request("multi-node", append([]string{"domain=example.org", "images.registry=registry.example.org/openwisp"}, c.set...)...))
			got := ""
			for _, f := range found {
				if f.Rule == "swarm/no-addresses" && strings.Contains(f.Message, "network data ") {
					got = f.Path + ": " + f.Message
				}
			}
			if c.want == "" && found.Err() != nil || !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
				t.Errorf("%q, and not %q: %v", got, c.want, found)
			}
		})
	}
}
