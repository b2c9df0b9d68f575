//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Modules come from elsewhere by a setting: one from a folder of the user's, a Django application with static files, and
// one from the index with a hash. What is not what its hash says ends the build.
func TestModulesFromElsewhere(t *testing.T) {
	s := &stack{dir: filepath.Join(scratch, "overrides")}
	for name, text := range map[string]string{
		"pyproject.toml":                         "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n\n[project]\nname = \"e2e-module\"\nversion = \"4.2\"\n\n[tool.setuptools.package-data]\ne2e_module = [\"static/**\"]\n",
		"e2e_module/__init__.py":                 "WORD = 'from a folder'\n",
		"e2e_module/static/e2e-module/style.css": "body { color: teal }\n",
	} {
		if err := writeFile(filepath.Join(s.dir, "custom/modules/e2e-module", name), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	lock := string(must(os.ReadFile("../dockerfiles/python/files/requirements.txt"))(t))
	locked := regexp.MustCompile(`(?m)^openwisp-ipam==\S+( \\\n +--hash=\S+)+`).FindString(lock)
	locked = strings.Join(strings.Fields(strings.ReplaceAll(locked, "\\\n", " ")), " ")
	settings := func(locked string) []string {
		return []string{"project=" + scratchPrefix + "overrides", "python.apps=[e2e_module]",
			`python.overrides=["e2e-module @ ./custom/modules/e2e-module", "` + locked + `"]`}
	}
	if err := s.generate(settings(locked)...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = command(time.Minute, "", "", "docker", "image", "rm", s.file.Services["openwisp-python"].Image)
	})
	must(s.compose(20*time.Minute, "build", "openwisp-python"))(t)
	out := must(command(time.Minute, "", "", "docker", "run", "--rm", "--network", "none", s.file.Services["openwisp-python"].Image, "python", "-c",
		`import importlib.metadata as m, json, e2e_module
from openwisp import build_settings
static = json.load(open('static/staticfiles.json'))['paths']
print(e2e_module.WORD, m.version('e2e-module'), m.version('openwisp-ipam'), 'e2e_module' in build_settings.INSTALLED_APPS, 'e2e-module/style.css' in static)`))(t)
	version := regexp.MustCompile(`==(\S+)`).FindStringSubmatch(locked)[1]
	if want := "from a folder 4.2 " + version + " True True\n"; out != want {
		t.Errorf("the image has %q, and not %q", out, want)
	}

	wrong := regexp.MustCompile(`sha256:\w{8}`).ReplaceAllString(locked, "sha256:00000000")
	if err := s.generate(settings(wrong)...); err != nil {
		t.Fatal(err)
	}
	if out, err := s.compose(20*time.Minute, "build", "openwisp-python"); err == nil || !strings.Contains(err.Error()+out, "HASHES") {
		t.Errorf("a build with wrong hashes: %v\n%s", err, lastLines(out, 10))
	}
}
