package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
)

// A Capability says where clients find what they require: in a service, or outside.
type Capability struct {
	Name     string
	Kind     string // of the several kinds that there are, if there are
	Host     string // a service's name, the public one that it has for its clients, or the external host
	Port     int64
	Address  string // the fixed address on the capability's network, if it has one
	Network  string // where clients reach it, if it says so
	Subnet   string // the subnet of that network, if any
	External bool
	Share    int64    // how many requests a client that asks through the edge may have at once
	Within   int64    // seconds until it has answered such a client or given up
	Ready    []string // what succeeds in a client once it is there; none: its port answers
	Service  string   // the provider; empty when external

	folder *catalog.Definition // whose place an external server takes
	offer  *catalog.Capability
}

// A Use is a requirement that is satisfied.
type Use struct {
	Capability
	Start    bool     // it must be there before the service starts
	Asked    bool     // through the edge alone: the two meet on no network
	Database string   // the tenant as which the service uses it, if the provider keeps its clients apart
	Names    []string // host names that the service needs of it

	registered *catalog.Client // what it says of itself
	without    []string        // secrets of clients that it does not mount
}

// addCapabilities collects who provides what: services that are selected, and servers of the user's own.
func (p *Plan) addCapabilities(c *catalog.Catalog, selected []*catalog.Definition) {
	for _, s := range c.Services {
		for i := range s.Provides {
			a := &s.Provides[i]
			found := Capability{Name: a.Capability, Kind: a.Kind, Ready: a.Ready, folder: s, offer: a}
			switch group := a.Group(); {
			case External(p.Values, group):
				found.External = true
				found.Host, found.Port = p.Values.String("external."+group+".host"), p.Values.Int("external."+group+".port")
			case slices.Contains(selected, s):
				found.Service, found.Host, found.Port = s.Name, cmp.Or(p.Values.String(a.Host), s.Name), int64(a.Port)
			default:
				continue
			}
			p.Capabilities = append(p.Capabilities, found)
		}
	}
}

// locateCapabilities adds the addresses, which are known once the networks are.
func (p *Plan) locateCapabilities() {
	for i := range p.Capabilities {
		at := &p.Capabilities[i]
		network, ok := p.network(at.offer.Network)
		if !ok || at.External {
			continue
		}
		at.Network, at.Subnet = network.Name, network.Subnet.String()
		if number := at.folder.Networks[network.Name].Address; number > 0 {
			at.Address = hostAddress(network.Subnet, number).String()
		}
	}
}

// Has reports whether anybody provides a capability.
func (p *Plan) Has(capability string) bool {
	return slices.ContainsFunc(p.Capabilities, func(c Capability) bool { return c.Name == capability })
}

// Capability returns what a service uses under that name. One that does not require it, or no service at all, gets
// the only one that there is.
func (p *Plan) Capability(s *Service, name string) (Capability, error) {
	if s != nil {
		for _, u := range s.Uses {
			if u.Name == name {
				return u.Capability, nil
			}
		}
	}
	var all []Capability
	for _, c := range p.Capabilities {
		if c.Name == name {
			all = append(all, c)
		}
	}
	switch len(all) {
	case 0:
		return Capability{}, fmt.Errorf("nothing provides %s; ask with has first", name)
	case 1:
		return all[0], nil
	}
	return Capability{}, fmt.Errorf("%s is provided more than once; say in service.yaml which one is required", name)
}

// choice is the provider that the input names for a client's requirement, or for everybody's, or "".
func (p *Plan) choice(client, capability string) string {
	chosen := p.choices()
	for _, key := range []string{client + "." + capability, capability} {
		if name, ok := chosen[key].(string); ok {
			return name
		}
	}
	return ""
}

func (p *Plan) choices() map[string]any {
	setting, _ := p.Values.Get("providers")
	chosen, _ := setting.Value.(map[string]any)
	return chosen
}

// checkChoices finds choices that choose nothing.
func (p *Plan) checkChoices(c *catalog.Catalog) diag.List {
	var found diag.List
	chosen := p.choices()
	for _, key := range slices.Sorted(maps.Keys(chosen)) {
		client, capability, one := strings.Cut(key, ".")
		if !one {
			client, capability = "", key
		}
		name, _ := chosen[key].(string)
		switch provider := c.Service(name); {
		case one && c.Service(client) == nil:
			found.Add(p.Finding("plan/unknown-choice", "providers", fmt.Sprintf("%s is no service", client), "{CAPABILITY: PROVIDER}, or {CLIENT.CAPABILITY: PROVIDER}"))
		case provider == nil || provider.Provided(capability) == nil:
			var names []string
			for _, s := range c.Providers(capability) {
				names = append(names, s.Name)
			}
			hint := "no service does: check the capability's spelling"
			if len(names) > 0 {
				hint = "one of " + strings.Join(names, ", ")
			}
			found.Add(p.Finding("plan/unknown-choice", "providers", fmt.Sprintf("%s is not provided by %s", capability, name), hint))
		}
	}
	return found
}

