package swarm

import (
	"fmt"
	"slices"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/plan"
)

// room finds networks on which more is to be than they have addresses for: Swarm lets the tasks that get none wait for ever.
func room(p *plan.Plan) diag.List {
	var found diag.List
	for _, n := range p.Networks {
		taken := 1 // the gateway's
		var most *plan.Service
		var nodes []string
		for _, s := range p.Services {
			if s.Role == catalog.RoleImage || !slices.ContainsFunc(s.Networks, func(j plan.Joined) bool { return j.Name == n.Name }) {
				continue
			}
			taken += int(s.Replicas) + 2 // with one that means them all, and one for the next when they are replaced
			nodes = append(nodes, s.Nodes...)
			if most == nil || s.Replicas > most.Replicas {
				most = s
			}
		}
		slices.Sort(nodes)
		nodes = slices.Compact(nodes)
		taken += len(nodes) // each has a load balancer on it
		have := 1<<(32-n.Subnet.Bits()) - 2
		if taken <= have {
			continue
		}
		path, value := "scale."+most.Name, most.Replicas
		if int64(len(nodes)) > most.Replicas {
			path, value = "nodes", int64(len(nodes))
		}
		found.Add(p.Finding("swarm/no-addresses", path, fmt.Sprintf("makes %d, and with all else on the network %s that takes %d addresses of %d", value, n.Name, taken, have),
			"fewer, with more processes in each, or target: kubernetes", "target"))
	}
	return found
}
