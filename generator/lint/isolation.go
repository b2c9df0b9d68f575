package lint

import (
	"strings"

	"github.com/owgen/owgen/generator/diag"
)

// isolationRules are about what a container sees of the host.
func isolationRules() []Rule {
	return []Rule{
		{ID: "host-namespace", Severity: diag.Warning, Summary: "Containers have namespaces of their own.",
			Reason: "With the host's network a container reaches all that listens on localhost; with its processes it can look into and stop them.",
			Fix:    "remove it; publish ports, or attach the network that is needed", Check: hostNamespaces},
		{ID: "engine-socket", Summary: "No container reaches the engine's socket.",
			Reason: "Who can talk to the engine can start a privileged container: the socket is root on the host, read-only or not.",
			Fix:    "remove the mount; put a proxy that lets only the needed calls through in between", Check: engineSockets},
		{ID: "host-path", Severity: diag.Warning, Summary: "Nothing of the host's system, and nobody's keys, are mounted.",
			Reason: "Through /, /etc, /root/.ssh, /var/lib/docker and the like a container changes or reads the host.",
			Fix:    "mount the one file that is needed, read-only", Check: hostPaths},
		{ID: "host-device", Severity: diag.Warning, Summary: "No device of the host is passed in without a reason.",
			Reason: "A device is a way around the container's walls.",
			Fix:    "remove it, or excuse it with the reason", Check: hostDevices},
	}
}

func hostNamespaces(p *Subject) diag.List {
	var found diag.List
	for _, s := range p.running() {
		for _, namespace := range []struct{ attribute, value string }{
			{"network_mode", s.NetworkMode}, {"pid", s.Pid}, {"ipc", s.Ipc}, {"uts", s.Uts}, {"userns_mode", s.UserNSMode}, {"cgroup", s.Cgroup},
		} {
			if namespace.value == "host" {
				found.Add(s.find("uses the host's "+strings.TrimSuffix(namespace.attribute, "_mode"), namespace.attribute))
			}
		}
	}
	return found
}
