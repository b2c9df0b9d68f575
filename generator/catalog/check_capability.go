package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/settings"
)

// capabilities is about what the service gives and needs.
func (k *checker) capabilities() {
	for _, a := range k.service.Provides {
		if a.Network != "" {
			if _, joins := k.service.Networks[a.Network]; !joins {
				k.at("unknown-network", "provides", fmt.Sprintf("%s is reached on the network %s, which the service does not join", a.Capability, a.Network),
					"join it in networks")
			}
		}
		if a.Host != "" {
			k.setting("provides", a.Host)
			if a.Network == "" {
				k.at("unknown-network", "provides", fmt.Sprintf("%s has a name for its clients, and no network where they meet it", a.Capability), "say on which: network: NAME")
			}
		}
		k.bounds(a)
		for _, name := range a.Secrets {
			k.secret("provides", name)
		}
		for _, other := range k.catalog.Services {
			for _, b := range other.Provides {
				if other != k.service && b.Group() == a.Group() && (b.Capability != a.Capability || b.Kind != a.Kind) && k.hasExternal(a.Group()) {
					k.at("external-shared", "provides", fmt.Sprintf("external.%s.* would take the place of %s of another kind as well", a.Group(), other.Name),
						"give one of them external: NAME and settings of its own below that")
				}
			}
		}
	}
	for _, r := range k.service.Requires {
		k.requirement(r)
	}
	for _, d := range k.service.Databases {
		k.database(d)
	}
}

func (k *checker) hasExternal(group string) bool { return k.settings["external."+group+".host"] != nil }

func (k *checker) requirement(r Requirement) {
	var offers []*Capability
	for _, s := range k.catalog.Services {
		if a := s.Offers(r); a != nil {
			offers = append(offers, a)
		}
	}
	switch {
	case len(k.catalog.Providers(r.Capability)) == 0:
		k.at("unknown-capability", "requires", fmt.Sprintf("%s is provided by no service", r.Capability), "check its spelling, or add the service that provides it")
		return
	case len(offers) == 0:
		k.at("unknown-capability", "requires", fmt.Sprintf("%s of the kind %s is provided by no service", r.Capability, r.Kind), "check its spelling, or add the service that provides it")
		return
	}
	for _, name := range r.Without {
		if !slices.ContainsFunc(offers, func(a *Capability) bool { return slices.Contains(a.Secrets, name) }) {
			k.at("unknown-secret", "requires", fmt.Sprintf("%s gives its clients no %s", r.Capability, name), "take it out of without, or check its spelling")
		}
	}
	tenants := func(a *Capability) bool { return a.Tenants }
	if r.Database == "" && slices.ContainsFunc(offers, tenants) {
		k.at("no-database", "requires", fmt.Sprintf("%s has a database for each client, and none is named", r.Capability), "add database: NAME; services that share one name the same")
	}
	if r.Database != "" && !slices.ContainsFunc(offers, tenants) {
		k.at("no-database", "requires", fmt.Sprintf("%s has no databases of its own for clients", r.Capability), "remove database, or add tenants: true to the provider that can do it")
	}
	if r.Database != "" && !identifier().MatchString(r.Database) {
		k.at("no-database", "requires", fmt.Sprintf("%q is no name of a database", r.Database), "lower-case letters, digits and - or _; a letter first")
	}
	registers := slices.ContainsFunc(offers, func(a *Capability) bool { return a.Registers })
	switch {
	case r.Client == nil && registers:
		k.at("wrong-client", "requires", fmt.Sprintf("%s knows its clients by what they say of themselves, and nothing is said", r.Capability), "add client: {title: ..., host: ..., redirects: [/PATH], scopes: [...]}")
	case r.Client != nil && !registers:
		k.at("wrong-client", "requires", fmt.Sprintf("%s has no register of clients", r.Capability), "remove client, or add registers: true to the provider that can do it")
	case r.Client != nil:
		k.client(*r.Client)
	}
	for _, name := range r.Names {
		if name != Routes {
			k.setting("requires", name)
		}
	}
}

func (k *checker) client(c Client) {
	if c.Title == "" {
		k.at("wrong-client", "requires", "a client has no title, which people see when they log in", "add title: NAME")
	}
	if c.Host != "" {
		k.setting("requires", "hosts."+c.Host)
	} else if len(c.Redirects)+len(c.Logouts) > 0 || c.Public {
		k.at("wrong-client", "requires", "browsers come back to a client, and nothing says where it is", "add host: NAME, a key below hosts")
	}
	for _, path := range append(slices.Clone(c.Redirects), c.Logouts...) {
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " #*\\\"") {
			k.at("wrong-client", "requires", fmt.Sprintf("%q is no path to which a browser comes back", path), "such as /login/callback/; it is compared as a whole")
		}
	}
	k.setting("requires", c.Programs.Setting, settings.Map)
	if (c.Programs.Setting == "") != (len(c.Programs.Scopes) == 0) || c.Programs.Setting != "" && c.Public {
		k.at("wrong-client", "requires", "programs have a setting and scopes, and come to a client with a secret", "programs: {setting: KEY, scopes: [...]}, without public")
	}
	for _, name := range c.For {
		if len(k.catalog.Providers(name)) == 0 {
			k.at("unknown-capability", "requires", fmt.Sprintf("%s is provided by no service", name), "check its spelling, or add the service that provides it")
		}
	}
}