// match finds who satisfies each requirement, and turns it into what the service waits for. Where several could, the
// input has to choose: no order decides.
func (p *Plan) match(c *catalog.Catalog, found *diag.List) {
	for _, s := range p.Services {
		for _, r := range s.requirements() {
			if !p.holds(r.When) {
				continue
			}
			fits := p.candidates(s, r)
			switch {
			case len(fits) > 1:
				found.Add(p.ambiguous(s, r, fits))
			case len(fits) == 0 && !r.Optional:
				found.Add(p.missing(c, s, r))
			case len(fits) == 1 && fits[0].Service != s.Name:
				s.use(p, r, fits[0])
			}
		}
		slices.SortFunc(s.DependsOn, func(a, b Dependency) int { return strings.Compare(a.Service, b.Service) })
	}
}

// candidates are the providers that fit a requirement, after the input's choice.
func (p *Plan) candidates(s *Service, r catalog.Requirement) []Capability {
	choice := p.choice(s.Name, r.Capability)
	var fits []Capability
	for _, c := range p.Capabilities {
		if c.folder.Offers(r) == c.offer && (choice == "" || choice == c.folder.Name) {
			fits = append(fits, c)
		}
	}
	return fits
}

// use adds a satisfied requirement to a service.
func (s *Service) use(p *Plan, r catalog.Requirement, c Capability) {
	start := r.Start == nil || *r.Start
	u := Use{Capability: c, Start: start, Names: r.Names, without: r.Without}
	u.Asked = !c.External && slices.ContainsFunc(p.asksOf(s), func(a catalog.Ask) bool { return a.Of == c.Name })
	if c.Name == catalog.Inner {
		u.Capability = p.askAt(s, c)
	}
	if c.offer.Registers {
		u.registered = r.Client
	}
	if c.offer.Tenants {
		u.Database = r.Database
	}
	s.Uses = append(s.Uses, u)
	if c.External || !start {
		return
	}
	depends := Dependency{Service: c.Service, Completed: c.folder.Role == catalog.RoleJob}
	if !slices.Contains(s.DependsOn, depends) {
		s.DependsOn = append(s.DependsOn, depends)
	}
}

func (p *Plan) ambiguous(s *Service, r catalog.Requirement, fits []Capability) diag.Finding {
	var names []string
	var providers []*catalog.Definition
	for _, c := range fits {
		names, providers = append(names, c.folder.Name), append(providers, c.folder)
	}
	f := p.Finding("plan/capability-ambiguous", "services."+s.Name, fmt.Sprintf("%s needs %s, which %s provide", s.Name, r.Capability, strings.Join(names, " and ")),
		fmt.Sprintf("choose one: providers: {%[1]s: %[3]s}, or for this service alone {%[2]s.%[1]s: %[3]s}; or switch the other off",
			r.Capability, s.Name, names[0]))
	var keys []string
	for _, folder := range slices.Backward(providers) { // the one that was added, if the client was there before
		keys = append(keys, switches(folder)...)
	}
	return f.Beside(p.written(append(keys, switches(s.Definition)...)...))
}

func (p *Plan) missing(c *catalog.Catalog, s *Service, r catalog.Requirement) diag.Finding {
	what := r.Capability
	if r.Kind != "" {
		what += " (" + r.Kind + ")"
	}
	f := diag.Finding{Rule: "plan/capability-missing", Path: "services." + s.Name, Message: fmt.Sprintf("%s needs %s, which nothing provides", s.Name, what)}
	because := switches(s.Definition)
	if choice := p.choice(s.Name, r.Capability); choice != "" {
		because = []string{"providers"}
		f = p.Finding(f.Rule, "providers", fmt.Sprintf("%s is to get %s from %s, which does not run or provides another kind", s.Name, what, choice), "")
	}
	var why []string // what has taken the providers away
	var ways []string
	for _, provider := range c.Services {
		offer := provider.Offers(r)
		if offer == nil {
			continue
		}
		if !p.Values.Bool("services." + provider.Name) {
			ways, why = append(ways, fmt.Sprintf("set services.%s: true", provider.Name)), append(why, "services."+provider.Name)
		}
		for key, allowed := range provider.When {
			switch {
			case p.holds(catalog.Condition{key: allowed}):
			case slices.Contains(allowed, "*"):
				ways, why = append(ways, "set "+key), append(why, key)
			default:
				ways, why = append(ways, fmt.Sprintf("set %s: %s", key, strings.Join(allowed, " or "))), append(why, key)
			}
		}
		if _, ok := p.Values.Get("external." + offer.Group() + ".host"); ok {
			ways = append(ways, fmt.Sprintf("set external.%s.host", offer.Group()))
		}
	}
	slices.Sort(why) // conditions are in no order
	f = f.Beside(p.written(append(why, because...)...))
	slices.Sort(ways)
	f.Hint = strings.Join(slices.Compact(ways), ", or ")
	return f
}
