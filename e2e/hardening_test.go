//go:build e2e

package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// workersWithRoute start as root for one route and give all of it up: see their service.yaml.
// Whatever else deviates is found below, process by process.
func TestHardening(t *testing.T) {
	s := shared(t)
	for _, service := range append(s.services(), s.jobs()...) {
		t.Run(service, func(t *testing.T) {
			c := must(s.container(service))(t)
			s.checkContainer(t, service, c)
			if c.State.Running {
				s.checkProcesses(t, service, c)
			}
		})
	}
}

func (s *stack) checkContainer(t *testing.T, service string, c container) {
	t.Helper()
	host := c.HostConfig
	declared := s.file.Services[service]
	if !slices.Equal(host.CapDrop, []string{"ALL"}) {
		t.Errorf("cap_drop is %v", host.CapDrop)
	}
	if !slices.Contains(host.SecurityOpt, "no-new-privileges:true") && !slices.Contains(host.SecurityOpt, "no-new-privileges") {
		t.Errorf("security_opt is %v", host.SecurityOpt)
	}
	if !host.ReadonlyRootfs || host.Privileged {
		t.Errorf("read-only: %v, privileged: %v", host.ReadonlyRootfs, host.Privileged)
	}
	if host.Memory <= 0 || host.PidsLimit <= 0 {
		t.Errorf("limits: memory %d, pids %d", host.Memory, host.PidsLimit)
	}
	if host.LogConfig.Config["max-size"] == "" || host.LogConfig.Config["max-file"] == "" {
		t.Errorf("the log grows for ever: %v", host.LogConfig)
	}
	if c.Config.StopTimeout == nil || *c.Config.StopTimeout <= 0 {
		t.Error("no stop grace period")
	}
	if len(c.Config.Labels) == 0 || c.Config.Labels["org.opencontainers.image.title"] == "" && !hasOwnLabel(c.Config.Labels) {
		t.Errorf("no label of its own: %v", slices.Sorted(maps.Keys(c.Config.Labels)))
	}
	root := c.Config.User == "" || strings.HasPrefix(c.Config.User, "0") || strings.HasPrefix(c.Config.User, "root")
	if root && len(declared.CapAdd) == 0 {
		t.Errorf("runs as %q without a reason", c.Config.User)
	}
	if slices.Contains(s.jobs(), service) {
		if host.RestartPolicy.Name != "no" {
			t.Errorf("a job with the restart policy %q", host.RestartPolicy.Name)
		}
		return
	}
	if host.RestartPolicy.Name != "unless-stopped" {
		t.Errorf("restart policy %q", host.RestartPolicy.Name)
	}
	if c.Config.Healthcheck == nil || len(c.Config.Healthcheck.Test) < 2 {
		t.Error("no health probe")
	}
	for _, mount := range c.Mounts {
		if mount.Type == "bind" && mount.RW {
			t.Errorf("%s of the host can be written at %s", mount.Source, mount.Destination)
		}
		if strings.Contains(mount.Source, "docker.sock") {
			t.Errorf("the engine's socket is mounted at %s", mount.Destination)
		}
	}
}

func hasOwnLabel(labels map[string]string) bool {
	for name := range labels {
		if !strings.HasPrefix(name, "com.docker.compose.") {
			return true
		}
	}
	return false
}

// process is what the kernel says about one of a container's processes.
type process struct {
	pid                                      int
	name                                     string
	uids                                     []string
	permitted, effective, bounding, inherits uint64
	noNewPrivileges                          bool
}

// capabilities that the exceptions name.
var capabilityBits = map[string]uint{
	"CHOWN": 0, "DAC_OVERRIDE": 1, "DAC_READ_SEARCH": 2, "FOWNER": 3, "KILL": 5, "SETGID": 6, "SETUID": 7, "SETPCAP": 8,
	"NET_BIND_SERVICE": 10, "NET_ADMIN": 12, "NET_RAW": 13, "SYS_CHROOT": 18, "MKNOD": 27, "SETFCAP": 31,
}

func (s *stack) checkProcesses(t *testing.T, service string, c container) {
	t.Helper()
	var allowed uint64
	for _, name := range s.file.Services[service].CapAdd {
		bit, known := capabilityBits[strings.TrimPrefix(name, "CAP_")]
		if !known {
			t.Errorf("the capability %s is not known here", name)
		}
		allowed |= 1 << bit
	}
	processes := must(processesOf(c))(t)
	if len(processes) == 0 {
		t.Error("no process was found")
	}
	for _, p := range processes {
		if beyond := (p.permitted | p.effective | p.bounding | p.inherits) &^ allowed; beyond != 0 {
			t.Errorf("%s (%d) has the capabilities %#x, and only %v are declared", p.name, p.pid, beyond, s.file.Services[service].CapAdd)
		}
		if !p.noNewPrivileges {
			t.Errorf("%s (%d) may gain privileges", p.name, p.pid)
		}
		if slices.Contains(p.uids, "0") && len(s.file.Services[service].CapAdd) == 0 {
			t.Errorf("%s (%d) runs as root", p.name, p.pid)
		}
		// The workers need root for a moment only; the container's first process becomes the worker.
		if strings.HasPrefix(service, "celery") && (slices.Contains(p.uids, "0") || p.effective|p.permitted|p.bounding != 0) {
			t.Errorf("%s (%d) kept root or a capability: uids %v, %#x %#x %#x", p.name, p.pid, p.uids, p.effective, p.permitted, p.bounding)
		}
	}
}

// processesOf reads /proc for all processes in a container's control group.
func processesOf(c container) ([]process, error) {
	files, err := filepath.Glob("/proc/[0-9]*/cgroup")
	if err != nil {
		return nil, err
	}
	var found []process
	for _, file := range files {
		group, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(group), c.ID) {
			continue
		}
		status, err := os.ReadFile(filepath.Join(filepath.Dir(file), "status"))
		if err != nil {
			continue // it ended meanwhile
		}
		p, err := parseStatus(string(status))
		if err != nil {
			return nil, err
		}
		// A probe that the engine is just starting is not in its final state yet.
		if !strings.HasPrefix(p.name, "runc") {
			found = append(found, p)
		}
	}
	return found, nil
}

func parseStatus(status string) (p process, err error) {
	for line := range strings.Lines(status) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		switch name {
		case "Name":
			p.name = value
		case "Pid":
			p.pid, err = strconv.Atoi(value)
		case "Uid":
			p.uids = strings.Fields(value)
		case "NoNewPrivs":
			p.noNewPrivileges = value == "1"
		case "CapPrm":
			p.permitted, err = strconv.ParseUint(value, 16, 64)
		case "CapEff":
			p.effective, err = strconv.ParseUint(value, 16, 64)
		case "CapBnd":
			p.bounding, err = strconv.ParseUint(value, 16, 64)
		case "CapInh":
			p.inherits, err = strconv.ParseUint(value, 16, 64)
		}
		if err != nil {
			return p, fmt.Errorf("%s: %w", line, err)
		}
	}
	return p, nil
}
