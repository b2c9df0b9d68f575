package lint

import (
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/diag"
)

// limitRules are about services that take too much, or die unnoticed.
func limitRules() []Rule {
	return []Rule{
		{ID: "no-memory-limit", Severity: diag.Warning, Summary: "Every service has a memory limit.",
			Reason: "Without one, a leak in one service makes the kernel kill another one, chosen by its size.",
			Fix:    "set mem_limit", Check: unlimitedMemory},
		{ID: "no-pids-limit", Severity: diag.Warning, Summary: "Every service has a limit of processes.",
			Reason: "Without one, a service that forks without end takes the host down.",
			Fix:    "set pids_limit", Check: unlimitedProcesses},
		{ID: "no-log-limit", Severity: diag.Warning, Summary: "Every service's log is limited in size.",
			Reason: "Docker keeps the json-file log of a container for ever, until the disk is full.",
			Fix:    "set logging with driver json-file and the options max-size and max-file, or driver local", Check: unlimitedLogs},
		{ID: "no-probe", Severity: diag.Warning, Summary: "Every service that stays has a health probe.",
			Reason: "A process that runs and no longer answers looks fine without one, and nobody can wait for the service.",
			Fix:    "add a healthcheck that proves the service's function", Check: unprobedServices},
		{ID: "no-restart", Severity: diag.Warning, Summary: "Every service that stays is started again when it dies.",
			Reason: "By default a container that crashed, or whose host was restarted, stays down.",
			Fix:    `set restart: unless-stopped, or restart: "no" for a job that ends`, Check: unrestartedServices},
	}
}

func unlimitedMemory(p *Subject) diag.List {
	return p.each("mem_limit", func(s locatedService) string {
		limited := s.Deploy != nil && s.Deploy.Resources.Limits != nil && s.Deploy.Resources.Limits.MemoryBytes > 0
		if limited || s.MemLimit > 0 {
			return ""
		}
		return "may take all memory of the host"
	})
}

func unlimitedProcesses(p *Subject) diag.List {
	return p.each("pids_limit", func(s locatedService) string {
		limited := s.Deploy != nil && s.Deploy.Resources.Limits != nil && s.Deploy.Resources.Limits.Pids > 0
		if limited || s.PidsLimit > 0 {
			return ""
		}
		return "may start processes without end"
	})
}

func unlimitedLogs(p *Subject) diag.List {
	return p.each("logging", func(s locatedService) string {
		switch l := s.Logging; {
		case l == nil:
			return "its log grows without end"
		case (l.Driver == "" || l.Driver == "json-file") && l.Options["max-size"] == "":
			return "its log grows without end: max-size is not set"
		}
		return ""
	})
}

func unprobedServices(p *Subject) diag.List {
	jobs := p.jobs()
	return p.each("healthcheck", func(s locatedService) string {
		probed, known := p.probed(s)
		switch {
		case probed || jobs[s.Name]:
			return ""
		case known:
			return "has no health probe"
		}
		return "has a health probe only if its image brings one"
	})
}

func unrestartedServices(p *Subject) diag.List {
	jobs := p.jobs()
	return p.each("restart", func(s locatedService) string {
		publishes := len(s.Ports) > 0
		switch {
		case jobs[s.Name] || s.Deploy != nil && s.Deploy.RestartPolicy != nil:
			return ""
		case s.Restart == "" || s.Restart == types.RestartPolicyNo && publishes:
			return "stays down when it dies"
		case strings.HasPrefix(s.Restart, types.RestartPolicyOnFailure) && publishes:
			return "stays down when the host or the engine is restarted"
		}
		return ""
	})
}
