package plan

import "github.com/owgen/owgen/generator/catalog"

// An Intent is what a service means where an engine needs addresses. The target fills in Addresses, before anything is rendered.
type Intent struct {
	catalog.Intent
	Subnet     string     // what Route leads to
	Capability Capability // whose clients or provider it is about

	Addresses []string // of a route its next hop, of trust the addresses or networks that are trusted
}

// addIntents collects the intents of the services, and those of the images that they derive from.
func (p *Plan) addIntents() {
	for _, s := range p.Services {
		for _, folder := range append(append([]*catalog.Definition{}, s.Images...), s.Definition) {
			for _, x := range folder.Intents {
				c, err := p.Capability(s, x.Of)
				if err != nil || !p.holds(x.When) || x.Serve != "" && c.Network == "" { // nobody is there to be served
					continue
				}
				s.Intents = append(s.Intents, &Intent{Intent: x, Subnet: p.expand(x.Route), Capability: c})
			}
		}
	}
}

// Intent returns a service's intent of that name, or nil.
func (s *Service) Intent(name string) *Intent {
	for _, x := range s.Intents {
		if x.Name == name {
			return x
		}
	}
	return nil
}
