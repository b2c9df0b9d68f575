package generator

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// What a container sends to other machines has the address of its own, which the file server knows as one that mounts.
func TestNoContainerPassesForAMachine(t *testing.T) {
	made := generateFrom(t, "multi-node", append([]string{"target=swarm"}, multiNode...)...)
	if text := string(made.Files["dockerfiles/fileserver/files/ganesha.conf"].Data); !strings.Contains(text, "\tPrivilegedPort = true;\n") {
		t.Errorf("the file server hears any port: %s", text)
	}
	var stack struct {
		Services map[string]struct {
			Sysctls map[string]string `yaml:"sysctls"`
		} `yaml:"services"`
	}
	if err := yaml.Unmarshal(made.Files["stack.yml"].Data, &stack); err != nil {
		t.Fatal(err)
	}
	var open []string
	for name, s := range stack.Services {
		if s.Sysctls["net.ipv4.ip_unprivileged_port_start"] != "1024" {
			open = append(open, name)
		}
	}
	if len(stack.Services) < 10 || len(open) != 1 || open[0] != "postfix" { // which listens at 25
		t.Errorf("of %d services these open ports of root's: %v", len(stack.Services), open)
	}
}
