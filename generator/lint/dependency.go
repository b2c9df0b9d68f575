package lint

import (
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/diag"
)

// dependencyRules are about who waits for whom.
func dependencyRules() []Rule {
	return []Rule{
		{ID: "healthy-without-probe", Summary: "Who is waited for until healthy has a probe.",
			Reason: "Compose accepts service_healthy on a service without a health check, and fails at `up`.",
			Fix:    "give the service a healthcheck, or wait for service_started", Check: healthyWithoutProbe},
		{ID: "completed-but-restarts", Summary: "Who is waited for until completed does not restart.",
			Reason: "A service that is started again whenever it ends never counts as completed, so the other one waits for ever.",
			Fix:    `set restart: "no" on the job, or on-failure`, Check: completedButRestarts},
		cycleRule(),
	}
}

func cycleRule() Rule {
	return Rule{ID: "dependency-cycle", Summary: "No service waits for itself, not even by way of others.",
		Reason: "Services that wait for each other never start; Compose refuses them.",
		Fix:    "remove one of the dependencies", Check: dependencyCycles}
}

func healthyWithoutProbe(p *Subject) diag.List {
	var found diag.List
	for _, s := range p.services() {
		for name, dependency := range s.DependsOn {
			other, ok := p.service(name)
			if !ok || dependency.Condition != types.ServiceConditionHealthy {
				continue
			}
			switch probed, known := p.probed(other); {
			case probed:
			case known:
				found.Add(s.find("waits until "+name+" is healthy, but "+name+" has no probe", "depends_on", name))
			default:
				f := s.find("waits until "+name+" is healthy, but "+name+" has a probe only if its image brings one", "depends_on", name)
				f.Severity = diag.Warning
				found.Add(f)
			}
		}
	}
	return found
}

// probed tells whether a service has a health probe of its own or from its image, and whether that is known for sure.
func (p *Subject) probed(s locatedService) (probed, known bool) {
	h := s.HealthCheck
	switch {
	case h != nil && (h.Disable || len(h.Test) > 0 && h.Test[0] == "NONE"):
		return false, true
	case h != nil && len(h.Test) > 0:
		return true, true
	}
	img := p.image(s.Name)
	if img == nil {
		return false, false
	}
	return img.Probed, img.Probed || img.Known
}

// restarts tells whether the engine starts the service again although it ended well.
func (s locatedService) restarts() bool {
	switch {
	case s.Restart == types.RestartPolicyAlways || s.Restart == types.RestartPolicyUnlessStopped:
		return true
	case s.Restart == "" && s.Deploy != nil && s.Deploy.RestartPolicy != nil:
		return s.Deploy.RestartPolicy.Condition == "any" || s.Deploy.RestartPolicy.Condition == ""
	}
	return false
}

func completedButRestarts(p *Subject) diag.List {
	var found diag.List
	for _, s := range p.services() {
		for name, dependency := range s.DependsOn {
			other, ok := p.service(name)
			if ok && dependency.Condition == types.ServiceConditionCompletedSuccessfully && other.restarts() {
				found.Add(s.find("waits until "+name+" has completed, but "+name+" is restarted for ever", "depends_on", name))
			}
		}
	}
	return found
}

// ends tells whether a service says that it is not to be started again once it has ended well.
func (s locatedService) ends() bool {
	if s.Restart == "" && s.Deploy != nil && s.Deploy.RestartPolicy != nil {
		condition := s.Deploy.RestartPolicy.Condition
		return condition == "none" || condition == "on-failure"
	}
	return s.Restart == types.RestartPolicyNo || strings.HasPrefix(s.Restart, types.RestartPolicyOnFailure)
}

// jobs returns the services that are meant to end: others wait for their completion, or they say that they are not to
// be started again, and publish no port, nor is anybody waiting until they are healthy, as for a service that stays.
func (p *Subject) jobs() map[string]bool {
	jobs := map[string]bool{}
	for _, s := range p.services() {
		if s.ends() && len(s.Ports) == 0 {
			jobs[s.Name] = true
		}
	}
	for _, s := range p.services() {
		for name, dependency := range s.DependsOn {
			switch dependency.Condition {
			case types.ServiceConditionCompletedSuccessfully:
				jobs[name] = true
			case types.ServiceConditionHealthy:
				delete(jobs, name)
			}
		}
	}
	return jobs
}

func dependencyCycles(p *Subject) diag.List {
	var found diag.List
	seen := map[string]bool{} // services known to be in a reported cycle, or in none
	for _, s := range p.services() {
		if cycle := p.cycleFrom(s.Name, s.Name, seen, map[string]bool{}); cycle != nil {
			found.Add(s.find("waits for itself: "+strings.Join(append(cycle, s.Name), " -> "), "depends_on", cycle[min(1, len(cycle)-1)]))
			for _, name := range cycle {
				seen[name] = true
			}
		}
		seen[s.Name] = true
	}
	return found
}

// cycleFrom finds a way from a service to the goal by its dependencies, past none of those seen.
func (p *Subject) cycleFrom(name, goal string, seen, tried map[string]bool) []string {
	for _, next := range slices.Sorted(maps.Keys(p.Loaded.Services[name].DependsOn)) {
		if next == goal {
			return []string{name}
		}
		if _, exists := p.Loaded.Services[next]; !exists || seen[next] || tried[next] {
			continue
		}
		tried[next] = true
		if rest := p.cycleFrom(next, goal, seen, tried); rest != nil {
			return append([]string{name}, rest...)
		}
	}
	return nil
}
