package doctor

import (
	"context"
	"net/netip"
	"slices"
	"time"
)

// An Engine runs deployments. There is one for each target.
type Engine interface {
	// Ask finds out what the engine is and has of a project; an error says that it does not answer. Facts that come with an error
	// have a cluster alone, which somebody else answers for.
	Ask(ctx context.Context, project string) (*EngineFacts, error)
	Words() Words
}

// Words are what people call the things of an engine, and do with them.
type Words struct {
	Engine        string // "the ... engine"
	Install       string // what to do where it does not answer
	Network       string // stands before the name of a network
	MakeRoom      string // what to do where its disk is full
	RemoveVolumes string // what to do with volumes that nobody needs
	Rebuild       string // the commands that build images anew, and start what is made of them
}

// EngineFacts are what an engine says of itself and of what it has.
type EngineFacts struct {
	Arch      string
	Memory    uint64
	Root      string // where it keeps images and volumes
	Elsewhere string // "in a virtual machine" or "on another machine"; empty: on this one
	Rootless  bool
	Time      time.Time

	// Itself are checks of the engine, such as its version, and Publishing those of how it publishes ports on IPv4 and
	// IPv6; who knows the engine makes them.
	Itself     []Result
	Publishing func(v4, v6 bool) []Result

	Containers []Container // those that run, and those of the project
	Networks   []Network
	Volumes    []Volume // those of the project
	Images     []Image  // those that were built from bundles

	Cluster *Cluster // its machines, if it runs things on several; nil: on this one
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

func (c *checkup) checkArchitecture() {
	if slices.Contains([]string{"amd64", "x86_64", "arm64", "aarch64"}, c.engine.Arch) {
		c.add("architecture", OK, c.engine.Arch, "")
		return
	}
	c.add("architecture", Problem, "the images are made for amd64 and arm64, and this is "+c.engine.Arch, "use a 64-bit machine, with a 64-bit system")
}
