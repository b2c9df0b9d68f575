//go:build e2e

package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// container is what tests need of docker inspect.
type container struct {
	ID, Name, Image string
	State           struct {
		Status, StartedAt string
		Running           bool
		OOMKilled         bool
		Pid, ExitCode     int
		Health            *struct {
			Status string
			Log    []struct{ Output string }
		}
	}
	RestartCount int
	Config       struct {
		User        string
		Env         []string
		Labels      map[string]string
		Healthcheck *struct{ Test []string }
		StopTimeout *int
	}
	HostConfig struct {
		ReadonlyRootfs, Privileged bool
		CapAdd, CapDrop            []string
		SecurityOpt                []string
		Memory, PidsLimit          int64
		NetworkMode                string
		RestartPolicy              struct{ Name string }
		Tmpfs                      map[string]string
		LogConfig                  struct {
			Type   string
			Config map[string]string
		}
	}
	Mounts []struct {
		Type, Source, Destination string
		RW                        bool
	}
	NetworkSettings struct {
		Networks map[string]struct{ IPAddress, Gateway string }
	}
}

// container inspects the one container of a service.
func (s *stack) container(service string) (container, error) {
	id, err := s.compose(time.Minute, "ps", "-aq", service)
	if err != nil {
		return container{}, err
	}
	ids := strings.Fields(id)
	if len(ids) != 1 {
		return container{}, fmt.Errorf("%s has %d containers", service, len(ids))
	}
	return inspect(ids[0])
}

func inspect(id string) (container, error) {
	out, err := command(time.Minute, "", "", "docker", "inspect", id)
	if err != nil {
		return container{}, err
	}
	var found []container
	if err := json.Unmarshal([]byte(out), &found); err != nil {
		return container{}, err
	}
	return found[0], nil
}

// address returns the container's address on one of the bundle's networks.
func (s *stack) address(t testing.TB, service, network string) netip.Addr {
	t.Helper()
	c := must(s.container(service))(t)
	return must(netip.ParseAddr(c.NetworkSettings.Networks[s.project+"_"+network].IPAddress))(t)
}

// gateway returns the host's address on one of the bundle's networks.
func (s *stack) gateway(t testing.TB, network string) netip.Addr {
	t.Helper()
	subnet := must(netip.ParsePrefix(s.file.Networks[network].IPAM.Config[0].Subnet))(t)
	return subnet.Addr().Next()
}

// exec runs a program in a service's container, and returns what it printed.
func (s *stack) exec(t testing.TB, service string, args ...string) string {
	t.Helper()
	return must(s.in(2*time.Minute, service, args...))(t)
}

// problems says which services are not healthy, and which jobs did not end well.
func (s *stack) problems() error {
	out, err := s.compose(time.Minute, "ps", "-a", "--format", "json")
	if err != nil {
		return err
	}
	seen := map[string]string{}
	for line := range strings.Lines(out) {
		var row struct {
			Service, State, Health string
			ExitCode               int
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			return err
		}
		seen[row.Service] = row.State + " " + row.Health
		if row.State == "exited" {
			seen[row.Service] = fmt.Sprintf("exited %d", row.ExitCode)
		}
	}
	var bad []string
	for _, name := range s.services() {
		if seen[name] != "running healthy" {
			bad = append(bad, name+": "+seen[name])
		}
	}
	for _, name := range s.jobs() {
		if seen[name] != "exited 0" {
			bad = append(bad, name+": "+seen[name])
		}
	}
	if len(bad) > 0 {
		return errors.New(strings.Join(bad, ", "))
	}
	return nil
}

// sick says what an operator would look at: the state, and the last log lines of all that are not well.
func (s *stack) sick() string {
	err := s.problems()
	if err == nil {
		return "all services are healthy"
	}
	text := err.Error()
	for part := range strings.SplitSeq(err.Error(), ", ") {
		name, _, _ := strings.Cut(part, ":")
		text += "\n" + s.tail(name)
	}
	return text
}

// tail returns a service's last log lines, and the last answer of its probe.
func (s *stack) tail(service string) string {
	if at := s.away(); at != nil {
		return at.tail(service)
	}
	out, err := s.compose(time.Minute, "logs", "--no-color", "--no-log-prefix", "--tail", "25", service)
	if err != nil {
		out = err.Error()
	}
	text := "--- " + service + "\n" + out
	c, err := s.container(service)
	if err != nil {
		return text
	}
	if c.State.OOMKilled {
		text += fmt.Sprintf("--- %s ran out of its %d MiB of memory\n", service, c.HostConfig.Memory>>20)
	}
	if c.State.Health != nil && len(c.State.Health.Log) > 0 {
		text += "--- " + service + ", probe: " + c.State.Health.Log[len(c.State.Health.Log)-1].Output
	}
	return text
}

// watch shows the last log lines of some services if the test fails.
func (s *stack) watch(t testing.TB, services ...string) {
	t.Helper()
	t.Cleanup(func() {
		if !t.Failed() {
			return
		}
		for _, service := range services {
			t.Log(s.tail(service))
		}
	})
}

// logs returns all that services printed so far; without names, all of them.
func (s *stack) logs(t testing.TB, services ...string) string {
	t.Helper()
	if at := s.away(); at != nil {
		return at.logs(t)
	}
	return must(s.compose(time.Minute, append([]string{"logs", "--no-color"}, services...)...))(t)
}

// kill ends a container's main process as a crash would. "docker kill" would switch its restart policy off.
func (s *stack) kill(t testing.TB, service string) {
	t.Helper()
	c := must(s.container(service))(t)
	process := must(os.FindProcess(c.State.Pid))(t)
	if c.State.Pid <= 1 {
		t.Fatalf("%s does not run: %s", service, c.State.Status)
	}
	if err := process.Kill(); err != nil {
		t.Fatalf("kill %s: %v", service, err)
	}
}

// imageNames returns the images of some services, or of all.
func (s *stack) imageNames(services ...string) []string {
	var names []string
	for name, service := range s.file.Services {
		if len(services) == 0 || slices.Contains(services, name) {
			names = append(names, service.Image)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
