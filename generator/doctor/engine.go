package doctor

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An Engine is what Docker says of itself and of what it has.
type Engine struct {
	Version    string
	Compose    string // empty: the plugin is not there
	Arch       string
	Memory     uint64
	Root       string // where it keeps images and volumes
	Elsewhere  string // "in a virtual machine" or "on another machine"; empty: on this one
	Rootless   bool
	Forwarding bool // the kernel passes IPv4 on
	Time       time.Time
	// IPTables and UserlandProxy are false if the daemon's configuration switches them off.
	IPTables, UserlandProxy bool

	Containers []Container // those that run, and those of the project
	Networks   []Network
	Volumes    []Volume // those of the project
	Images     []Image  // those that were built from bundles
}

// A Container publishes ports.
type Container struct {
	Name    string
	Project string
	Folder  string // where Compose was called
	Running bool
	Ports   []PublishedPort
}

// A PublishedPort is open on the host.
type PublishedPort struct {
	Protocol string
	Address  string
	Port     int64
}

// A Network is one of the engine's.
type Network struct {
	Name    string
	Project string
	Bridge  string // its device on the host
	Subnets []netip.Prefix
}

// A Volume has a name as the engine knows it.
type Volume struct {
	Name string
	Made time.Time
}

// A version is compared by its numbers.
type version [3]int

// The oldest versions that work: of the engine because of the probes' start_interval, of Compose because of
// additional_contexts with a service.
var (
	minEngine  = version{25, 0, 0}
	minCompose = version{2, 33, 1}
)

func (v version) String() string {
	return strings.TrimSuffix(fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]), ".0")
}

// parseVersion reads the numbers at the start of "v2.33.1-desktop.1" or "26.1.5+dfsg1".
func parseVersion(text string) (version, bool) {
	text = strings.TrimPrefix(text, "v")
	if i := strings.IndexFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); i >= 0 {
		text = text[:i]
	}
	var v version
	for i, part := range strings.Split(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return v, false
		}
		if i < len(v) {
			v[i] = n
		}
	}
	return v, true
}

func (c *checkup) checkEngine() {
	v, ok := parseVersion(c.engine.Version)
	name := "Docker Engine " + c.engine.Version
	switch {
	case !ok:
		c.add("engine", Warning, fmt.Sprintf("%s is no version that owgen knows", name), "it has to be "+minEngine.String()+" or newer")
	case slices.Compare(v[:], minEngine[:]) < 0:
		c.add("engine", Problem, name+" is too old: it does not know how often a probe runs while a service starts", "install Docker Engine "+minEngine.String()+" or newer")
	default:
		c.add("engine", OK, name, "")
	}
}

func (c *checkup) checkCompose() {
	v, ok := parseVersion(c.engine.Compose)
	switch {
	case c.engine.Compose == "":
		c.add("compose", Problem, "`docker compose` is not there", "install the plugin docker-compose-plugin, "+minCompose.String()+" or newer")
	case !ok:
		c.add("compose", Warning, fmt.Sprintf("Compose %s is no version that owgen knows", c.engine.Compose), "it has to be "+minCompose.String()+" or newer")
	case slices.Compare(v[:], minCompose[:]) < 0:
		c.add("compose", Problem, "Compose "+c.engine.Compose+" is too old: it cannot build an image from another service's", "install docker-compose-plugin "+minCompose.String()+" or newer")
	default:
		c.add("compose", OK, "Compose "+c.engine.Compose, "")
	}
}

func (c *checkup) checkArchitecture() {
	if slices.Contains([]string{"amd64", "x86_64", "arm64", "aarch64"}, c.engine.Arch) {
		c.add("architecture", OK, c.engine.Arch, "")
		return
	}
	c.add("architecture", Problem, "the images are made for amd64 and arm64, and this is "+c.engine.Arch, "use a 64-bit machine, with a 64-bit system")
}

// checkProject finds another bundle under the same project name.
func (c *checkup) checkProject() {
	var folders []string
	for _, o := range c.engine.Containers {
		if o.Project == c.Plan.Project && o.Folder != "" && !slices.Contains(folders, o.Folder) {
			folders = append(folders, o.Folder)
		}
	}
	if len(folders) > 1 {
		c.add("project", Problem, fmt.Sprintf("containers of the project %s come from several folders: %s", c.Plan.Project, strings.Join(folders, ", ")),
			"give one of the bundles another name with the setting project")
	}
}
