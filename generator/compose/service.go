package compose

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/secret"
)

// service builds a service from what its folder declares, hardened by default.
func (b Builder) service(s *plan.Service) *yaml.Node {
	node := mapping()
	add(node, "build", buildSection(s))
	add(node, "pull_policy", plain("never"))
	add(node, "user", quoted(b.user()))
	add(node, "read_only", plain("true"))
	add(node, "cap_drop", sequence("ALL"))
	add(node, "security_opt", sequence("no-new-privileges:true"))
	if isImage(s) {
		scale := plain("0")
		addCommented(node, "scale", "Built for the images below, never started by itself.", scale)
		add(node, "network_mode", plain("none"))
		return node
	}
	if s.Replicas > 1 && b.Plan.Target() == plan.TargetCompose { // elsewhere the target says it: this is one container
		add(node, "scale", plain(fmt.Sprint(s.Replicas)))
	}
	b.jobs(node, s)
	b.limits(node, s)
	b.exceptions(node, s)
	b.mounts(node, s)
	b.connections(node, s)
	if len(s.DependsOn) > 0 {
		add(node, "depends_on", dependencies(s))
	}
	if s.Probe != nil {
		add(node, "healthcheck", probe(s.Probe))
	}
	restart := "unless-stopped"
	if s.Role == catalog.RoleJob {
		restart = "no"
	}
	add(node, "restart", quoted(restart))
	if s.Stop.Signal != "" {
		add(node, "stop_signal", plain(s.Stop.Signal))
	}
	grace := s.Stop.Grace
	if grace == "" {
		grace = "10s"
	}
	add(node, "stop_grace_period", plain(grace))
	add(node, "labels", pairs("io.owgen.service", s.Name, "io.owgen.role", s.Role))
	return node
}

func buildSection(s *plan.Service) *yaml.Node {
	build := pairs("context", "./dockerfiles/"+s.Name)
	contexts := mapping()
	for _, name := range append([]string{s.Image.From}, s.Copies...) {
		if name != "" {
			add(contexts, name, quoted("service:"+name))
		}
	}
	if len(contexts.Content) > 0 {
		add(build, "additional_contexts", contexts)
	}
	if len(s.BuildReads) > 0 {
		add(build, "secrets", sequence(s.BuildReads...))
	}
	return build
}

// limits bound memory, processes and logs.
func (b Builder) limits(node *yaml.Node, s *plan.Service) {
	v := b.Plan.Values
	limits := mapping()
	if memory := v.String("resources." + s.Name + ".memory"); memory != "" {
		add(limits, "memory", plain(memory))
	}
	if cpus := v.String("resources." + s.Name + ".cpus"); cpus != "0" {
		add(limits, "cpus", quoted(cpus))
	}
	if pids := v.Int("resources." + s.Name + ".pids"); pids > 0 {
		add(limits, "pids", plain(fmt.Sprint(pids)))
	}
	add(node, "deploy", pairs("resources", pairs("limits", limits)))
	options := mapping()
	add(options, "max-size", quoted(strings.ToLower(v.String("logging.max_size"))))
	add(options, "max-file", quoted(v.String("logging.max_files")))
	add(node, "logging", pairs("driver", "json-file", "options", options))
}

// mounts are secrets, volumes, the user's folders, and tmpfs for everything else that is written.
func (b Builder) mounts(node *yaml.Node, s *plan.Service) {
	var secrets, volumes []*yaml.Node
	for _, x := range s.Secrets {
		secrets = append(secrets, pairs("source", x.Name))
		if folder, _ := x.Renewal(); folder != "" {
			volumes = append(volumes, pairs("type", "bind", "source", dollars(folder), "target", secret.RenewedPath+"/"+x.Name, "read_only", plain("true")))
		}
	}
	for _, v := range s.Volumes {
		mount := pairs("type", "volume", "source", v.Name, "target", v.Path)
		if v.ReadOnly {
			add(mount, "read_only", plain("true"))
		}
		volumes = append(volumes, mount)
	}
	for _, b := range s.Binds {
		volumes = append(volumes, pairs("type", "bind", "source", "./"+b.Source, "target", b.Path, "read_only", plain("true")))
	}
	addList(node, "secrets", secrets)
	addList(node, "volumes", volumes)
	b.memory(node, s)
}

// connections are networks and published ports.
func (b Builder) connections(node *yaml.Node, s *plan.Service) {
	if len(s.Networks) == 0 {
		addCommented(node, "network_mode", "Reaches nobody, and nobody reaches it.", plain("none"))
	} else {
		networks := mapping()
		for _, n := range s.Networks {
			attachment := flow(mapping())
			if n.Address.IsValid() {
				attachment = pairs("ipv4_address", n.Address.String())
			}
			if n.Alias != "" {
				attachment.Style = 0
				addList(attachment, "aliases", []*yaml.Node{quoted(n.Alias)})
			}
			add(networks, n.Name, attachment)
		}
		add(node, "networks", networks)
	}
	var ports []*yaml.Node
	for _, p := range s.Ports {
		published := fmt.Sprint(p.Host)
		if p.Env != "" {
			published = "${" + p.Env + "}"
		}
		ports = append(ports, pairs("name", p.Name, "target", plain(fmt.Sprint(p.Target)), "published", quoted(published),
			"host_ip", p.Address, "protocol", p.Protocol))
	}
	addList(node, "ports", ports)
}

func dependencies(s *plan.Service) *yaml.Node {
	out := mapping()
	for _, d := range s.DependsOn {
		condition := "service_healthy"
		if d.Completed {
			condition = "service_completed_successfully"
		}
		add(out, d.Service, pairs("condition", condition))
	}
	return out
}
