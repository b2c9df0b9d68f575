//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"
)

// TestDoctor looks at this machine and the real engine: once as it is, and once with what is in the way.
func TestDoctor(t *testing.T) {
	listener := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	defer listener.Close()
	taken := listener.Addr().(*net.TCPAddr).Port
	bridge := must(exec.Command("docker", "network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Subnet}}").Output())(t)
	results := examine(t, "project="+scratchPrefix+"doctor", fmt.Sprintf("publish.https=%d", taken), "network.pool="+strings.TrimSpace(string(bridge)))
	for check, text := range map[string]string{
		"engine":  "Docker Engine ",
		"compose": "Compose ",
		"ports":   fmt.Sprintf("%d/tcp is in use on 127.0.0.1", taken),
		"subnets": "of the Docker network bridge",
		"memory":  "the services' limits add up to ",
		"disk":    " left",
	} {
		if !strings.Contains(results[check], text) {
			t.Errorf("%s says %q", check, results[check])
		}
	}
	if strings.Contains(results["subnets"], "the route to") {
		t.Errorf("Docker's own bridge is taken for another route: %s", results["subnets"])
	}
	if volumes := results["volumes"]; volumes != "" {
		t.Errorf("a project that never ran has volumes: %s", volumes)
	}
}

// examine returns what owgen doctor says, by check.
func examine(t *testing.T, settings ...string) map[string]string {
	t.Helper()
	args := []string{"doctor", "single-server", "--json"}
	for _, s := range settings {
		args = append(args, "--set", s)
	}
	out, _ := exec.Command(owgen, args...).Output() // it fails where it finds a problem
	var list []struct{ Check, State, Message string }
	if err := json.Unmarshal(out, &list); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	results := map[string]string{}
	for _, r := range list {
		results[r.Check] += r.State + ": " + r.Message + "\n"
	}
	return results
}
