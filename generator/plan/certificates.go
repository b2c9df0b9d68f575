package plan

import (
	"slices"

	"github.com/owgen/owgen/generator/catalog"
)

// NamesOf are the host names that the clients of a service need of it, each once, in the order of the routes and then of the
// clients: what a certificate has to be valid for.
func (p *Plan) NamesOf(provider *Service) []string {
	var out []string
	add := func(name string) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, s := range p.Services {
		for _, u := range s.Uses {
			if u.Service != provider.Name {
				continue
			}
			for _, name := range u.Names {
				if name != catalog.Routes {
					add(p.Values.String(name))
					continue
				}
				for _, r := range p.Routes {
					add(r.Host)
				}
			}
		}
	}
	return out
}
