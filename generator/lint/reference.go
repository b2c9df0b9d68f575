package lint

import (
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/project"
)

// referenceRules are about names that must lead somewhere.
func referenceRules() []Rule {
	return []Rule{
		{ID: "dangling-reference", Summary: "Whatever a service refers to exists.",
			Reason: "Compose refuses the project, or starts it without what is missing.",
			Fix:    "define what is named, or remove the reference", Check: danglingReferences},
		{ID: "profile-reference", Summary: "A service needs only services that are switched on whenever it is.",
			Reason: "A service in a profile that is off does not exist for the others: Compose refuses to start them.",
			Fix:    "put both in the same profiles, or replace the profile by scale: 0 for an image that is only built", Check: profileReferences},
		{ID: "unused-resource", Severity: diag.Warning, Summary: "Every network, volume, secret and config is used by a service.",
			Reason: "What nobody uses is left over from a change, or the reference to it was forgotten.",
			Fix:    "remove it, or attach it to the service that needs it", Check: unusedResources},
	}
}

// A usage is a name in a service that must lead to something.
type usage struct {
	path   []string // of the attribute, below the service
	kind   string   // service, network, volume, secret, config, model
	name   string
	reason string // how it is used, for messages
}

// references collects what a service refers to.
func (s locatedService) references() []usage {
	var refs []usage
	add := func(kind, reason, name string, path ...string) {
		refs = append(refs, usage{path, kind, name, reason})
	}
	for attribute, value := range map[string]string{"network_mode": s.NetworkMode, "ipc": s.Ipc, "pid": s.Pid, "uts": s.Uts, "cgroup": s.Cgroup} {
		if name, ok := strings.CutPrefix(value, "service:"); ok {
			add("service", attribute, name, attribute)
		}
	}
	for _, text := range s.VolumesFrom {
		if name, _, _ := strings.Cut(text, ":"); name != "container" {
			add("service", "volumes_from", name, "volumes_from", name)
		}
	}
	for _, text := range s.Links {
		name, _, _ := strings.Cut(text, ":")
		add("service", "links", name, "links", name)
	}
	for _, name := range slices.Sorted(maps.Keys(s.DependsOn)) {
		// The loader adds what the attributes above imply; that is reported once, there.
		implied := slices.ContainsFunc(refs, func(r usage) bool { return r.name == name })
		if s.DependsOn[name].Required && !implied {
			add("service", "depends_on", name, "depends_on", name)
		}
	}
	refs = append(refs, s.buildReferences()...)
	return append(refs, s.resourceReferences()...)
}

// buildReferences collects what building a service's image refers to.
func (s locatedService) buildReferences() []usage {
	if s.Build == nil {
		return nil
	}
	var refs []usage
	for _, context := range slices.Sorted(maps.Keys(s.Build.AdditionalContexts)) {
		if name, ok := strings.CutPrefix(s.Build.AdditionalContexts[context], "service:"); ok {
			refs = append(refs, usage{[]string{"build", "additional_contexts", context}, "service", name, "build context"})
		}
	}
	for _, secret := range s.Build.Secrets {
		refs = append(refs, usage{[]string{"build", "secrets", secret.Source}, "secret", secret.Source, "secret"})
	}
	return refs
}

// resourceReferences collects a service's use of the sections beside services.
func (s locatedService) resourceReferences() []usage {
	var refs []usage
	add := func(kind, name string, path ...string) {
		refs = append(refs, usage{path, kind, name, kind})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Networks)) {
		add("network", name, "networks", name)
	}
	for _, volume := range s.Volumes {
		if volume.Type == "volume" && volume.Source != "" {
			add("volume", volume.Source, "volumes", volume.Source)
		}
	}
	for _, secret := range s.Secrets {
		add("secret", secret.Source, "secrets", secret.Source)
	}
	for _, config := range s.Configs {
		add("config", config.Source, "configs", config.Source)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Models)) {
		add("model", name, "models", name)
	}
	for _, hook := range s.PreStart { // which has all else from the service
		for _, volume := range hook.Volumes {
			if volume.Type == "volume" && volume.Source != "" {
				add("volume", volume.Source, "pre_start")
			}
		}
	}
	return refs
}

// defined returns the names of everything that can be referred to, by kind.
func (p *Subject) defined() map[string]map[string]bool {
	return map[string]map[string]bool{
		"service": names(p.Loaded.Services), "network": names(p.Loaded.Networks), "volume": names(p.Loaded.Volumes),
		"secret": names(p.Loaded.Secrets), "config": names(p.Loaded.Configs), "model": names(p.Loaded.Models),
	}
}

func names[M ~map[string]V, V any](m M) map[string]bool {
	set := make(map[string]bool, len(m))
	for name := range m {
		set[name] = true
	}
	return set
}

func danglingReferences(p *Subject) diag.List {
	if p.Loaded == nil {
		return nil
	}
	var found diag.List
	defined := p.defined()
	for _, s := range p.services() {
		for _, ref := range s.references() {
			if !defined[ref.kind][ref.name] {
				message := "there is no " + ref.kind + " " + ref.name
				if ref.reason != ref.kind {
					message = ref.reason + " names the " + ref.kind + " " + ref.name + ", which does not exist"
				}
				f := s.find(message, ref.path...)
				f.Hint = project.Nearest(ref.name, defined[ref.kind])
				found.Add(f)
			} else if ref.reason == "build context" && p.Loaded.Services[ref.name].Build == nil {
				found.Add(s.find("the build context "+ref.name+" is a service that is not built", ref.path...))
			}
		}
	}
	return found
}

func profileReferences(p *Subject) diag.List {
	var found diag.List
	for _, s := range p.services() {
		for _, ref := range s.references() {
			other, ok := p.Loaded.Services[ref.name]
			if ref.kind != "service" || !ok || len(other.Profiles) == 0 {
				continue
			}
			always := len(s.Profiles) > 0 && ref.reason != "build context" // never even with the profile on
			for _, profile := range s.Profiles {
				always = always && slices.Contains(other.Profiles, profile)
			}
			if !always {
				found.Add(s.find(ref.reason+" names the service "+ref.name+", which is only there in profile "+strings.Join(other.Profiles, ", "), ref.path...))
			}
		}
	}
	return found
}

func unusedResources(p *Subject) diag.List {
	if p.Loaded == nil || len(p.Loaded.AllJobs()) > 0 { // the top-level jobs of Compose use resources as well
		return nil
	}
	used := map[string]bool{}
	for _, s := range p.services() {
		for _, ref := range s.references() {
			used[ref.kind+" "+ref.name] = true
		}
	}
	var found diag.List
	for _, kind := range []string{"network", "volume", "secret", "config"} {
		_, section := project.Get(p.Root(), kind+"s")
		if resolved := project.Resolve(section); resolved == nil || resolved.Kind != yaml.MappingNode {
			continue
		}
		for _, name := range project.Keys(section) {
			if !used[kind+" "+name] && !strings.HasPrefix(name, "x-") {
				found.Add(p.Finding("no service uses the "+kind+" "+name, kind+"s", name))
			}
		}
	}
	return found
}
