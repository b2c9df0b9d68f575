//go:build e2e

package e2e

import (
	"cmp"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Where the tests of a Swarm find one: three machines whose engines answer without TLS on port 2375, the first a manager. All
// of it is theirs to fill, and to break.
const (
	swarmMachines = "OWGEN_E2E_SWARM"          // NAME=ADDRESS, a space between
	swarmRegistry = "OWGEN_E2E_SWARM_REGISTRY" // from which they pull
	swarmNetwork  = "OWGEN_E2E_SWARM_NETWORK"  // the network of this engine on which they are
	swarmKill     = "OWGEN_E2E_SWARM_KILL"     // a shell command that ends the machine $NAME as a power cut does
	swarmRevive   = "OWGEN_E2E_SWARM_REVIVE"   // and one that switches it on again
	swarmCatalog  = "OWGEN_E2E_SWARM_CATALOG"  // service folders for what the machines' kernel lacks
)

// swarm is a Docker Swarm that a deployment runs on.
type swarm struct {
	names     []string
	addresses map[string]string
	registry  string
	network   string
	domain    string
}

func newSwarm(t *testing.T) *swarm {
	t.Helper()
	if os.Getenv(swarmMachines) == "" {
		t.Skipf("NOT RUN: no Swarm to deploy to; %s names the machines of one", swarmMachines)
	}
	w := &swarm{addresses: map[string]string{}, registry: os.Getenv(swarmRegistry), network: os.Getenv(swarmNetwork), domain: "openwisp.localhost"}
	for machine := range strings.FieldsSeq(os.Getenv(swarmMachines)) {
		name, address, _ := strings.Cut(machine, "=")
		w.names = append(w.names, name)
		w.addresses[name] = address
	}
	if len(w.names) != 3 || w.registry == "" || w.network == "" {
		t.Fatalf("%s=%q has three machines, %s and %s are set", swarmMachines, os.Getenv(swarmMachines), swarmRegistry, swarmNetwork)
	}
	return w
}

// edges are the addresses of the machines that the public names lead to.
func (w *swarm) edges() []string { return []string{w.addresses[w.names[1]], w.addresses[w.names[2]]} }

// docker runs a program that speaks to the manager.
func (w *swarm) docker(limit time.Duration, dir, name string, args ...string) (string, error) {
	return w.on(w.names[0], limit, dir, name, args...)
}

// on runs a program that speaks to a machine's engine.
func (w *swarm) on(machine string, limit time.Duration, dir, name string, args ...string) (string, error) {
	variables := []string{"DOCKER_HOST=tcp://" + w.addresses[machine] + ":2375", "REACH=tcp://ADDRESS:2375", name}
	return command(limit, dir, "", "env", append(variables, args...)...)
}

// tasks are the machines on which tasks of a service run that are as they should be.
func (w *swarm) tasks(service string) ([]string, error) {
	out, err := w.docker(time.Minute, "", "docker", "service", "ps", service, "--filter", "desired-state=running", "--format", "{{.Node}} {{.CurrentState}}")
	var on []string
	for line := range strings.Lines(out) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[1] == "Running" {
			on = append(on, fields[0])
		}
	}
	return on, err
}

// machineOf is the address of the machine on which the one task of a service runs; empty while it does not.
func (w *swarm) machineOf(service string) string {
	on, err := w.tasks(service)
	if err != nil || len(on) != 1 {
		return ""
	}
	return w.addresses[on[0]]
}

func (w *swarm) tail(service string) string {
	out, err := w.docker(time.Minute, "", "docker", "service", "logs", "--no-trunc", "--tail", "25", service)
	if err != nil {
		out += err.Error()
	}
	tasks, _ := w.docker(time.Minute, "", "docker", "service", "ps", "--no-trunc", service, "--format", "{{.Name}} {{.Node}} {{.CurrentState}} {{.Error}}")
	return "--- " + service + "\n" + tasks + out
}

// logs is what all services printed so far.
func (w *swarm) logs(t testing.TB, project string) string {
	t.Helper()
	var all strings.Builder
	for service := range strings.FieldsSeq(must(w.docker(time.Minute, "", "docker", "stack", "services", project, "--format", "{{.Name}}"))(t)) {
		all.WriteString(must(w.docker(2*time.Minute, "", "docker", "service", "logs", service))(t))
	}
	return all.String()
}

// push hands the images over to the registry, by the manager, which knows it.
func (w *swarm) push(t testing.TB, s *stack) {
	t.Helper()
	names := s.imageNames()
	archive := filepath.Join(scratch, "swarm-images.tar")
	defer os.Remove(archive)
	must(command(10*time.Minute, "", "", "docker", append([]string{"save", "-o", archive}, names...)...))(t)
	must(w.docker(10*time.Minute, "", "docker", "load", "-q", "-i", archive))(t)
	must(w.docker(20*time.Minute, s.dir, "docker", "compose", "push", "-q"))(t)
}

