// Package plan decides what runs: it selects services, matches capabilities, and derives addresses,
// subnets, routes and secrets. It knows stages and roles, and no service by its name.
package plan

import (
	"cmp"
	"net/netip"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lazy"
	"github.com/owgen/owgen/generator/secret"
	"github.com/owgen/owgen/generator/settings"
)

// A Plan is what a deployment consists of, before it is written for any target.
type Plan struct {
	Project      string
	Summary      string // the profile's one line
	Values       *settings.Values
	Services     []*Service   // images first, then by role, then by name
	Nodes        []*Node      // the machines, by name; none: one, or any
	Capabilities []Capability // what is provided, by whom
	Tenants      []Tenant     // databases of their own, by name
	Clients      []Client     // those that providers of logins register, in the services' order
	Networks     []Network    // those that are joined
	Pool         netip.Prefix
	Hosts        map[string]string // public names by their key below hosts
	Routes       []Route
	Askers       []*Asker // in the services' order
	Jobs         []Job
	Outside      []Outside
	Secrets      []secret.Spec   // those that are mounted, by name
	Needed       []bundle.Needed // files and folders of the user's that images are built from, in the order of their settings
	Volumes      []Volume        // those that are mounted, by name
	Rotations    []Rotation      // what follows a new value of a secret, by its name
}

// A Service is a planned service with everything that its conditions leave of it.
type Service struct {
	*catalog.Definition
	Images     []*catalog.Definition // the image's ancestors, the root first; itself not included
	Copies     []string              // services whose images it copies files from
	Uses       []Use
	DependsOn  []Dependency
	Intents    []*Intent
	Egress     []string // why it may call the internet; none: it cannot
	Secrets    []secret.Spec
	BuildReads []string // secrets that its image is built with
	Networks   []Joined
	Ports      []Published
	Volumes    []catalog.Volume
	Binds      []catalog.Bind
	Exceptions []catalog.Exception
	Replicas   int64    // how many of it run
	Nodes      []string // where it may run; none: anywhere
	Within     string   // the service in whose network it runs, and nowhere else
	Beside     string   // the service in whose network one more of it runs
}

// A Dependency is a service to wait for.
type Dependency struct {
	Service   string
	Completed bool // a job that must have ended well; otherwise the service must be healthy
}

// A Joined network, with the fixed address on it, or the zero address, and the name that the service has on it alone, if any.
type Joined struct {
	Name    string
	Address netip.Addr
	Alias   string
}

// A Network has its subnet; dynamic addresses come from its lower half, fixed ones lie in the upper.
type Network struct {
	catalog.Network
	Subnet, Dynamic netip.Prefix
}

// A Published port is open on the host.
type Published struct {
	catalog.Port
	Address string
	Host    int64
	Env     string // the name in .env of the setting that holds it, if any
}

// A Route is a public path and the service behind it.
type Route struct {
	Service     string
	Upstream    string // the name by which the edge finds it: the service's own, where the target knows no other
	HostKey     string // below hosts
	Host        string
	Path        string
	Protocol    string
	Port        int
	Main        bool   // it wins where another host has the same name and path
	Timeout     string // seconds; empty: the edge's own
	Body        string // MiB; empty: the edge's own
	Buffered    bool
	To          string   // the path there, or where the browser is sent; empty: the same
	Policy      string   // empty: the edge's own
	Permissions string   // likewise
	OwnPages    []string // no other site's page has browsers ask, but for these
	Headers     map[string]string
	Limits      []Limit
	Files       catalog.Files // of the protocol files
}

// A Limit is about public paths. Those with the same Zone count together.
type Limit struct {
	catalog.Limit
	Zone     string // of a rate: letters, digits and _
	Rate     int64  // requests a minute from one address; 0: no limit
	Networks []string
}

// Later is what the edge passes on to a service as long as that works on few of them; it refuses the rest, which come again.
type Later struct {
	Upstream string
	Port     int
	Within   int64 // seconds
	AtOnce   int64 // at each that runs of the edge
	Limits   []Limit
}

// A Job runs periodically: a task of Celery, by whoever has the scheduler for these, or a command in its own service.
type Job struct {
	Name     string
	Service  string // who declares it
	Task     string
	Command  []string
	Schedule string
	Args     []any
}

// An Outside is what has to be so outside of the deployment.
type Outside struct {
	Kind, Of, Is, Hint string
}

// A Volume is a named volume, with what it holds and how to back it up.
type Volume struct {
	Name, Contains  string
	Owner           string
	Class           string   // where it has to lie
	Services        []string // that mount it, in the plan's order
	Backup, Restore []Step
}

// A Rotation is what has to be done after another value was written into a secret's file.
type Rotation struct {
	Secret string
	Steps  []Step
}

// Make plans a deployment. It reports all that does not fit together; the plan is usable only when
// there is no error among the findings.
func Make(c *catalog.Catalog, v *settings.Values) (*Plan, diag.List) {
	var found diag.List
	p := &Plan{Project: v.String("project"), Values: v}
	selected := p.selectServices(c, &found)
	p.addServices(c, selected)
	p.addCapabilities(c, selected)
	p.addNetworks(c, &found)
	p.locateCapabilities()
	p.match(c, &found)
	p.divide()
	p.addEgress()
	p.nameByCertificate()
	p.nameByNetwork()
	p.addIntents()
	p.addTenants(c)
	p.addHosts()
	p.addClients()
	p.addMounts(c)
	p.addNeeded(c)
	p.addOperations(c)
	p.addPublic(&found)
	p.addAskers(&found)
	p.classify()
	found.Add(p.addNodes()...)
	found.Add(p.assign()...)
	found.Add(p.checkStorage()...)
	found.Add(p.checkChoices(c)...)
	found.Add(p.check()...)
	found.Add(v.Contradictions(c.Refused)...)
	return p, found
}

// Service returns the planned service of that name, or nil.
func (p *Plan) Service(name string) *Service {
	for _, s := range p.Services {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// UID is the number of the unprivileged user and group that all images run as.
func (p *Plan) UID() int64 { return p.Values.Int("build.uid") }

var reference = lazy.Regexp(`\{([a-z0-9_.-]+)\}`)

// expand fills in the settings that a text of a folder names: "{build.uid}".
func (p *Plan) expand(text string) string {
	return reference().ReplaceAllStringFunc(text, func(match string) string { return p.Values.String(match[1 : len(match)-1]) })
}

// Version is the image's own, or that of the nearest image that it derives from.
func (s *Service) Version() string {
	version := s.Image.Version
	for _, image := range s.Images {
		if s.Image.Version == "" {
			version = cmp.Or(image.Image.Version, version)
		}
	}
	return version
}
