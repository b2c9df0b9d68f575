package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
)

// An Ask is what services ask of another through the edge.
type Ask struct {
	Services []string // who asks
	Provider string   // who answers
	Paths    string
	Methods  []string
	Upstream string // the name by which the edge finds it
	Port     int64
	Protocol string
	Body     int64 // MiB
	Share    int64 // requests at once that all who ask may have together, at each that runs of the edge
	Within   int64 // seconds
}

// bounded fills in what a capability says of its limits. The share of all who ask is one fewer than the provider works on, so
// that there is room for everybody else, whatever becomes of those who ask. Each that runs of the edge counts by itself.
func (p *Plan) bounded(c Capability, all *catalog.Catalog) Capability {
	if len(c.offer.Bounds.AtOnce) == 0 {
		return c
	}
	atOnce, edges := int64(1), int64(1)
	for _, factor := range c.offer.Bounds.AtOnce {
		atOnce *= p.number(factor)
	}
	for _, edge := range all.Providers(catalog.Inner) {
		edges = max(edges, p.Values.Int("scale."+edge.Name))
	}
	c.Share, c.Within = max((atOnce-1)/edges, 1), p.number(c.offer.Bounds.Within)
	return c
}

// number is a whole number, or the setting that holds it.
func (p *Plan) number(text string) int64 {
	n, _ := strconv.ParseInt(p.expand(text), 10, 64)
	return n
}

// asksOf are those that hold of what a service asks.
func (p *Plan) asksOf(s *Service) []catalog.Ask {
	return slices.DeleteFunc(slices.Clone(s.Definition.Asks), func(a catalog.Ask) bool { return !p.holds(a.When) })
}

// asked says whether anybody asks anything: otherwise there is nobody to listen for.
func (p *Plan) asked() bool {
	return slices.ContainsFunc(p.Services, func(s *Service) bool { return s.Role != catalog.RoleImage && len(p.asksOf(s)) > 0 })
}

// Asking says whether a service asks anything of others through the edge.
func (p *Plan) Asking(service string) bool {
	return slices.ContainsFunc(p.Asks, func(a Ask) bool { return slices.Contains(a.Services, service) })
}

// addAsks collects what services ask, in their order, once it is known who answers.
func (p *Plan) addAsks(found *diag.List) {
	for _, s := range p.Services {
		if s.Role == catalog.RoleImage {
			continue
		}
		for _, a := range p.asksOf(s) {
			c, err := p.Capability(s, a.Of)
			if err != nil || c.External { // said already; a server outside is asked by itself
				continue
			}
			at := slices.IndexFunc(p.Asks, func(o Ask) bool { return o.Paths == a.Paths })
			switch {
			case at < 0:
				at = len(p.Asks)
				p.Asks = append(p.Asks, p.ask(a, c))
			case p.Asks[at].Provider != c.Service:
				found.Add(diag.Finding{Rule: "plan/ask-taken", File: s.File, Path: "asks",
					Message: fmt.Sprintf("%s is asked of %s by %s, and of %s by %s", a.Paths, p.Asks[at].Provider, p.Asks[at].Services[0], c.Service, s.Name), Hint: "the edge passes a path on to one of them"})
			}
			p.Asks[at].add(s.Name, p.number(cmp.Or(a.Body, "1")), a.Methods)
		}
	}
}

// ask is what is asked of a provider on a path, by whomever.
func (p *Plan) ask(a catalog.Ask, c Capability) Ask {
	out := Ask{Provider: c.Service, Paths: a.Paths, Upstream: c.Service, Port: c.Port, Share: c.Share, Within: c.Within}
	if at := slices.IndexFunc(p.Routes, func(r Route) bool { return r.Service == c.Service && int64(r.Port) == c.Port }); at >= 0 {
		out.Protocol = p.Routes[at].Protocol
	}
	return out
}

// add lets one more service ask the same.
func (a *Ask) add(service string, body int64, methods []string) {
	if len(methods) == 0 {
		methods = []string{"GET"}
	}
	a.Services = append(a.Services, service)
	a.Body = max(a.Body, body)
	for _, m := range methods {
		if !slices.Contains(a.Methods, m) {
			a.Methods = append(a.Methods, m)
		}
	}
}

// nameByNetwork gives providers a name on one network alone where a client meets them on several: their own name would lead to
// any of these, and who asks would have any of its addresses. A pod has one address.
func (p *Plan) nameByNetwork() {
	if p.Target() == TargetKubernetes {
		return
	}
	for _, s := range p.Services {
		for i := range s.Uses {
			u := &s.Uses[i]
			provider := p.Service(u.Service)
			if u.Network == "" || u.External || u.Asked || provider == nil || len(met(s, provider)) < 2 {
				continue
			}
			at := slices.IndexFunc(provider.Networks, func(j Joined) bool { return j.Name == u.Network })
			u.Host = u.Service + "." + u.Network
			provider.Networks[at].Alias = u.Host
		}
	}
}

// met are the networks on which two services meet.
func met(a, b *Service) []string {
	var out []string
	for _, j := range a.Networks {
		if slices.ContainsFunc(b.Networks, func(o Joined) bool { return o.Name == j.Name }) {
			out = append(out, j.Name)
		}
	}
	return out
}
