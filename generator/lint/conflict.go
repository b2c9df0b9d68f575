package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/project"
)

// conflictRules are about attributes that contradict each other.
func conflictRules() []Rule {
	return []Rule{
		{ID: "conflicting-attributes", Summary: "The attributes of a service do not contradict each other.",
			Reason: "Compose refuses the whole project for one contradiction.",
			Fix:    "keep one of the two", Check: conflictingAttributes},
		{ID: "duplicate-mount", Summary: "Nothing is mounted twice at the same place of a container.",
			Reason: "Compose refuses two mounts at one path; only one of them could be seen.",
			Fix:    "remove one of them", Check: duplicateMounts},
		resourceSourceRule(),
	}
}

func resourceSourceRule() Rule {
	return Rule{ID: "resource-source", Summary: "A secret or config says what is in it, once.",
		Reason: "Compose refuses a secret without a source, and one with two.",
		Fix:    "give it exactly one of file and environment (a config may have content), or external: true", Check: resourceSources}
}

// A conflict is one way in which a service can contradict itself.
type conflict struct {
	found   bool
	message string
	path    []string
}

func conflictingAttributes(p *Subject) diag.List {
	var found diag.List
	for _, s := range p.services() {
		for _, c := range slices.Concat(s.imageConflicts(), s.scaleConflicts(), s.limitConflicts()) {
			if c.found {
				found.Add(s.find(c.message, c.path...))
			}
		}
	}
	return found
}

func (s locatedService) imageConflicts() []conflict {
	conflicts := []conflict{
		{s.Build == nil && s.Image == "" && s.Provider == nil, "has neither an image nor a build", nil},
		{s.NetworkMode != "" && len(s.Networks) > 0, "network_mode excludes networks", []string{"network_mode"}},
	}
	if h := s.HealthCheck; h != nil && len(h.Test) > 0 {
		conflicts = append(conflicts, conflict{!slices.Contains([]string{"CMD", "CMD-SHELL", "NONE"}, h.Test[0]),
			`the test must start with "CMD", "CMD-SHELL" or "NONE"`, []string{"healthcheck", "test"}})
	}
	if b := s.Build; b != nil {
		conflicts = append(conflicts,
			conflict{b.DockerfileInline != "" && b.Dockerfile != "", "dockerfile_inline excludes dockerfile", []string{"build", "dockerfile_inline"}},
			conflict{len(b.Platforms) > 0 && s.Platform != "" && !slices.Contains(b.Platforms, s.Platform),
				"is not built for the platform " + s.Platform + " that the service needs", []string{"build", "platforms"}})
	}
	if s.Develop != nil {
		for i, watch := range s.Develop.Watch {
			targetless := watch.Action == "rebuild" || watch.Action == "restart"
			conflicts = append(conflicts, conflict{watch.Target == "" && !targetless, "needs a target",
				[]string{"develop", "watch", "[" + strconv.Itoa(i) + "]"}})
		}
	}
	return conflicts
}

func (s locatedService) scaleConflicts() []conflict {
	conflicts := []conflict{
		{s.Scale != nil && *s.Scale < 0, "must not be negative", []string{"scale"}},
		{s.GetScale() > 1 && s.ContainerName != "", "a container_name serves one container, not " + strconv.Itoa(s.GetScale()), []string{"container_name"}},
	}
	if s.Deploy != nil && s.Deploy.Replicas != nil {
		replicas := *s.Deploy.Replicas
		conflicts = append(conflicts,
			conflict{replicas < 0, "must not be negative", []string{"deploy", "replicas"}},
			conflict{s.Scale != nil && *s.Scale != replicas, "scale and deploy.replicas differ", []string{"scale"}})
	}
	return conflicts
}

// limitConflicts compares the two places in which Compose takes limits; it refuses differing ones.
func (s locatedService) limitConflicts() []conflict {
	if s.Deploy == nil {
		return nil
	}
	var conflicts []conflict
	differ := func(set, differ bool, attribute, other string) {
		conflicts = append(conflicts, conflict{set && differ, attribute + " and deploy.resources." + other + " differ", []string{attribute}})
	}
	if l := s.Deploy.Resources.Limits; l != nil {
		differ(s.CPUS != 0, l.NanoCPUs.Value() != s.CPUS, "cpus", "limits.cpus")
		differ(s.MemLimit != 0, l.MemoryBytes != s.MemLimit, "mem_limit", "limits.memory")
		differ(s.PidsLimit != 0, l.Pids != s.PidsLimit, "pids_limit", "limits.pids")
	}
	if r := s.Deploy.Resources.Reservations; r != nil {
		differ(s.MemReservation != 0, r.MemoryBytes != s.MemReservation, "mem_reservation", "reservations.memory")
	}
	return conflicts
}

func duplicateMounts(p *Subject) diag.List {
	var found diag.List
	for _, s := range p.services() {
		seen := map[string]string{}
		mount := func(target, as string, path ...string) {
			if first, twice := seen[target]; twice {
				found.Add(s.find(fmt.Sprintf("%s is mounted already, as %s", target, first), path...))
				return
			}
			seen[target] = as
		}
		for _, text := range s.Tmpfs {
			target, _, _ := strings.Cut(text, ":")
			mount(target, "tmpfs", "tmpfs", text)
		}
		for i, volume := range s.Volumes {
			mount(volume.Target, volume.Type+" "+volume.Source, "volumes", "["+strconv.Itoa(i)+"]")
		}
	}
	return found
}

// resourceSources looks at the file itself: compose-go loads no project in which it would find something.
func resourceSources(p *Subject) diag.List {
	var found diag.List
	for section, sources := range map[string][]string{
		"secrets": {"file", "environment"},
		"configs": {"file", "environment", "content"},
	} {
		_, resources := project.Get(p.Root(), section)
		for _, name := range project.Keys(resources) {
			_, resource := project.Get(resources, name)
			set := slices.DeleteFunc(project.Keys(resource), func(key string) bool { return !slices.Contains(sources, key) })
			elsewhere := slices.ContainsFunc(project.Keys(resource), func(key string) bool { return key == "external" || key == "driver" })
			switch {
			case len(set) > 1:
				found.Add(p.Finding("has more than one source: "+strings.Join(set, ", "), section, name))
			case len(set) == 0 && !elsewhere && !strings.HasPrefix(name, "x-"):
				found.Add(p.Finding("has no source", section, name))
			}
		}
	}
	return found
}
