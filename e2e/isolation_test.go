//go:build e2e

package e2e

import (
	"net"
	"os"
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
