package bundle

import (
	"slices"
	"strings"
	"testing"

	"github.com/owgen/owgen/dockerfiles"
)

// Git ignores what is no part of a bundle for others.
func TestIgnoreFileNamesWhatIsPrivate(t *testing.T) {
	text, err := dockerfiles.FS.ReadFile("_shared/bundle/" + IgnoreFile + ".tmpl")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for _, folder := range []string{SecretsFolder, WorkFolder} {
		if !slices.Contains(lines, "/"+folder+"/") || !Private(folder+"/x") {
			t.Errorf("%s is not ignored, or not private", folder)
		}
	}
	for _, path := range append(Named(), Dockerfile("a"), Attributes) {
		if path != OverrideFile && Private(path) || Guarded(path) != "" {
			t.Errorf("%s is private", path)
		}
	}
	for path, folder := range map[string]string{"secrets/a": "secrets", "SECRETS/a": "SECRETS", ".owgen/journal": ".owgen", ".Git/config": ".Git", "secrets": "", "secrets.txt": "", "custom/secrets/a": ""} {
		if got := Guarded(path); got != folder {
			t.Errorf("%s: %q", path, got)
		}
	}
}
