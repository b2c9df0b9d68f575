//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Where the tests of a Swarm find one: three machines whose engines answer without TLS on port 2375, the first a manager. All
// of it is theirs to fill, and to break.
const (
	swarmMachines = "OWGEN_E2E_SWARM"          // NAME=ADDRESS, a space between
	swarmRegistry = "OWGEN_E2E_SWARM_REGISTRY" // from which they pull
	swarmLogin    = "OWGEN_E2E_SWARM_LOGIN"    // NAME:PASSWORD of the registry, where it asks for one
	swarmNetwork  = "OWGEN_E2E_SWARM_NETWORK"  // the network of this engine on which they are
	swarmKill     = "OWGEN_E2E_SWARM_KILL"     // a shell command that ends the machine $NAME as a power cut does
	swarmRevive   = "OWGEN_E2E_SWARM_REVIVE"   // and one that switches it on again
	swarmFirewall = "OWGEN_E2E_SWARM_FIREWALL" // "iptables": their kernel has no nf_tables, which the VPN server's firewall needs
)

// swarm is a Docker Swarm that a deployment runs on.
type swarm struct {
	names     []string
	addresses map[string]string
	registry  string
	network   string
	domain    string
	catalog   []string // flags for service folders of the tests' own
}

func newSwarm(t testing.TB) *swarm {
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
	if os.Getenv(swarmFirewall) == "iptables" {
		w.catalog = []string{"--catalog", olderFirewall(t)}
	}
	return w
}

// olderFirewall lays the VPN server's folder over the built-in one, with the same rules for the older packet filter: what is
// tried here is the way to the tunnel, not its firewall, which the other tests have on a kernel that owgen supports.
func olderFirewall(t testing.TB) string {
	t.Helper()
	catalog := t.TempDir()
	folder := filepath.Join(catalog, "openvpn")
	if err := os.CopyFS(folder, os.DirFS("../dockerfiles/openvpn")); err != nil {
		t.Fatal(err)
	}
	replace := func(name, from, to, with string) {
		t.Helper()
		file := filepath.Join(folder, name)
		before, rest, found := strings.Cut(string(must(os.ReadFile(file))(t)), from)
		_, after, ended := strings.Cut(rest, to)
		if !found || !ended {
			t.Fatalf("%s has no %q, then %q", name, from, to)
		}
		if err := writeFile(file, []byte(before+with+after)); err != nil {
			t.Fatal(err)
		}
	}
	replace("Dockerfile.tmpl", "iproute2", " ", "iproute2 iptables ")
	replace("service.yaml", "capabilities: [NET_ADMIN", ",", "capabilities: [NET_RAW, NET_ADMIN,")
	replace("files/prepare.tmpl", "if ! nft ", "\nfi\n", `{
	echo '*filter'; echo ':FORWARD DROP'
	echo '-A INPUT -i tun0 -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT'
	echo '-A INPUT -i tun0 -p icmp --icmp-type echo-request -j ACCEPT'
	echo '-A INPUT -i tun0 -j DROP'
	echo '-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT'
	for network in $networks; do echo "-A FORWARD -i $interface -s $network -o tun0 -j ACCEPT"; done
	echo COMMIT; echo '*nat'
	for network in $networks; do echo "-A POSTROUTING -s $network -o tun0 -j MASQUERADE"; done
	echo COMMIT
} | XTABLES_LOCKFILE=/tmp/xtables.lock iptables-legacy-restore --noflush
`)
	return catalog
}

// edges are the addresses of the machines that the public names lead to.
func (w *swarm) edges() []string { return []string{w.addresses[w.names[0]], w.addresses[w.names[1]]} }

// docker runs a program that speaks to the manager.
func (w *swarm) docker(limit time.Duration, dir, name string, args ...string) (string, error) {
	return w.on(w.names[0], limit, dir, name, args...)
}

// engine is where a machine's engine is reached.
func (w *swarm) engine(machine string) string { return "tcp://" + w.addresses[machine] + ":2375" }

// on runs a program that speaks to a machine's engine.
func (w *swarm) on(machine string, limit time.Duration, dir, name string, args ...string) (string, error) {
	variables := []string{"DOCKER_HOST=" + w.engine(machine), "REACH=tcp://ADDRESS:2375", name}
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
