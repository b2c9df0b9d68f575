package swarm

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/plan"
)

// service writes a service of the project as one of a stack.
func (b *builder) service(s *plan.Service, from types.ServiceConfig) service {
	b.refuseAll(s.Name, from)
	out := service{
		Image: from.Image, Hostname: from.Hostname, Init: from.Init, WorkingDir: from.WorkingDir, StdinOpen: from.StdinOpen, TTY: from.Tty,
		User: from.User, ReadOnly: from.ReadOnly, CapDrop: from.CapDrop, CapAdd: from.CapAdd, Sysctls: from.Sysctls, OOMScore: from.OomScoreAdj,
		DNS: from.DNS, DNSSearch: from.DNSSearch, ExtraHosts: slices.Sorted(slices.Values(from.ExtraHosts.AsList(":"))),
		StopSignal: from.StopSignal, StopGracePeriod: duration(from.StopGracePeriod), Labels: from.Labels,
		Entrypoint: from.Entrypoint, Command: from.Command,
		Environment: environment(from), Healthcheck: healthcheck(from), Deploy: b.deploy(s, from),
	}
	if from.Logging != nil {
		out.Logging = &logging{from.Logging.Driver, from.Logging.Options}
	}
	for name, limit := range from.Ulimits {
		if out.Ulimits == nil {
			out.Ulimits = map[string]ulimit{}
		}
		out.Ulimits[name] = ulimit{cmp.Or(limit.Soft, limit.Single), cmp.Or(limit.Hard, limit.Single)}
	}
	for _, x := range from.Secrets {
		out.Secrets = append(out.Secrets, mounted(x))
	}
	if b.servesFiles(s) {
		out.Environment["FILES_CLIENTS"] = filled("FILES_CLIENTS:?is not set: run ./deploy")
	}
	out.Sysctls = b.noMachine(s, from.Sysctls)
	b.networks(s, from, &out)
	b.ports(s, from, &out)
	b.volumes(s, from, &out)
	b.begin(s, from, &out)
	return out
}

// refuseAll finds what a stack has no place for, at the service and in all that belongs to it.
func (b *builder) refuseAll(name string, from types.ServiceConfig) {
	path := "services." + name
	b.found.Add(refuse("service", path, from)...)
	if from.Deploy != nil {
		b.found.Add(refuse("deploy", path+".deploy", from.Deploy)...)
		b.found.Add(refuse("resource", path+".deploy.resources.limits", from.Deploy.Resources.Limits)...)
		b.found.Add(refuse("resource", path+".deploy.resources.reservations", from.Deploy.Resources.Reservations)...)
	}
	for _, key := range slices.Sorted(maps.Keys(from.Networks)) {
		b.found.Add(refuse("attachment", path+".networks."+key, from.Networks[key])...)
	}
	for i, x := range from.Ports {
		b.found.Add(refuse("port", fmt.Sprintf("%s.ports[%d]", path, i), x)...)
	}
	for i, x := range from.Volumes {
		b.found.Add(refuse("mount", fmt.Sprintf("%s.volumes[%d]", path, i), x)...)
		b.found.Add(refuse("bind", fmt.Sprintf("%s.volumes[%d].bind", path, i), x.Bind)...)
	}
	for _, option := range from.SecurityOpt {
		if option != "no-new-privileges:true" && option != "no-new-privileges" {
			b.refused(path+".security_opt", option+" cannot be said to Swarm", "remove it")
		}
	}
}

// refused reports what cannot be written as a stack.
func (b *builder) refused(path, message, hint string) {
	b.found.Add(diag.Finding{Rule: "swarm/refused", File: bundle.ComposeFile, Path: path, Message: message, Hint: hint})
}

// mounted is how a secret is mounted.
func mounted(x types.ServiceSecretConfig) reference {
	out := reference{Source: x.Source, UID: x.UID, GID: x.GID}
	if x.Target != x.Source && x.Target != "/run/secrets/"+x.Source {
		out.Target = x.Target
	}
	if x.Mode != nil {
		mode := octal(*x.Mode)
		out.Mode = &mode
	}
	return out
}

// environment is the whole of it: what came from files is among it.
func environment(from types.ServiceConfig) map[string]string {
	out := map[string]string{}
	for name, value := range from.Environment {
		if value != nil {
			out[name] = *value
		}
	}
	return out
}

