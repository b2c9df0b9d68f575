package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/secret"
	"github.com/owgen/owgen/generator/settings"
)

// A Client is a service as a provider of logins registers it.
type Client struct {
	Capability string // of the provider
	Provider   string
	ID         string // the service's name
	Title      string
	Origin     string   // where browsers meet it; empty, if they never do
	Redirects  []string // whole addresses
	Logouts    []string
	Scopes     []string
	Audience   []string // clients that are shown what it was given: itself, and others
	Secret     string   // the name of the secret that it shares with the provider; empty: it keeps none
	Exchanges  bool     // it may take what programs show it back to the provider, for what it was declared to get
}

const clientSecretLength = 40

// addClients collects who is to be known to providers that register their clients.
func (p *Plan) addClients() {
	for _, s := range p.Services {
		for _, u := range s.Uses {
			if u.registered != nil && !u.External {
				p.Clients = append(append(p.Clients, p.client(s, u)), p.programs(s, u)...)
			}
		}
	}
}

func (p *Plan) client(s *Service, u Use) Client {
	said := u.registered
	c := Client{Capability: u.Name, Provider: u.Service, ID: s.Name, Title: said.Title, Scopes: said.Scopes, Audience: []string{s.Name},
		Exchanges: said.Programs.Setting != ""}
	if said.Host != "" {
		c.Origin = p.Origin(said.Host)
	}
	for _, path := range said.Redirects {
		c.Redirects = append(c.Redirects, c.Origin+path)
	}
	for _, path := range said.Logouts {
		c.Logouts = append(c.Logouts, c.Origin+path)
	}
	if !said.Public {
		c.Secret = u.Name + "_" + strings.ReplaceAll(s.Name, "-", "_") + "_secret"
	}
	for _, other := range p.Services {
		shown := slices.ContainsFunc(other.Uses, func(o Use) bool { return o.registered != nil && o.Service == u.Service })
		asked := slices.ContainsFunc(said.For, func(capability string) bool { return other.Provided(capability) != nil })
		if other != s && shown && asked {
			c.Audience = append(c.Audience, other.Name)
		}
	}
	return c
}

// programs are those that come to a service. No service has a dot in its name, so that none of them passes for one.
func (p *Plan) programs(s *Service, u Use) []Client {
	said := u.registered.Programs
	setting, _ := p.Values.Get(said.Setting)
	addresses, _ := setting.Value.(map[string]any)
	var out []Client
	for _, name := range slices.Sorted(maps.Keys(addresses)) {
		out = append(out, Client{Capability: u.Name, Provider: u.Service, ID: s.Name + "." + name, Title: name,
			Redirects: []string{settings.Flat(addresses[name])}, Scopes: said.Scopes, Audience: []string{s.Name}})
	}
	return out
}

// ClientsOf are those that a service registers.
func (p *Plan) ClientsOf(service string) []Client {
	return slices.DeleteFunc(slices.Clone(p.Clients), func(c Client) bool { return c.Provider != service })
}

// Client is a service as the provider of a capability knows it.
func (p *Plan) Client(service, capability string) (Client, error) {
	for _, c := range p.Clients {
		if c.ID == service && c.Capability == capability {
			return c, nil
		}
	}
	return Client{}, fmt.Errorf("%s is no client of %s; ask with has first", service, capability)
}

// clientSecrets are those that clients share with their provider.
func (p *Plan) clientSecrets(declared map[string][]secret.Spec) {
	for _, c := range p.Clients {
		if c.Secret != "" {
			declared[c.Secret] = []secret.Spec{{Name: c.Secret, Kind: secret.Random, Length: clientSecretLength,
				Description: "What " + c.ID + " proves itself by to the provider of " + c.Capability}}
		}
	}
}

// clientRotations are what a new secret of a client needs: the provider learns it first.
func (p *Plan) clientRotations() []Rotation {
	var out []Rotation
	for _, c := range p.Clients {
		if c.Secret != "" {
			out = append(out, Rotation{Secret: c.Secret, Steps: []Step{
				{Kind: "restart", Services: []string{c.Provider}}, {Kind: "restart", Services: []string{c.ID}}}})
		}
	}
	return out
}
