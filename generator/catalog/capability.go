package catalog

import "cmp"

// Edge is the capability of whoever passes public requests on to the services that declare routes.
const Edge = "edge"

// Inner is the capability of whoever passes on what services ask of one another.
const Inner = "inner"

// Scheduler is the capability of whoever runs the tasks among the jobs.
const Scheduler = "scheduler"

// Routes stands in a requirement's names for the public names of all routes.
const Routes = "routes"

// A Capability is what a service gives to others: sql, cache, smtp, ... Services name capabilities, never one another.
type Capability struct {
	Capability string   `yaml:"capability"`
	Kind       string   `yaml:"kind"` // where several exist, as mysql and postgresql of sql
	Port       int      `yaml:"port"`
	Network    string   `yaml:"network"`   // where clients reach it
	Host       string   `yaml:"host"`      // the setting of the name by which they do, where they check it in its certificate; the service's own when empty
	Secrets    []string `yaml:"secrets"`   // mounted by each client
	Tenants    bool     `yaml:"tenants"`   // each client gets a database, a role and a password of its own
	Registers  bool     `yaml:"registers"` // it knows its clients by what they say of themselves, each with a secret of its own
	Ready      []string `yaml:"ready"`     // what succeeds in a client once it is there, where nothing else says so; a port is tried when empty
	Bounds     Bounds   `yaml:"bounds"`    // of what others ask through the edge
	External   string   `yaml:"external"`  // the settings external.NAME.* of a server that can take its place; the capability's name when empty
}

// Group is the group of settings below external that names a server in its place.
func (c Capability) Group() string { return cmp.Or(c.External, c.Capability) }

// A Requirement is a capability that a service needs.
type Requirement struct {
	Capability string    `yaml:"capability"`
	Kind       string    `yaml:"kind"`     // any, if empty
	Database   string    `yaml:"database"` // its own at a provider with tenants; services that name the same one share it
	Names      []string  `yaml:"names"`    // host names that it needs of the provider: hosts.NAME, or routes for those of all routes
	Client     *Client   `yaml:"client"`   // what a provider that registers its clients has to know of this one
	Without    []string  `yaml:"without"`  // secrets of the provider's clients that this one has no use for
	Optional   bool      `yaml:"optional"`
	Start      *bool     `yaml:"start"` // false: needed, but not before the service starts
	When       Condition `yaml:"when"`
}

// A Client says of itself what a provider of logins has to know. It is known there by its service's name, and has a secret
// that the provider shares with it alone.
type Client struct {
	Title     string   `yaml:"title"`
	Host      string   `yaml:"host"`      // below hosts: where browsers meet it; none, if they never do
	Redirects []string `yaml:"redirects"` // paths there to which browsers come back with a login
	Logouts   []string `yaml:"logouts"`   // and without one
	Scopes    []string `yaml:"scopes"`
	For       []string `yaml:"for"`    // capabilities whose providers, clients as well, are shown what this one was given
	Public    bool     `yaml:"public"` // it runs in browsers, and can keep no secret
	Programs  Programs `yaml:"programs"`
}

// Programs are other people's, which come to a client with what the provider gave them. Each is a client as well, without a secret, and
// what it was given is for that client alone, who may take it back to the provider for what opens the doors behind.
type Programs struct {
	Setting string   `yaml:"setting"` // a mapping of their names to where browsers come back
	Scopes  []string `yaml:"scopes"`  // that they may ask people for
}

// A Database says what is special about a tenant. One that nobody declares has its own name as database and role, and
// a password of its own.
type Database struct {
	Name       string   `yaml:"name"` // what requirements say
	Capability string   `yaml:"capability"`
	Database   string   `yaml:"database"` // its name there, which may be a setting: "{sql.database}"
	Role       string   `yaml:"role"`
	Password   string   `yaml:"password"`   // the secret that holds it
	Extensions []string `yaml:"extensions"` // what the database needs besides, in the words of its kind
}

// Offers returns the capability by which the service fits a requirement, or nil.
func (s *Definition) Offers(r Requirement) *Capability {
	for i := range s.Provides {
		if a := &s.Provides[i]; a.Capability == r.Capability && (r.Kind == "" || r.Kind == a.Kind) {
			return a
		}
	}
	return nil
}

// Database returns what a folder says about a tenant of a capability, or nil.
func (c *Catalog) Database(capability, name string) *Database {
	for _, s := range c.Services {
		for i := range s.Databases {
			if d := &s.Databases[i]; d.Capability == capability && d.Name == name {
				return d
			}
		}
	}
	return nil
}
