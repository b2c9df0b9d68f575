package generator

import (
	"fmt"
	"slices"
	"testing"

	"github.com/owgen/owgen/generator/catalog"
)

// Two bundles on one machine share an image exactly when it is the same: not when it holds a file of the user's, whose
// content only the build sees.
func TestBundlesShareImages(t *testing.T) {
	image := func(service string, flags ...string) string {
		return generate(t, flags...).Project.Services[service].Image
	}
	for _, test := range []struct {
		service string
		flag    string
		shared  bool
	}{
		{"openwisp-base", "domain=example.org", true},
		{"openwisp-base", "build.ca_file=./ca.pem", false},
		{"dashboard", "build.ca_file=./ca.pem", false},
		{"openwisp-base", "python.extra_requirements_file=./more.txt", true},
		{"openwisp-python", "python.extra_requirements_file=./more.txt", false},
	} {
		one, other := image(test.service, test.flag, "project=one"), image(test.service, test.flag, "project=other")
		if (one == other) != test.shared {
			t.Errorf("with %s, %s is %s in one project and %s in another", test.flag, test.service, one, other)
		}
	}
}

// More or fewer of a service are a change of numbers, for which nothing is built. The edge alone divides among those that run of it what
// others may ask through it.
func TestScaleChangesNoImage(t *testing.T) {
	for target, set := range map[string][]string{"swarm": append([]string{"target=swarm"}, multiNode[:2]...), "kubernetes": onKubernetes[:5]} {
		set = append(slices.Clone(set), "sql.pool=true") // connections do not end
		one := generateFrom(t, "multi-node", set...)
		scaled := 0
		for _, s := range one.Plan.Services {
			if s.Scaling != "stateless" || s.Role == catalog.RoleImage || s.Role == catalog.RoleJob || s.Provided(catalog.Inner) != nil {
				continue
			}
			made, found := Generate(t.Context(), request("multi-node", append(slices.Clone(set), fmt.Sprintf("scale.%s=3", s.Name))...))
			if len(found) > 0 { // of some there cannot be more
				continue
			}
			scaled++
			for name, was := range one.Project.Services {
				if now := made.Project.Services[name].Image; now != was.Image {
					t.Errorf("%s: with three of %s, %s is %s, before %s", target, s.Name, name, now, was.Image)
				}
			}
		}
		if scaled < 4 {
			t.Errorf("%s: only %d services were scaled", target, scaled)
		}
	}
}
