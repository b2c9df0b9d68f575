//go:build e2e

package e2e

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// datastores are the services of which no public one may know, and their ports.
var datastores = map[string]string{"postgres": "5432", "redis": "6379", "influxdb": "8086"}

// reachable returns those addresses that accept a TCP connection from a service's container.
func (s *stack) reachable(t testing.TB, service string, addresses []string) []string {
	t.Helper()
	c := must(s.container(service))(t)
	cmd := inside(t, c.State.Pid, "connect", addresses...)
	cmd.Stderr = os.Stderr
	out := must(cmd.Output())(t)
	return strings.Fields(string(out))
}

func TestPublicServicesReachNoDatastore(t *testing.T) {
	s := shared(t)
	var addresses []string
	for service, port := range datastores {
		addresses = append(addresses, net.JoinHostPort(service, port))
		for _, network := range must(s.container(service))(t).NetworkSettings.Networks {
			addresses = append(addresses, net.JoinHostPort(network.IPAddress, port))
		}
	}
	slices.Sort(addresses)
	// Whoever may reach them does: else the rest of this test would prove nothing.
	if found := s.reachable(t, "dashboard", addresses); len(found) != len(addresses) {
		t.Fatalf("the dashboard reaches only %v of %v", found, addresses)
	}
	for _, service := range []string{"nginx", "freeradius", "openvpn", "postfix"} {
		if found := s.reachable(t, service, addresses); len(found) > 0 {
			t.Errorf("%s reaches %v", service, found)
		}
	}
	for service, definition := range s.file.Services {
		if _, is := datastores[service]; is && len(definition.Ports) > 0 {
			t.Errorf("%s is published: %v", service, definition.Ports)
		}
	}
}

// Nothing is published on other addresses than the setting says.
func TestPublishedAddresses(t *testing.T) {
	s := shared(t)
	for _, service := range s.services() {
		out := must(command(patience, "", "", "docker", "port", must(s.container(service))(t).ID))(t)
		for line := range strings.Lines(out) {
			_, address, _ := strings.Cut(strings.TrimSpace(line), " -> ")
			if !strings.HasPrefix(address, "127.0.0.1:") {
				t.Errorf("%s is published on %s", service, address)
			}
		}
	}
}

// Who has no reason to call out cannot: a listener on this host, at an address of a network that a service is not on, stands
// for the internet. The runbook names those who can.
func TestWhoHasNoReasonCannotCallOut(t *testing.T) {
	s := shared(t)
	listener := must(net.Listen("tcp", net.JoinHostPort(s.gateway(t, "edge").String(), "0")))(t)
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
	runbook := string(must(os.ReadFile(filepath.Join(s.dir, "README.md")))(t))
	_, table, found := strings.Cut(runbook, "## Who may call out")
	table, _, _ = strings.Cut(table, "\n## ")
	closed := 0
	for _, service := range s.services() {
		named := strings.Contains(table, "\n| "+service+" |")
		reached := len(s.reachable(t, service, []string{listener.Addr().String()})) > 0
		if !named {
			closed++
		}
		if !found || named != reached {
			t.Errorf("%s reaches the outside: %v; the runbook says %v", service, reached, named)
		}
	}
	if closed < 4 {
		t.Errorf("only %d services have no way out", closed)
	}
}
