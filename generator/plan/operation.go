package plan

import (
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/secret"
)

// A Step is a part of an operation, with the services that it is about. Which words an engine has for it is for the
// target to say.
type Step struct {
	Kind     string   // exec, run, stop, start or restart
	Services []string // one for a program; none means all
	Command  []string
	User     string // a number, or empty: whom the container starts as
	To, From string // a file of the backup
}

// StepsOf gives a service's steps their services, as far as that can be said without a deployment: clients are all, and
// databases of its own are named as in the folder.
func StepsOf(c *catalog.Catalog, s *catalog.Definition, steps []catalog.Step) []Step {
	var out []Step
	for _, step := range steps {
		at := s.Name
		if providers := c.Providers(step.Provider); len(providers) > 0 {
			at = providers[0].Name
		}
		out = append(out, resolved(step, at, nil))
	}
	return out
}

func resolved(step catalog.Step, at string, clients []string) Step {
	out := Step{Kind: step.Kinds()[0], Command: step.Command(), To: step.To, From: step.From}
	switch step.Target() {
	case "", catalog.Self:
		out.Services = []string{at}
	case catalog.Clients:
		out.Services = clients
	}
	return out
}

// steps resolves an operation of a service about something that clients mount.
func (p *Plan) steps(owner string, steps []catalog.Step, clients []string) []Step {
	var out []Step
	for _, step := range steps {
		at := owner
		for _, c := range p.Capabilities {
			if c.Name == step.Provider {
				at = c.Service
			}
		}
		if p.Service(at) == nil { // outside: its owner does that
			continue
		}
		next := resolved(step, at, clients)
		if next.Kind == "restart" && len(next.Services) > 0 {
			if next.Services = without(next.Services, out); len(next.Services) == 0 {
				continue
			}
		}
		if step.User == catalog.OwnerService {
			next.User = p.Values.String("build.uid")
		}
		if step.Each != catalog.EachTenant {
			out = append(out, next)
			continue
		}
		for _, t := range p.TenantsOf(at) {
			out = append(out, next.forTenant(t))
		}
	}
	return out
}

// without leaves out services that a step before has begun anew: a provider is often a client of its own secret.
func without(services []string, before []Step) []string {
	return slices.DeleteFunc(slices.Clone(services), func(name string) bool {
		return slices.ContainsFunc(before, func(s Step) bool {
			return (s.Kind == "restart" || s.Kind == "start") && slices.Contains(s.Services, name)
		})
	})
}

func (s Step) forTenant(t Tenant) Step {
	r := strings.NewReplacer("{tenant}", t.Tenant, "{database}", t.Database)
	s.Command = slices.Clone(s.Command)
	for i := range s.Command {
		s.Command[i] = r.Replace(s.Command[i])
	}
	s.To, s.From = r.Replace(s.To), r.Replace(s.From)
	return s
}

// addOperations gives volumes and secrets their operations, once it is known who mounts them.
func (p *Plan) addOperations(c *catalog.Catalog) {
	for i, v := range p.Volumes {
		if owner := c.Service(v.Owner); owner != nil {
			at := slices.IndexFunc(owner.Volumes, func(o catalog.Volume) bool { return o.Name == v.Name && o.Contains != "" })
			p.Volumes[i].Backup = p.steps(v.Owner, owner.Volumes[at].Backup, nil)
			p.Volumes[i].Restore = p.steps(v.Owner, owner.Volumes[at].Restore, nil)
		}
	}
	for _, s := range c.Services {
		for _, x := range s.Secrets {
			if len(x.Rotate) > 0 && slices.ContainsFunc(p.Secrets, func(m secret.Spec) bool { return m.Name == x.Name }) {
				p.Rotations = append(p.Rotations, Rotation{Secret: x.Name, Steps: p.steps(s.Name, x.Rotate, p.mounting(x.Name))})
			}
		}
	}
	p.Rotations = append(p.Rotations, p.clientRotations()...)
	slices.SortFunc(p.Rotations, func(a, b Rotation) int { return strings.Compare(a.Secret, b.Secret) })
}

// mounting are the started services that mount a secret, in order.
func (p *Plan) mounting(name string) []string {
	var out []string
	for _, s := range p.Services {
		if s.Role != catalog.RoleJob && slices.ContainsFunc(s.Secrets, func(m secret.Spec) bool { return m.Name == name }) {
			out = append(out, s.Name)
		}
	}
	return out
}

// Restoring are the services that restores need to be running, in the plan's order.
func (p *Plan) Restoring() []string {
	var out []string
	for _, s := range p.Services {
		if slices.ContainsFunc(p.Volumes, func(v Volume) bool {
			return slices.ContainsFunc(v.Restore, func(step Step) bool { return step.Kind == "exec" && step.Services[0] == s.Name })
		}) {
			out = append(out, s.Name)
		}
	}
	return out
}
