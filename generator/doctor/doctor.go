// Package doctor finds out whether a machine can run a deployment. What it looks at follows from the plan: its
// ports, subnets, devices, limits, names and volumes. The machine and the engine are interfaces: tests have bad days, and
// another engine brings its own checks.
package doctor

import (
	"cmp"
	"context"
	"errors"
	"net/netip"
	"slices"
	"time"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/plan"
)

// A State says how a check went.
type State string

// The states, from good to bad. What could not be looked at is Unknown.
const (
	OK      State = "ok"
	Unknown State = "unknown"
	Warning State = "warning"
	Problem State = "problem"
)

// A Result is what one check found, and what to do about it.
type Result struct {
	Check   string `json:"check"`
	State   State  `json:"state"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// A Secret is a file that the deployment needs; Made is zero where it is not there. New says that nothing was generated with it yet.
type Secret struct {
	Path string
	Made time.Time
	New  bool
}

// A Patient is what is to be run. Folder, Secrets, Made, Authority and Certificate are empty for a profile that nothing was generated from.
type Patient struct {
	Plan    *plan.Plan
	Folder  string // of the bundle
	Secrets []Secret
	Made    time.Time // when the bundle was generated

	Authority   []byte    // the certificate of the generated authority, or nothing
	Certificate []byte    // the user's own, or nothing
	Files       diag.List // what is wrong with the files of the user's that the input names
	Gone        []string  // files that were generated and are not there
}

// A Machine is where it is to be run.
type Machine interface {
	Routes() ([]Route, error)
	Addresses() ([]netip.Addr, error)
	// Listen says whether a port is free: ErrTaken if it is not, another error if nobody can tell.
	Listen(protocol, address string, port int64) error
	// Folder is where a path leads, without links, or an error if there is nothing.
	Folder(path string) (string, error)
	// Device says whether a device is there.
	Device(path string) error
	// Memory is what programs can still get, in bytes.
	Memory() (uint64, error)
	// Free is the space that is left where a path lies, in bytes.
	Free(path string) (uint64, error)
	// Synchronized says whether the clock follows another one.
	Synchronized() (bool, error)
	Now() time.Time
	Lookup(ctx context.Context, name string) ([]netip.Addr, error)
	// LookupMX, LookupTXT and LookupPTR ask the DNS. ErrNoRecord says that there is none, another error that nobody can tell.
	LookupMX(ctx context.Context, name string) ([]string, error)
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupPTR(ctx context.Context, address netip.Addr) ([]string, error)
	// Reach connects to a port of another machine, and hangs up.
	Reach(ctx context.Context, host, port string) error
}

// ErrNoRecord says that the DNS has no such record.
var ErrNoRecord = errors.New("no such record")

// ErrTaken says that a port is in use.
var ErrTaken = errors.New("in use")

// A Route is one of the machine's own.
type Route struct {
	To     netip.Prefix
	Device string
}

// A checkup is one run.
type checkup struct {
	Patient
	machine Machine
	engine  *EngineFacts // nil: it does not answer
	cluster *Cluster     // nil: nothing is known of one
	words   Words
	strange []string // folders of other bundles whose containers have the project's name
	results []Result
}

func (c *checkup) add(check string, state State, message, hint string) {
	c.results = append(c.results, Result{check, state, message, hint})
}

// Check makes all checks that the plan asks for. The second result is false if the engine does not answer, which
// leaves out what only it knows.
func Check(ctx context.Context, in Patient, m Machine, e Engine) ([]Result, bool) {
	c := &checkup{Patient: in, machine: m, words: e.Words()}
	facts, err := e.Ask(ctx, in.Plan.Project)
	if facts != nil {
		c.cluster = facts.Cluster
	}
	if err != nil {
		c.add("engine", Problem, c.words.Engine+" does not answer: "+err.Error(), c.words.Install)
	} else {
		c.engine = facts
		c.results = append(c.results, facts.Itself...)
		c.checkArchitecture()
		c.checkProject()
	}
	if c.several() {
		if c.cluster != nil {
			c.checkMachines()
		} else {
			c.unanswered("machines")
		}
		c.checkDisk()
		c.checkNames(ctx)
	} else {
		c.checkPorts()
		c.checkSubnets()
		c.checkDevices()
		c.checkMemory()
		c.checkDisk()
		c.checkForwarding()
		c.checkClock()
		c.checkNames(ctx)
		c.checkVolumes()
	}
	c.checkOutside(ctx)
	c.checkUpdates()
	c.checkAuthority()
	c.checkCertificate()
	c.checkFiles()
	if c.Folder != "" {
		c.checkSecrets()
		c.checkBinds()
		c.checkGone()
	}
	return c.results, c.engine != nil
}

// Worst returns the worst state among the results.
func Worst(results []Result) State {
	order := []State{OK, Unknown, Warning, Problem}
	worst := slices.MaxFunc(append([]Result{{State: OK}}, results...), func(a, b Result) int {
		return cmp.Compare(slices.Index(order, a.State), slices.Index(order, b.State))
	})
	return worst.State
}

// remote says that the engine runs elsewhere, so that this machine's ports, routes, devices and disk mean nothing.
func (c *checkup) remote() bool { return c.engine != nil && c.engine.Elsewhere != "" }

// elsewhere reports a check that only the engine's own machine could make.
func (c *checkup) elsewhere(check string) bool {
	if c.remote() {
		c.add(check, Unknown, "the engine runs "+c.engine.Elsewhere+", where owgen cannot look", "run `owgen doctor` there")
	}
	return c.remote()
}

// unanswered reports a check of what the deployment may have taken itself: only an engine could tell that from strangers.
func (c *checkup) unanswered(check string) bool {
	if c.engine == nil {
		c.add(check, Unknown, "not looked at: no engine answers", "")
	}
	return c.engine == nil
}

// started are the services that run; images are only built.
func (c *checkup) started() []*plan.Service {
	return slices.DeleteFunc(slices.Clone(c.Plan.Services), func(s *plan.Service) bool { return s.Role == catalog.RoleImage })
}
