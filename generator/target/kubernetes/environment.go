package kubernetes

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
)

// An environment is what all services on an image have in common.
type environment struct {
	name     string
	services []string
	values   map[string]string
}

// worthSharing is the number of variables from which services share an object rather than repeat them.
const worthSharing = 8

// sharedEnvironments finds them: of each image, what all that derive from it have, and an image above it does not give them.
func (b *builder) sharedEnvironments() []environment {
	var out []environment
	for _, image := range b.plan.Services {
		if image.Role != catalog.RoleImage {
			continue
		}
		e := environment{name: object(image.Name) + "-environment"}
		for _, s := range b.plan.Services {
			if s.Role == catalog.RoleImage || !slices.ContainsFunc(s.Images, func(d *catalog.Definition) bool { return d.Name == image.Name }) {
				continue
			}
			own := map[string]string{}
			for name, value := range b.project.Services[s.Name].Environment {
				if value != nil && !strings.ContainsAny(*value, "\r\n") {
					own[name] = *value
				}
			}
			if e.services == nil {
				e.values = own
			}
			maps.DeleteFunc(e.values, func(name, value string) bool { other, ok := own[name]; return !ok || other != value })
			e.services = append(e.services, s.Name)
		}
		if len(e.services) > 1 && len(e.values) >= worthSharing {
			out = append(out, e)
		}
	}
	return out
}

// file is where an environment stands, for kustomize: what follows the first = is the value as it is, to the line's end.
func (e environment) file() string {
	return path.Join("environment", strings.TrimSuffix(e.name, "-environment")+".env")
}

func (e environment) text() []byte {
	var out strings.Builder
	out.WriteString("# What all services on the image " + strings.TrimSuffix(e.name, "-environment") + " share. Made by owgen; nothing is quoted here.\n")
	for _, name := range slices.Sorted(maps.Keys(e.values)) {
		fmt.Fprintf(&out, "%s=%s\n", name, e.values[name])
	}
	return []byte(out.String())
}

// environmentMaps are the generators of the base.
func (b *builder) environmentMaps() []generated {
	var out []generated
	for _, e := range b.environments {
		for _, namespace := range b.namespaces() {
			if b.anyPart(namespace, func(c part) bool { return slices.Contains(e.services, c.Name) }) {
				out = append(out, generated{Name: e.name, Namespace: namespace, Envs: []string{e.file()}})
			}
		}
	}
	return out
}
