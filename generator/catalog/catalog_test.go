package catalog

import (
	"strconv"
	"testing"
	"testing/fstest"
)

// _example is there to be copied: a folder that begins with _ is no service, whatever is in it.
func TestFoldersThatBeginWithAnUnderscoreAreNoServices(t *testing.T) {
	service := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	c, found := Read(Layer{Name: "dockerfiles", FS: fstest.MapFS{
		"_example/service.yaml":  service("nonsense: true"),
		"web/service.yaml":       service("summary: Web\nrole: image\n"),
		"_shared/settings.yaml":  service("settings: [{key: a, type: int}]"),
		"_import/dropped.yaml":   service("elsewhere: [{names: [A, B_*], reason: Why.}]"),
		"without/Dockerfile":     service("FROM x"),
		"_shared/bundle/.ignore": service("x"),
	}})
	if found.Err() != nil || len(c.Services) != 1 || c.Service("web") == nil {
		t.Errorf("services %v, findings %v", c.Services, found)
	}
	if len(c.Global) != 1 || len(c.Bundle) != 1 || len(c.Dropped["elsewhere"]) != 1 || c.Dropped["elsewhere"][0].Reason != "Why." {
		t.Errorf("shared: %v, %v, %v", c.Global, c.Bundle, c.Dropped)
	}
}

// Folders of a bundle, hosts and images are named after services.
func TestNamesOfServices(t *testing.T) {
	names := map[string]bool{"web": true, "web-2": true, "a": true, "..": false, ".": false, "Dashboard": false, "2web": false, "-web": false,
		"a/b": false, "a b": false, "a_b": false, "wéb": false, "web\n": false, "": false}
	for name, want := range names {
		text := "summary: Web\nrole: image\nname: " + strconv.Quote(name) + "\n"
		_, found := Read(Layer{Name: "dockerfiles", FS: fstest.MapFS{"web/service.yaml": &fstest.MapFile{Data: []byte(text)}}})
		if got := found.Err() == nil; got != want {
			t.Errorf("%q: %v", name, found)
		}
	}
}

// replaces had two names of its own, which folders outside of the repository may still have.
func TestOldKeysOfReplacesAreRefused(t *testing.T) {
	for key, want := range map[string]string{"was": "docker-openwisp", "ansible": "ansible-openwisp2"} {
		for _, text := range []string{key + ": A\n", "settings:\n  - {key: a, type: int, " + key + ": A}\n", "secrets:\n  - {name: a, " + key + ": A}\n", "binds:\n  - {source: a, " + key + ": A}\n"} {
			_, found := Read(Layer{Name: "dockerfiles", FS: fstest.MapFS{"web/service.yaml": &fstest.MapFile{Data: []byte("summary: Web\nrole: image\n" + text)}}})
			if found.Err() == nil || found[0].Hint != "write replaces: {"+want+": ...}" || found[0].Line == 0 {
				t.Errorf("%q: %v", text, found)
			}
		}
	}
}
