package generator

import (
	"testing"
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
