package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
)

// An Asker is a service that asks others through the edge: on a network that it shares with the edge alone, and at a port where
// nobody but it is answered.
type Asker struct {
	Service string
	Network string
	Port    int64
	Asks    []Ask

	// The target fills in who is answered at the port, before anything is rendered; nobody, where the engine lets nobody else in.
	Addresses []string
	// Told is the address that the edge says of it, where the engine gives it none by which it would be known. Nobody can have
	// it who connects from elsewhere.
	Told string
}

// An Ask is what a service asks of another.
type Ask struct {
	Provider string // who answers
	Paths    string
	Methods  []string
	Upstream string // the name by which the edge finds it
	Port     int64
	Protocol string
	Body     int64 // MiB
	Share    int64 // requests at once that the asker may have at this provider, at each that runs of the edge
	Within   int64 // seconds
}

// askAt gives a service that asks through the edge the place where it does.
func (p *Plan) askAt(s *Service, c Capability) Capability {
	for _, j := range s.Networks {
		if n, _ := p.network(j.Name); n.Asks {
			c.Network, c.Subnet, c.Port = n.Name, n.Subnet.String(), c.Port+int64(*n.Index)
		}
	}
	return c
}

// divide gives each that asks of a provider a share of its own: what it says that it needs, and of the rest as much as others that
// do not say it. All shares together are one fewer than the provider works on, so that there is room for everybody else, whatever
// becomes of those who ask; but each has one. Each that runs of the edge counts by itself.
func (p *Plan) divide() {
	for _, c := range p.Capabilities {
		if len(c.offer.Bounds.AtOnce) == 0 {
			continue
		}
		left := p.atOnce(c) - 1
		var uses, rest []*Use
		for _, s := range p.Services {
			at := slices.IndexFunc(s.Uses, func(u Use) bool { return u.offer == c.offer && u.Asked })
			if at < 0 {
				continue
			}
			u := &s.Uses[at]
			for _, a := range p.asksOf(s) {
				if a.Of == u.Name {
					u.Share = max(u.Share, p.number(a.AtOnce))
				}
			}
			if left -= u.Share; u.Share == 0 {
				rest = append(rest, u)
			}
			uses = append(uses, u)
		}
		for _, u := range rest {
			u.Share = left / int64(len(rest))
		}
		for _, u := range uses {
			u.Share, u.Within = max(u.Share/p.edges(), 1), p.number(c.offer.Bounds.Within)
		}
	}
}

// edges is how many run of what is asked.
func (p *Plan) edges() int64 {
	edges := int64(1)
	for _, s := range p.Services {
		if s.Provided(catalog.Inner) != nil {
			edges = max(edges, p.Values.Int("scale."+s.Name))
		}
	}
	return edges
}

// atOnce is how many requests one that runs of a provider works on at once.
func (p *Plan) atOnce(c Capability) int64 {
	all := int64(1)
	for _, factor := range c.offer.Bounds.AtOnce {
		all *= p.number(factor)
	}
	return all
}

// number is a whole number, or the setting that holds it; nothing is 0.
func (p *Plan) number(text string) int64 {
	n, _ := strconv.ParseInt(p.expand(text), 10, 64)
	return n
}

// asksOf are those that hold of what a service asks; an image asks nothing by itself.
func (p *Plan) asksOf(s *Service) []catalog.Ask {
	if s.Role == catalog.RoleImage {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.Definition.Asks), func(a catalog.Ask) bool { return !p.holds(a.When) })
}

// joins says whether a service is on a network, and how. One on which somebody asks has nobody on it but who does, and the edge.
func (p *Plan) joins(s *Service, n catalog.Network) (catalog.Attachment, bool) {
	at, joins := s.Definition.Networks[n.Name]
	if n.Asks && s.Provided(catalog.Inner) != nil {
		joins = slices.ContainsFunc(p.Services, func(o *Service) bool {
			_, there := o.Definition.Networks[n.Name]
			return there && len(p.asksOf(o)) > 0
		})
	} else if n.Asks {
		joins = joins && len(p.asksOf(s)) > 0
	}
	return at, joins && s.Role != catalog.RoleImage && p.holds(at.When)
}

// Asker returns a service that asks others through the edge, or nil.
func (p *Plan) Asker(service string) *Asker {
	for _, a := range p.Askers {
		if a.Service == service {
			return a
		}
	}
	return nil
}

// addAskers collects what services ask, in their order, once it is known who answers.
func (p *Plan) addAskers(found *diag.List) {
	for _, s := range p.Services {
		asker := &Asker{Service: s.Name}
		for _, a := range p.asksOf(s) {
			c, err := p.Capability(s, a.Of)
			if err != nil || c.External { // said already; a server outside is asked by itself
				continue
			}
			at := slices.IndexFunc(asker.Asks, func(o Ask) bool { return o.Paths == a.Paths })
			switch {
			case at < 0:
				at = len(asker.Asks)
				asker.Asks = append(asker.Asks, p.ask(a, c))
			case asker.Asks[at].Provider != c.Service:
				found.Add(diag.Finding{Rule: "plan/ask-taken", File: s.File, Path: "asks",
					Message: fmt.Sprintf("%s is asked of %s, and of %s", a.Paths, asker.Asks[at].Provider, c.Service), Hint: "the edge passes a path on to one of them"})
			}
			asker.Asks[at].add(p.number(cmp.Or(a.Body, "1")), a.Methods)
		}
		if c, err := p.Capability(s, catalog.Inner); err == nil && len(asker.Asks) > 0 {
			asker.Network, asker.Port = c.Network, c.Port
			p.Askers = append(p.Askers, asker)
		}
	}
}

// ask is what is asked of a provider on a path.
func (p *Plan) ask(a catalog.Ask, c Capability) Ask {
	out := Ask{Provider: c.Service, Paths: a.Paths, Upstream: c.Service, Port: c.Port, Share: c.Share, Within: c.Within}
	if at := slices.IndexFunc(p.Routes, func(r Route) bool { return r.Service == c.Service && int64(r.Port) == c.Port }); at >= 0 {
		out.Protocol = p.Routes[at].Protocol
	}
	return out
}

// add lets the same be asked by further methods.
func (a *Ask) add(body int64, methods []string) {
	if len(methods) == 0 {
		methods = []string{"GET"}
	}
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
			if u.Network == "" || u.External || u.Asked || u.offer.Host != "" || provider == nil || len(met(s, provider)) < 2 {
				continue
			}
			at := slices.IndexFunc(provider.Networks, func(j Joined) bool { return j.Name == u.Network })
			u.Host = u.Service + "." + u.Network
			provider.Networks[at].Alias = u.Host
		}
	}
}

// nameByCertificate gives providers the name that their clients check.
func (p *Plan) nameByCertificate() {
	for _, c := range p.Capabilities {
		if c.External || c.offer.Host == "" {
			continue
		}
		joined := p.Service(c.Service).Networks
		if at := slices.IndexFunc(joined, func(j Joined) bool { return j.Name == c.Network }); at >= 0 {
			joined[at].Alias = c.Host
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
