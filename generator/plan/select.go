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
			value = fmt.Sprint(p.Has(name))
		}
		if any := slices.Contains(allowed, "*") && value != ""; !any && !slices.Contains(allowed, value) {
			return false
		}
	}
	return true
}

// External reports whether a group of settings below external names a server of the user's own.
func External(v *settings.Values, group string) bool {
	return v.String("external."+group+".host") != ""
}

// ExternalGroup returns the group below external that a setting belongs to, or "".
func ExternalGroup(key string) string {
	rest, ok := strings.CutPrefix(key, "external.")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, ".")
	return name
}

// selectServices takes the services that are switched on and whose conditions hold, without
// providers of what is external, and without an edge and those behind others that nobody needs.
func (p *Plan) selectServices(c *catalog.Catalog, found *diag.List) []*catalog.Definition {
	var selected []*catalog.Definition
	for _, s := range c.Services {
		if s.Role == catalog.RoleImage || !p.Values.Bool("services."+s.Name) || !p.holds(s.When) {
			continue
		}
		if slices.ContainsFunc(s.Provides, func(a catalog.Capability) bool { return External(p.Values, a.Group()) }) {
			continue
		}
		selected = append(selected, s)
	}
	for {
		kept := slices.DeleteFunc(slices.Clone(selected), func(s *catalog.Definition) bool { return p.unneeded(s, selected) })
		if len(kept) == len(selected) {
			break
		}
		selected = kept
	}
	if len(selected) == 0 {
		found.Add(diag.Finding{Rule: "plan/nothing-to-run", Path: "services", Message: "no service is switched on", Hint: "say which profile this is: extends: NAME; `owgen list profiles` shows them"})
	}
	return selected
}

// unneeded is true of a datastore, mail service, worker or job whose capabilities nobody requires, and of the edge where there is no route.
// What else publishes a port has clients outside, and whoever runs the tasks is required by these.
func (p *Plan) unneeded(s *catalog.Definition, selected []*catalog.Definition) bool {
	switch {
	case s.Provided(catalog.Edge) != nil:
		if p.routed(selected) {
			return false
		}
	case len(s.Provides) == 0 || len(s.Ports) > 0 || s.Role == catalog.RoleApp || s.Role == catalog.RoleEdge || s.Provided(catalog.Scheduler) != nil:
		return false
	}
	for _, client := range selected {
		for _, r := range client.Requires {
			choice := p.choice(client.Name, r.Capability)
			if s.Offers(r) != nil && p.holdsSettings(r.When) && (choice == "" || choice == s.Name) {
				return false
			}
		}
	}
	return true
}

// routed reports whether any of them may have a route.
func (p *Plan) routed(selected []*catalog.Definition) bool {
	holds := func(r catalog.Route) bool { return p.holdsSettings(r.When) }
	return slices.ContainsFunc(selected, func(s *catalog.Definition) bool { return slices.ContainsFunc(s.Routes, holds) })
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

// copies are the services whose images one copies files from: of those that the edge hands files out of, the ones whose routes
// there are.
func (p *Plan) copies(s *catalog.Definition, selected []*catalog.Definition) []string {
	out := slices.Clone(s.Image.Copies)
	for _, name := range s.Image.Hands {
		handed := func(r catalog.Route) bool { return r.Files.Image == name && p.holds(r.When) }
		if slices.ContainsFunc(selected, func(s *catalog.Definition) bool { return slices.ContainsFunc(s.Routes, handed) }) {
			out = append(out, name)
		}
	}
	return out
}

// addServices plans the selected services and the images that they are built from.
func (p *Plan) addServices(c *catalog.Catalog, selected []*catalog.Definition) {
	wanted := map[string]*catalog.Definition{}
	var want func(s *catalog.Definition)
	want = func(s *catalog.Definition) {
		if s == nil || wanted[s.Name] != nil {
			return
		}
		wanted[s.Name] = s
		want(c.Service(s.Image.From))
		for _, name := range p.copies(s, selected) {
			want(c.Service(name))
		}
	}
	for _, s := range selected {
		want(s)
	}
	for _, s := range wanted {
		planned := &Service{Definition: s, Copies: p.copies(s, selected)}
		for parent := c.Service(s.Image.From); parent != nil && len(planned.Images) < len(c.Services); parent = c.Service(parent.Image.From) {
			planned.Images = append([]*catalog.Definition{parent}, planned.Images...)
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