func (k *checker) database(d Database) {
	if !slices.ContainsFunc(k.catalog.Providers(d.Capability), func(s *Definition) bool { return s.Provided(d.Capability).Tenants }) {
		k.at("no-database", "databases", fmt.Sprintf("%s: %s is provided by no service that keeps databases of its own for clients", d.Name, d.Capability), "check its spelling")
	}
	for _, other := range k.catalog.Services {
		for _, same := range other.Databases {
			if other.Folder < k.service.Folder && same.Name == d.Name && same.Capability == d.Capability {
				k.at("database-declared-twice", "databases", fmt.Sprintf("%s is declared in %s as well", d.Name, other.Folder), "declare it once")
			}
		}
	}
	k.references("databases", d.Database+d.Role)
	if d.Password != "" {
		k.secret("databases", d.Password)
	}
}

func (k *checker) secret(path, name string) {
	if k.secrets[name] == "" {
		k.at("unknown-secret", path, fmt.Sprintf("%s is declared by no service", name), "declare it in secrets, or check its spelling")
	}
}

// networks is about where the service is.
func (k *checker) networks() {
	s := k.service
	for _, name := range sortedKeys(s.Networks) {
		a := s.Networks[name]
		if !slices.ContainsFunc(k.catalog.Networks, func(n Network) bool { return n.Name == name }) {
			k.at("unknown-network", "networks", fmt.Sprintf("%s is none", name), "networks stand in _shared/networks.yaml")
		}
		if a.Address != 0 && (a.Address < FirstFixed || a.Address > LastFixed) {
			k.at("wrong-address", "networks", fmt.Sprintf("%s: %d is no fixed address", name, a.Address), fmt.Sprintf("a number from %d to %d; those below are given out", FirstFixed, LastFixed))
		}
		if i := slices.IndexFunc(k.catalog.Networks, func(n Network) bool { return n.Name == name }); i >= 0 && !k.catalog.Networks[i].Internal && s.Egress.Reason == "" && len(s.Ports) == 0 {
			k.at("egress-without-reason", "networks", fmt.Sprintf("%s has a way out, and nobody says what for", name), "say in egress why the service may call others, or make the network internal")
		}
		for _, other := range k.catalog.Services {
			if b, joins := other.Networks[name]; joins && a.Address != 0 && b.Address == a.Address && other.Folder < s.Folder {
				k.at("wrong-address", "networks", fmt.Sprintf("%s: %d is the address of %s", name, a.Address, other.Name), "choose another one")
			}
		}
	}
}

// volumes is about what is kept.
func (k *checker) volumes() {
	s := k.service
	for _, v := range s.Volumes {
		k.absolute("volumes", v.Path)
		if v.Contains == "" && (len(v.Backup) > 0 || len(v.Restore) > 0) {
			k.at("backup-without-contents", "volumes", fmt.Sprintf("%s has a backup, and nobody knows of what", v.Name), "say what it contains; that makes the service its owner")
		}
		if len(v.Restore) > 0 != (len(v.Backup) > 0) {
			k.at("backup-without-contents", "volumes", fmt.Sprintf("%s has only one of backup and restore", v.Name), "say both")
		}
		k.steps("volumes", v.Name, v.Backup)
		k.steps("volumes", v.Name, v.Restore)
		for _, other := range k.catalog.Services {
			for _, same := range other.Volumes {
				if same.Name == v.Name && same.Contains != "" && v.Contains != "" && other.Folder < s.Folder {
					k.at("volume-owned-twice", "volumes", fmt.Sprintf("%s is owned by %s", v.Name, other.Name), "let one of them say what it contains")
				}
			}
		}
		if !slices.ContainsFunc(k.catalog.Services, func(o *Definition) bool {
			return slices.ContainsFunc(o.Volumes, func(same Volume) bool { return same.Name == v.Name && same.Contains != "" })
		}) {
			k.at("volume-without-owner", "volumes", fmt.Sprintf("%s has no owner", v.Name), "say at one service what it contains, for whoever makes backups")
		}
	}
	for _, b := range s.Binds {
		k.absolute("binds", b.Path)
		if strings.HasPrefix(b.Source, "/") || strings.Contains("/"+b.Source+"/", "/../") || b.Source == "" {
			k.at("wrong-path", "binds", fmt.Sprintf("%q is no path inside the bundle", b.Source), "such as custom/NAME")
		}
	}
}