// slowness is how long a probe may take at least: Swarm ends what fails it, and on a machine with too much to do that made one service
// after another start anew, which is still more to do.
const slowness = types.Duration(20 * time.Second)

// recovery is how long a start may take at least. A large database that was not stopped in order takes long to recover, and one that is
// ended meanwhile begins again, for ever. What was healthy once is ended after as many failed probes as ever.
const recovery = types.Duration(10 * time.Minute)

func healthcheck(from types.ServiceConfig) *probe {
	h := from.HealthCheck
	if h == nil {
		return nil
	}
	timeout := slowness
	if h.Timeout != nil {
		timeout = max(timeout, *h.Timeout)
	}
	start := recovery
	if h.StartPeriod != nil {
		start = max(start, 5**h.StartPeriod)
	}
	out := &probe{Test: h.Test, Interval: duration(h.Interval), Timeout: duration(&timeout), StartPeriod: duration(&start),
		StartInterval: duration(h.StartInterval), Disable: h.Disable}
	if h.Retries != nil {
		out.Retries = *h.Retries
	}
	return out
}

func duration(d *types.Duration) string {
	if d == nil {
		return ""
	}
	text := d.String()
	for _, tail := range []string{"m0s", "h0m"} { // 1m0s reads as 1m
		if strings.HasSuffix(text, tail) {
			text = text[:len(text)-2]
		}
	}
	return text
}

func oct(n uint32) string { return strconv.FormatUint(uint64(n), 8) }

// networks attaches the service, under its name and one that means its address on this network alone.
func (b *builder) networks(s *plan.Service, from types.ServiceConfig, out *service) {
	out.Networks = map[string]*attached{}
	switch {
	case from.NetworkMode == "none":
		out.Networks[alone(s.Name)] = nil
		b.isolated = append(b.isolated, alone(s.Name))
	case from.NetworkMode != "":
		b.refused("services."+s.Name+".network_mode", from.NetworkMode+" does not exist in a stack", "give it networks")
	case len(from.Networks) == 0:
		b.refused("services."+s.Name+".networks", "are missing, and it would join a network that nobody asked for", "give it networks")
	}
	for name, x := range from.Networks {
		aliases := []string{onNetwork(s.Name, name)}
		if x != nil {
			aliases = slices.Compact(append(aliases, x.Aliases...))
		}
		out.Networks[name] = &attached{aliases}
	}
}

// alone is the network of a service that shall reach nobody.
func alone(service string) string { return "alone-" + service }

// onNetwork is a service's name on one network alone. With the prefix "tasks." it means the address of a task there, not one
// that balances.
func onNetwork(service, network string) string { return service + "." + network }

// ports are published on the machine where the task runs, so that what comes in keeps its address.
func (b *builder) ports(s *plan.Service, from types.ServiceConfig, out *service) {
	for i, x := range from.Ports {
		published, err := strconv.Atoi(x.Published)
		if err != nil {
			b.refused(fmt.Sprintf("services.%s.ports[%d].published", s.Name, i), x.Published+" is not one port", "publish one port")
		}
		out.Ports = append(out.Ports, port{Target: x.Target, Published: published, Protocol: x.Protocol, Mode: "host"})
	}
	closed, address := map[string][]string{}, map[string]string{} // by setting
	for _, x := range s.Ports {
		if x.Address != "" && x.Address != "0.0.0.0" && x.Address != "::" {
			key := cmp.Or(x.Port.Address, "publish.address")
			if b.plan.Values.String(key) == "" {
				key = "publish.address"
			}
			closed[key], address[key] = append(closed[key], fmt.Sprint(x.Host)), x.Address
		}
	}
	for _, key := range slices.Sorted(maps.Keys(closed)) {
		b.found.Add(b.plan.Finding("swarm/address", key, fmt.Sprintf("is %s, and Swarm publishes ports of %s (%s) on all addresses of a machine", address[key], s.Name, strings.Join(closed[key], ", ")),
			"0.0.0.0, and a firewall on the machine where not everybody may reach it", "target"))
	}
}

// isJob tells of what ends.
func isJob(s *plan.Service, from types.ServiceConfig) bool {
	return s.Role == catalog.RoleJob || from.Restart == types.RestartPolicyNo
}