// set generates the bundle again with other settings, and deploys it.
func (w *swarm) set(t testing.TB, s *stack, settings ...string) {
	t.Helper()
	args := append([]string{"generate", "--save"}, w.catalog()...)
	for _, setting := range settings {
		args = append(args, "--set", setting)
	}
	must(command(time.Minute, s.dir, "", owgen, args...))(t)
	w.deploy(t, s)
}

func (w *swarm) deploy(t testing.TB, s *stack) {
	t.Helper()
	started := time.Now()
	out, err := w.docker(20*time.Minute, s.dir, "./deploy")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("deployed in %.0f s", time.Since(started).Seconds())
}

// bundle makes, builds, pushes and deploys: data on the first machine, all else on the two others, workers on each.
func (w *swarm) bundle(t *testing.T) *stack {
	t.Helper()
	s := &stack{dir: filepath.Join(scratch, "swarm"), project: scratchPrefix + "swarm", swarm: w}
	input := fmt.Sprintf(`version: 1
extends: multi-node
project: %s
domain: %s
images: {registry: %s/openwisp}
swarm: {encrypt: false}
nodes:
  %s: {roles: [data, worker]}
  %s: {roles: [app, worker, edge]}
  %s: {roles: [app, worker, edge]}
scale: {nginx: 2}
`, s.project, w.domain, w.registry, w.names[0], w.names[1], w.names[2])
	file := filepath.Join(scratch, "swarm.yaml")
	if err := writeFile(file, []byte(input)); err != nil {
		t.Fatal(err)
	}
	must(command(time.Minute, "", "", owgen, append([]string{"generate", file, "-o", s.dir}, w.catalog()...)...))(t)
	if err := s.read(); err != nil {
		t.Fatal(err)
	}
	s.forget()
	must(s.compose(30*time.Minute, "build"))(t)
	w.remove(t, s)
	if os.Getenv("OWGEN_E2E_KEEP") == "" {
		t.Cleanup(func() { w.remove(t, s) })
	}
	w.push(t, s)
	w.deploy(t, s)
	return s
}

func (w *swarm) catalog() []string {
	if catalog := os.Getenv(swarmCatalog); catalog != "" {
		return []string{"--catalog", catalog}
	}
	return nil
}

// remove ends what runs of a stack, with its volumes.
func (w *swarm) remove(t testing.TB, s *stack) {
	t.Helper()
	_, _ = w.docker(time.Minute, "", "docker", "stack", "rm", s.project)
	for _, machine := range w.names {
		filter := "label=com.docker.stack.namespace=" + s.project
		eventually(t, 2*patience, "nothing of the stack runs on "+machine, func() error {
			left, err := w.on(machine, time.Minute, "", "docker", "ps", "-aq", "--filter", filter)
			return cmp.Or(err, found("containers", left))
		})
		volumes, err := w.on(machine, time.Minute, "", "docker", "volume", "ls", "-q", "--filter", filter)
		if err == nil && volumes != "" {
			_, err = w.on(machine, time.Minute, "", "docker", append([]string{"volume", "rm", "-f"}, strings.Fields(volumes)...)...)
		}
		if err != nil {
			t.Errorf("volumes on %s: %v", machine, err)
		}
	}
}

func found(what, list string) error {
	if list = strings.TrimSpace(list); list != "" {
		return fmt.Errorf("%s: %s", what, strings.ReplaceAll(list, "\n", " "))
	}
	return nil
}

// end and revive are what happens to machines.
func (w *swarm) end(t testing.TB, machine string)    { w.happens(t, swarmKill, machine) }
func (w *swarm) revive(t testing.TB, machine string) { w.happens(t, swarmRevive, machine) }

func (w *swarm) happens(t testing.TB, variable, machine string) {
	t.Helper()
	line := os.Getenv(variable)
	if line == "" {
		t.Fatalf("%s says how", variable)
	}
	must(command(3*time.Minute, "", "", "env", "NAME="+machine, "sh", "-c", line))(t)
}

// ready waits until the manager counts on a machine, or no longer does.
func (w *swarm) ready(t testing.TB, machine, state string) {
	t.Helper()
	eventually(t, 2*time.Minute, machine+" is "+state, func() error {
		now, err := w.docker(time.Minute, "", "docker", "node", "inspect", machine, "--format", "{{.Status.State}}")
		if err == nil && strings.TrimSpace(now) != state {
			err = fmt.Errorf("it is %s", now)
		}
		return err
	})
}

// localAddress is that of this machine on the network of a machine.
func localAddress(t testing.TB, to string) string {
	t.Helper()
	conn := must(net.Dial("udp", net.JoinHostPort(to, "9")))(t)
	defer conn.Close()
	host, _, err := net.SplitHostPort(conn.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	return host
}

// runsOn says that all tasks of a service run on some of the machines.
func (w *swarm) runsOn(service string, number int, machines ...string) error {
	on, err := w.tasks(service)
	if err != nil {
		return err
	}
	for _, machine := range on {
		if !slices.Contains(machines, machine) {
			return fmt.Errorf("%s runs on %s", service, machine)
		}
	}
	if len(on) != number {
		return fmt.Errorf("%d tasks of %s run", len(on), service)
	}
	return nil
}
