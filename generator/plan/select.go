package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/settings"
)

const capabilityPrefix = "capability."

// holds reports whether a condition is met. Conditions on capabilities are met by those that are
// matched so far, so that services themselves can depend on settings only.
func (p *Plan) holds(when catalog.Condition) bool {
	for key, allowed := range when {
		value := p.Values.String(key)
		if name, ok := strings.CutPrefix(key, capabilityPrefix); ok {
			_, present := p.Capabilities[name]
			value = fmt.Sprint(present)
		}
		if !slices.Contains(allowed, value) {
			return false
		}
	}
	return true
}

// External reports whether a capability is satisfied from outside.
func External(v *settings.Values, capability string) bool {
	return v.String("external."+capability+".host") != ""
}

// ExternalCapability returns the capability that a setting below external is about, or "".
func ExternalCapability(key string) string {
	rest, ok := strings.CutPrefix(key, "external.")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, ".")
	return name
}

// selectServices takes the services that are switched on and whose conditions hold, without
// providers of what is external, and without data services that nobody needs.
func (p *Plan) selectServices(c *catalog.Catalog, found *diag.List) []*catalog.Service {
	var selected []*catalog.Service
	for _, s := range c.Services {
		if s.Role == catalog.RoleImage || !p.Values.Bool("services."+s.Name) || !p.holds(s.When) {
			continue
		}
		if slices.ContainsFunc(s.Provides, func(a catalog.Capability) bool { return External(p.Values, a.Capability) }) {
			continue
		}
		selected = append(selected, s)
	}
	for {
		kept := slices.DeleteFunc(slices.Clone(selected), func(s *catalog.Service) bool { return p.unneeded(s, selected) })
		if len(kept) == len(selected) {
			break
		}
		selected = kept
	}
	if len(selected) == 0 {
		found.Add(diag.Finding{Rule: "plan/nothing-to-run", Path: "services", Message: "no service is switched on", Hint: "extend a profile: `owgen list profiles`"})
	}
	return selected
}

// unneeded is true of a datastore, mail service or job whose capabilities nobody requires.
func (p *Plan) unneeded(s *catalog.Service, selected []*catalog.Service) bool {
	if len(s.Provides) == 0 || s.Role != catalog.RoleData && s.Role != catalog.RoleMail && s.Role != catalog.RoleJob {
		return false
	}
	for _, client := range selected {
		for _, r := range client.Requires {
			if s.Provided(r.Capability) != nil && p.holdsSettings(r.When) {
				return false
			}
		}
	}
	return true
}

// holdsSettings checks only the parts of a condition that are about settings.
func (p *Plan) holdsSettings(when catalog.Condition) bool {
	rest := catalog.Condition{}
	for key, allowed := range when {
		if !strings.HasPrefix(key, capabilityPrefix) {
			rest[key] = allowed
		}
	}
	return p.holds(rest)
}

