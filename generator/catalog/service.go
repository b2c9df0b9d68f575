// Package catalog reads the service folders: everything that is true of one service stands in its
// folder, and Go learns it from there.
package catalog

import (
	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/secret"
	"github.com/owgen/owgen/generator/settings"
)

// The roles of services, which give them their order and some defaults.
const (
	RoleImage  = "image" // only built: the parent of other images
	RoleData   = "data"
	RoleMail   = "mail"
	RoleJob    = "job" // runs once at each start
	RoleApp    = "app"
	RoleWorker = "worker"
	RoleEdge   = "edge" // published
)

// A Condition holds when every entry does: a setting's key, or capability.NAME, with the value, or
// one of the values, that it must have; "*" is any but an empty one.
type Condition map[string]settings.Names

// A Definition is what a service folder says.
type Definition struct {
	Name    string `yaml:"name"` // the folder's name when empty
	Summary string `yaml:"summary"`
	Role    string `yaml:"role"`
	Image   Image  `yaml:"image"`

	Replaces replaces.By `yaml:"replaces"` // variables of other installations

	Ask *settings.Ask `yaml:"ask"` // whether it runs, if that is for everybody to decide

	When      Condition           `yaml:"when"`
	Provides  []Capability        `yaml:"provides"`
	Requires  []Requirement       `yaml:"requires"`
	Databases []Database          `yaml:"databases"`
	Settings  []*settings.Setting `yaml:"settings"`

	Contradictions []settings.Contradiction `yaml:"contradictions"`

	Secrets  []Secret              `yaml:"secrets"`
	Mounts   []string              `yaml:"mounts_secrets"` // secrets of others
	Networks map[string]Attachment `yaml:"networks"`
	Egress   Egress                `yaml:"egress"`
	Intents  []Intent              `yaml:"intents"`
	Ports    []Port                `yaml:"ports"`
	Routes   []Route               `yaml:"routes"`
	Asks     []Ask                 `yaml:"asks"`
	Jobs     []Job                 `yaml:"jobs"`
	Outside  []Outside             `yaml:"outside"`
	Volumes  []Volume              `yaml:"volumes"`
	Binds    []Bind                `yaml:"binds"`
	Tmpfs    []Tmpfs               `yaml:"tmpfs"`
	SHM      string                `yaml:"shm"` // shared memory, if the engine's 64 MiB are little
	Probe    *Probe                `yaml:"probe"`

	Resources  Resources   `yaml:"resources"`
	Stop       Stop        `yaml:"stop"`
	Scaling    string      `yaml:"scaling"` // stateless, single or leader
	Exceptions []Exception `yaml:"exceptions"`

	Folder string            `yaml:"-"` // below the catalogue's root
	File   string            `yaml:"-"` // its service.yaml, as findings show it
	Files  map[string][]byte `yaml:"-"` // the folder's other files, by path inside it
}

// An Image says what a service's image is built from.
type Image struct {
	From    string   `yaml:"from"`   // the parent image's service; empty for the root image
	Copies  []string `yaml:"copies"` // services whose images it copies files from
	Hands   []string `yaml:"-"`      // the same, of the edge: those that routes take files from, where their services are planned
	Version string   `yaml:"version"`
	Secrets []string `yaml:"secrets"` // what its build reads, and no image keeps: those that there are

	Licenses string `yaml:"licenses"` // of the main program in it, as SPDX expression
}

// A Secret is declared by the service that it belongs to.
type Secret struct {
	Name        string      `yaml:"name"` // with each, a * stands for the item
	Each        string      `yaml:"each"` // a setting: one secret of the user's for each item of its list
	Kind        secret.Kind `yaml:"kind"`
	Length      int         `yaml:"length"`
	Description string      `yaml:"description"`
	File        string      `yaml:"file"`     // the setting that names a file of the user's
	Replaces    replaces.By `yaml:"replaces"` // variables of other installations
	Renewed     bool        `yaml:"renewed"`  // the user's file is replaced while the service runs, which sees the new one
	Rotate      []Step      `yaml:"rotate"`   // what to do after another value was written into its file
	When        Condition   `yaml:"when"`
}

// An Attachment joins a network; Address is a fixed host number in its subnet, or 0.
type Attachment struct {
	Address int       `yaml:"address"`
	When    Condition `yaml:"when"`
}

// A Port is published on the host.
type Port struct {
	Name      string    `yaml:"name"`
	Target    int       `yaml:"target"` // 0: the number under which it is published, which the service tells its clients
	Protocol  string    `yaml:"protocol"`
	Published string    `yaml:"published"` // the setting of type port
	Address   string    `yaml:"address"`   // the setting of the host's address; publish.address where it is empty
	When      Condition `yaml:"when"`
}

// A Job runs periodically, by whoever has the scheduler.
type Job struct {
	Name     string    `yaml:"name"`
	Task     string    `yaml:"task"`     // a function of Celery
	Command  []string  `yaml:"command"`  // or a program in this service
	Schedule string    `yaml:"schedule"` // cron, "every SECONDS", or "{setting}"
	Args     []any     `yaml:"args"`
	When     Condition `yaml:"when"`
}

// The kinds of what has to be so outside of the deployment.
const (
	OutsideMX   = "mx"   // the MX record of a name leads to another one
	OutsidePTR  = "ptr"  // the address of a name leads back to it
	OutsideTXT  = "txt"  // a TXT record of a name begins with a text
	OutsidePort = "port" // a port of others is reached: of the mail server of a domain
)

// OutsideKinds are all of them.
var OutsideKinds = []string{OutsideMX, OutsidePTR, OutsideTXT, OutsidePort}

// EachValue stands in an Outside's texts for a value of the settings in its Each.
const EachValue = "{each}"

// An Outside is what has to be so outside of the deployment, which `owgen doctor` looks at: all but the kind may name "{setting}".
type Outside struct {
	Kind string    `yaml:"kind"`
	Each []string  `yaml:"each"` // settings of names, or of lists of them, for each of which it has to be so
	Of   string    `yaml:"of"`   // the name
	Is   string    `yaml:"is"`   // what is expected there
	Hint string    `yaml:"hint"` // what to do
	When Condition `yaml:"when"`
}

// A Volume is a named volume mounted at Path; its owner says what it holds and how to back it up.
type Volume struct {
	Name     string    `yaml:"name"`
	Path     string    `yaml:"path"`
	ReadOnly bool      `yaml:"read_only"`
	Private  bool      `yaml:"private"` // never handed out by the edge, whoever asks for it
	Contains string    `yaml:"contains"`
	Backup   []Step    `yaml:"backup"`  // none: it need not be kept
	Restore  []Step    `yaml:"restore"` // what reads the files that backup wrote
	When     Condition `yaml:"when"`
}

// A Bind mounts a folder or file of the bundle, read-only.
type Bind struct {
	Source   string         `yaml:"source"`
	Path     string         `yaml:"path"`
	About    string         `yaml:"about"`    // what the user puts there, said by one of those that mount it
	Replaces replaces.Files `yaml:"replaces"` // files and folders that took its place in other installations
	When     Condition      `yaml:"when"`
}
