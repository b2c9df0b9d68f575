//go:build e2e

package e2e

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// What the engine starts in a container that begins as root has all that its beginning needs. So the probe drops it before
// anything else: the kernel is asked about the real probes while they run.
func TestProbesAreUnprivileged(t *testing.T) {
	s := shared(t)
	rooted := map[string]string{} // container -> service
	for _, name := range s.services() {
		if c := must(s.container(name))(t); strings.HasPrefix(c.Config.User, "0") {
			rooted[c.ID] = name
		}
	}
	if len(rooted) < 4 {
		t.Fatalf("these begin as root: %v, which proves too little", slices.Sorted(maps.Values(rooted)))
	}
	seen := map[string]process{}
	born := map[string]time.Time{}
	// Each runs twice a minute, and on a busy machine one is missed now and then.
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline) && len(seen) < len(rooted); time.Sleep(time.Millisecond) {
		for service, p := range probes(rooted, born) {
			seen[service] = p
		}
	}
	for _, service := range rooted {
		p, found := seen[service]
		switch {
		case !found:
			t.Errorf("no probe of %s was seen", service)
		case slices.Contains(p.uids, "0") || p.permitted|p.effective|p.inherits != 0 || !p.noNewPrivileges:
			t.Errorf("the probe of %s (%d) runs as %v with the capabilities %#x %#x %#x, no_new_privs: %v",
				service, p.pid, p.uids, p.permitted, p.effective, p.inherits, p.noNewPrivileges)
		}
	}
}

// probes returns the probes that run in containers at this moment, by service: the process whose command is "health". They
// live for some milliseconds, so only what was born lately is looked at.
func probes(containers map[string]string, born map[string]time.Time) map[string]process {
	found := map[string]process{}
	all, _ := os.Open("/proc")
	defer all.Close()
	names, _ := all.Readdirnames(-1)
	for _, name := range names {
		if _, known := born[name]; !known {
			born[name] = time.Now()
		}
		folder := filepath.Join("/proc", name)
		if name[0] < '0' || name[0] > '9' || time.Since(born[name]) > 3*time.Second {
			continue
		}
		if comm, err := os.ReadFile(filepath.Join(folder, "comm")); err != nil || strings.TrimSpace(string(comm)) != "health" {
			continue
		}
		group, err := os.ReadFile(filepath.Join(folder, "cgroup"))
		if err != nil {
			continue // it ended meanwhile
		}
		status, err := os.ReadFile(filepath.Join(folder, "status"))
		if err != nil {
			continue
		}
		for id, service := range containers {
			if p, err := parseStatus(string(status)); err == nil && strings.Contains(string(group), id) && p.name == "health" {
				found[service] = p
			}
		}
	}
	return found
}

// A shell for whoever looks into such a container has nothing either.
func TestUnprivilegedShell(t *testing.T) {
	s := shared(t)
	for _, service := range []string{"celery", "celery-monitoring", "openvpn", "postfix", "nginx"} {
		out := must(s.compose(patience, "exec", "-T", service, "unprivileged", "cat", "/proc/self/status"))(t)
		p := must(parseStatus(out))(t)
		if slices.Contains(p.uids, "0") || p.permitted|p.effective|p.inherits != 0 || !p.noNewPrivileges {
			t.Errorf("%s: %+v", service, p)
		}
		if service != "postfix" && p.bounding != 0 {
			t.Errorf("%s may gain %#x", service, p.bounding)
		}
	}
}
