package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/secret"
)

// A Tenant is a database, a role and a password of its own at a provider that keeps its clients apart.
type Tenant struct {
	Capability        // where it is
	Tenant     string // the name that requirements use
	Database   string
	Role       string
	Secret     string   // the name of the secret that holds the password
	Extensions []string // what the database needs besides, in the words of its kind
	Clients    []string // the services that use it
}

const tenantPasswordLength = 40

// addTenants collects the databases that the services use, in the order of their names.
func (p *Plan) addTenants(c *catalog.Catalog) {
	for _, s := range p.Services {
		for _, u := range s.Uses {
			if u.Database == "" {
				continue
			}
			at := slices.IndexFunc(p.Tenants, func(t Tenant) bool { return t.Tenant == u.Database && t.offer == u.offer })
			if at < 0 {
				at = len(p.Tenants)
				p.Tenants = append(p.Tenants, p.tenant(c, u))
			}
			p.Tenants[at].Clients = append(p.Tenants[at].Clients, s.Name)
		}
	}
	slices.SortFunc(p.Tenants, func(a, b Tenant) int {
		return cmp.Or(strings.Compare(a.Tenant, b.Tenant), strings.Compare(a.folder.Name, b.folder.Name))
	})
}

// tenant is a database as a folder declares it; one that nobody declares has its own name everywhere.
func (p *Plan) tenant(c *catalog.Catalog, u Use) Tenant {
	plain := strings.ReplaceAll(u.Database, "-", "_")
	t := Tenant{Capability: u.Capability, Tenant: u.Database, Database: plain, Role: plain, Secret: u.Name + "_" + plain + "_password"}
	if d := c.Database(u.Name, u.Database); d != nil {
		t.Database, t.Role = cmp.Or(p.expand(d.Database), plain), cmp.Or(p.expand(d.Role), plain)
		t.Secret, t.Extensions = cmp.Or(d.Password, t.Secret), d.Extensions
	}
	return t
}

// TenantsOf are the databases that a service keeps.
func (p *Plan) TenantsOf(service string) []Tenant {
	var out []Tenant
	for _, t := range p.Tenants {
		if t.Service == service {
			out = append(out, t)
		}
	}
	return out
}

// tenantSecrets are the passwords of databases whose secret no folder declares.
func (p *Plan) tenantSecrets(declared map[string][]secret.Spec) {
	for _, t := range p.Tenants {
		if _, known := declared[t.Secret]; !known {
			declared[t.Secret] = []secret.Spec{{Name: t.Secret, Kind: secret.Random, Length: tenantPasswordLength,
				Description: "Password of the role " + t.Role + " (" + t.Name + ")"}}
		}
	}
}