// addServices plans the selected services and the images that they are built from.
func (p *Plan) addServices(c *catalog.Catalog, selected []*catalog.Service) {
	wanted := map[string]*catalog.Service{}
	var want func(s *catalog.Service)
	want = func(s *catalog.Service) {
		if s == nil || wanted[s.Name] != nil {
			return
		}
		wanted[s.Name] = s
		want(c.Service(s.Image.From))
		for _, name := range s.Image.Copies {
			want(c.Service(name))
		}
	}
	for _, s := range selected {
		want(s)
	}
	for _, s := range wanted {
		planned := &Service{Service: s}
		for parent := c.Service(s.Image.From); parent != nil && len(planned.Images) < len(c.Services); parent = c.Service(parent.Image.From) {
			planned.Images = append([]*catalog.Service{parent}, planned.Images...)
		}
		p.Services = append(p.Services, planned)
	}
	slices.SortFunc(p.Services, func(a, b *Service) int {
		return cmp.Or(
			cmp.Compare(catalog.RoleOrder(a.Role), catalog.RoleOrder(b.Role)),
			cmp.Compare(len(a.Images)*boolInt(a.Role == catalog.RoleImage), len(b.Images)*boolInt(b.Role == catalog.RoleImage)),
			strings.Compare(a.Name, b.Name))
	})
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// matchCapabilities finds who satisfies what.
func (p *Plan) matchCapabilities(c *catalog.Catalog, selected []*catalog.Service) {
	for _, s := range c.Services {
		for _, a := range s.Provides {
			if External(p.Values, a.Capability) {
				p.Capabilities[a.Capability] = Capability{External: true,
					Host: p.Values.String("external." + a.Capability + ".host"), Port: p.Values.Int("external." + a.Capability + ".port")}
			}
		}
	}
	for _, s := range selected {
		for _, a := range s.Provides {
			if _, taken := p.Capabilities[a.Capability]; taken {
				continue
			}
			p.Capabilities[a.Capability] = Capability{Host: s.Name, Port: int64(a.Port), Service: s.Name, network: a.Network}
		}
	}
}

// locateCapabilities adds the addresses, which are known once the networks are.
func (p *Plan) locateCapabilities() {
	for name, match := range p.Capabilities {
		network, ok := p.network(match.network)
		if !ok {
			continue
		}
		match.Subnet = network.Subnet.String()
		if number := p.Service(match.Service).Service.Networks[network.Name].Address; number > 0 {
			match.Address = hostAddress(network.Subnet, number).String()
		}
		p.Capabilities[name] = match
	}
}

// addDependencies turns requirements into what each service waits for, and reports what nobody provides.
func (p *Plan) addDependencies(c *catalog.Catalog, selected []*catalog.Service, found *diag.List) {
	for _, s := range p.Services {
		for _, r := range s.requirements() {
			if !p.holds(r.When) {
				continue
			}
			match, ok := p.Capabilities[r.Capability]
			if !ok && !r.Optional {
				found.Add(p.missing(c, s, r))
			}
			if !ok || match.Service == s.Name {
				continue
			}
			start := r.Start == nil || *r.Start
			s.Uses = append(s.Uses, Use{Capability: r.Capability, Start: start})
			if match.External || !start {
				continue
			}
			provider := p.Service(match.Service)
			depends := Dependency{Service: match.Service, Completed: provider.Role == catalog.RoleJob}
			if !slices.Contains(s.DependsOn, depends) {
				s.DependsOn = append(s.DependsOn, depends)
			}
		}
		slices.SortFunc(s.DependsOn, func(a, b Dependency) int { return strings.Compare(a.Service, b.Service) })
	}
}

// requirements are the service's own and those of the images that it derives from. Images themselves
// run nothing and so require nothing.
func (s *Service) requirements() []catalog.Requirement {
	if s.Role == catalog.RoleImage {
		return nil
	}
	var out []catalog.Requirement
	for _, image := range s.Images {
		out = append(out, image.Requires...)
	}
	return append(out, s.Requires...)
}

func (p *Plan) missing(c *catalog.Catalog, s *Service, r catalog.Requirement) diag.Finding {
	f := diag.Finding{Rule: "plan/capability-missing", Path: "services." + s.Name,
		Message: fmt.Sprintf("%s needs %s, which nothing provides", s.Name, r.Capability)}
	var ways []string
	for _, provider := range c.Providers(r.Capability) {
		if !p.Values.Bool("services." + provider.Name) {
			ways = append(ways, fmt.Sprintf("set services.%s: true", provider.Name))
		}
		for key, allowed := range provider.When {
			if !slices.Contains(allowed, p.Values.String(key)) {
				ways = append(ways, fmt.Sprintf("set %s: %s", key, strings.Join(allowed, " or ")))
			}
		}
	}
	if _, ok := p.Values.Get("external." + r.Capability + ".host"); ok {
		ways = append(ways, fmt.Sprintf("set external.%s.host", r.Capability))
	}
	slices.Sort(ways)
	f.Hint = strings.Join(slices.Compact(ways), ", or ")
	return f
}
