package swarm

import (
	"fmt"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
)

// deploy says where and how often a service runs, and how a new release takes the place of the old one.
func (b *builder) deploy(s *plan.Service, from types.ServiceConfig) deploy {
	out := deploy{Replicas: s.Replicas, Labels: map[string]string{"io.owgen.replicas": fmt.Sprint(s.Replicas)}, Placement: b.placement(s), Resources: limits(from)}
	if isJob(s, from) {
		// Once a release: another image, environment or secret is another specification, for which it runs again.
		out.Mode = "replicated-job"
		out.RestartPolicy = restart{Condition: "on-failure", Delay: "5s"}
		return out
	}
	out.RestartPolicy = restart{Condition: "any", Delay: "5s"}
	order := "start-first"
	if b.alone(s) {
		order = "stop-first"
	}
	out.UpdateConfig = &rollout{Parallelism: 1, Order: order, FailureAction: "rollback", Monitor: "15s"}
	out.RollbackConfig = &rollout{Parallelism: 1, Order: order, FailureAction: "pause"}
	if b.followed(s) {
		out.EndpointMode = "dnsrr"
	}
	return out
}

// alone tells of services whose new task cannot start before the old one has ended: they hold a port of the machine, or data, or
// do a thing that must not be done twice.
func (b *builder) alone(s *plan.Service) bool {
	keeps := slices.ContainsFunc(s.Volumes, func(v catalog.Volume) bool { return b.plan.Volume(v.Name).Class == plan.ClassHome && !v.ReadOnly })
	return keeps || len(s.Ports) > 0 || s.Scaling != "stateless"
}

// followed tells of services whose clients route through them: there the address is that of the task, not one that balances.
func (b *builder) followed(s *plan.Service) bool {
	return slices.ContainsFunc(b.plan.Services, func(client *plan.Service) bool {
		return slices.ContainsFunc(client.Intents, func(x *plan.Intent) bool { return x.Route != "" && x.Capability.Service == s.Name })
	})
}

// placement binds a service to the machines that it may run on, by a label that they share.
func (b *builder) placement(s *plan.Service) *placement {
	out := &placement{}
	if label := b.label(s); label != "" {
		out.Constraints = []string{fmt.Sprintf("node.labels.%s == true", label)}
	}
	if len(s.Ports) > 0 {
		out.MaxReplicas = 1
	}
	if out.Constraints == nil && out.MaxReplicas == 0 {
		return nil
	}
	return out
}

// label is that of the machines that a service may run on: its homes, or those of its role. Without a plan of nodes what must not move
// has the one on which it was deployed first, and all else may be anywhere.
func (b *builder) label(s *plan.Service) string {
	home := slices.ContainsFunc(b.plan.Nodes, func(n *plan.Node) bool { return slices.Contains(n.Homes, s.Name) })
	scratch := slices.ContainsFunc(s.Volumes, func(v catalog.Volume) bool { return b.plan.Volume(v.Name).Class != plan.ClassShared })
	prefix := "io.owgen." + b.plan.Project + "."
	switch {
	case home:
		return prefix + "home." + s.Name
	case len(b.plan.Nodes) > 0:
		return prefix + "role." + s.Role
	case s.Role == catalog.RoleData, s.Role == catalog.RoleMail, s.Role == catalog.RoleEdge, scratch:
		return prefix + firstNode
	}
	return ""
}

// firstNode ends the label of the machine on which everything that must not move runs, where no nodes are planned.
const firstNode = "first"

// labels are those of each planned node, by its name.
func (b *builder) labels() map[string][]string {
	out := map[string][]string{}
	for _, s := range b.plan.Services {
		for _, node := range s.Nodes {
			if label := b.label(s); s.Role != catalog.RoleImage && !slices.Contains(out[node], label) {
				out[node] = append(out[node], label)
			}
		}
	}
	return out
}

// limits carries the resources of a container.
func limits(from types.ServiceConfig) resources {
	if from.Deploy == nil {
		return resources{}
	}
	resource := func(r *types.Resource) *resource {
		if r == nil {
			return nil
		}
		out := &resource{Memory: bytes(r.MemoryBytes), Pids: r.Pids}
		if r.NanoCPUs > 0 {
			out.CPUs = fmt.Sprint(r.NanoCPUs.Value())
		}
		return out
	}
	return resources{resource(from.Deploy.Resources.Limits), resource(from.Deploy.Resources.Reservations)}
}

// bytes is a size as people write it.
func bytes(n types.UnitBytes) string {
	switch {
	case n == 0:
		return ""
	case n%(1<<30) == 0:
		return fmt.Sprintf("%dG", n>>30)
	case n%(1<<20) == 0:
		return fmt.Sprintf("%dM", n>>20)
	}
	return fmt.Sprintf("%dB", n)
}
