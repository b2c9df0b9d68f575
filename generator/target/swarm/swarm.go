// Package swarm writes a bundle for Docker Swarm: a file for `docker stack deploy`, and what the script beside it has to know.
package swarm

import (
	"fmt"
	"slices"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/target"
)

// Name is the value of the setting target.
const Name = "swarm"

// The files of a bundle for Swarm.
const (
	StackFile = "stack.yml"
	ConfFile  = "deploy.conf"
)

// Target is the engine.
type Target struct{ target.PushedByDocker }

// Resolve takes a name that is followed where traffic goes through a provider, because tasks have no fixed address. For trust it takes the
// subnet where the two meet: what comes from there may have the address of a load balancer, which is of the subnet, too.
func (Target) Resolve(p *plan.Plan) diag.List {
	var found diag.List
	if len(p.Nodes) > 1 && p.Values.String("images.registry") == "" {
		found.Add(p.Finding("swarm/no-registry", "images.registry", fmt.Sprintf("is not set, and the %d machines of the plan need a registry to take the images from", len(p.Nodes)),
			"images: {registry: registry.example.org/openwisp}", "nodes"))
	} else if p.Values.String("images.registry") == "" {
		alone := p.Finding("swarm/no-registry", "images.registry", "is not set, so that docker compose push has nowhere to go, and this Swarm is of the machine that builds the images",
			"images: {registry: registry.example.org/openwisp}; or leave out the push, on that machine alone", "target")
		alone.Severity = diag.Warning
		found.Add(alone)
	}
	if p.Values.String("storage.mode") == plan.StorageNFS && !slices.ContainsFunc(p.Capabilities, func(c plan.Capability) bool { return c.Name == files }) {
		found.Add(p.Finding("swarm/no-server", "storage.mode", "is nfs, and nothing that runs serves files, nor does external.files.host name a server",
			"switch the service on that provides them (`owgen explain files`), or external: {files: {host: ADDRESS}}"))
	}
	for _, s := range p.Services {
		for _, x := range s.Intents {
			c := x.Capability
			address := c.Subnet
			if x.Route != "" {
				address = "tasks." + onNetwork(c.Service, c.Network)
			}
			if c.External || address == "" {
				found.Add(diag.Finding{Rule: "target/unresolved", File: s.File, Path: "intents",
					Message: fmt.Sprintf("%s is about %s, which is on no network of the stack", x.Name, x.Of), Hint: "name the capability's network: provides: {network: NAME}"})
				continue
			}
			x.Addresses = []string{address}
		}
	}
	found.Add(room(p)...)
	p.Rotations = rotations(p.Rotations)
	for _, a := range p.Askers { // nobody else is on its network
		subnet, _ := p.Subnet(a.Network)
		a.Addresses = []string{subnet.String()}
	}
	return found
}

// rotations are what a new value of a secret needs here besides ./deploy, which starts whoever mounts it anew.
func rotations(all []plan.Rotation) []plan.Rotation {
	var out []plan.Rotation
	for _, r := range all {
		next := plan.Rotation{Secret: r.Secret}
		for _, s := range r.Steps {
			if s.Kind != "start" { // ./deploy does
				next.Steps = append(next.Steps, s)
			}
		}
		out = append(out, next)
	}
	return out
}

// Command goes through the script `on`, which finds the machine that runs the service.
func (Target) Command(s plan.Step) string {
	words := []string{"./on", s.Kind}
	if s.User != "" && len(s.Command) > 0 {
		words = append(words, "-u", s.User)
	}
	words = append(words, s.Services...)
	if len(s.Command) > 0 {
		words = append(words, target.Words(s.Command))
	}
	return target.Line(s, words...)
}

// Start makes the images known to all machines, and deploys.
func (t Target) Start() []string {
	return []string{t.Images().Build(), "./deploy"}
}

// Renew is the same: ./deploy ends what is no longer part of the stack.
func (t Target) Renew() []string { return t.Start() }

// Edits have no file of their own: a stack is one file.
func (Target) Edits() string { return "owgen.yaml, custom/ or a service folder of yours (--catalog)" }

// ReadsProject is true: what runs is written from the project as it means when loaded.
func (Target) ReadsProject() bool { return true }

// Files are the stack, what ./deploy reads, and a Compose file that builds the images.
func (Target) Files(in target.Blueprint) (map[string][]byte, diag.List) {
	images, err := in.Compose.Images()
	if err != nil {
		return nil, diag.List{{Rule: "compose/encode", File: bundle.ComposeFile, Message: err.Error()}}
	}
	out := map[string][]byte{bundle.ComposeFile: images}
	if in.Project == nil { // it has faults, which are reported
		return out, nil
	}
	b := newBuilder(in)
	services := map[string]service{}
	for _, s := range in.Plan.Services {
		if s.Role != catalog.RoleImage {
			services[s.Name] = b.service(s, in.Project.Services[s.Name])
		}
	}
	b.found.Add(refuse("project", bundle.ComposeFile, *in.Project)...)
	common := b.share(services)
	text, err := b.write(services)
	if err != nil {
		return nil, diag.List{{Rule: "swarm/encode", File: StackFile, Message: err.Error()}}
	}
	for name, content := range common {
		out[name] = content
	}
	out[StackFile], out[ConfFile] = text, b.conf()
	return out, b.found
}
