//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// nasty are values that shells, .env files, YAML and templates each change in ways of their own.
var nasty = []string{
	"$HOME and ${HOME}", "$$", "$$$", "a $ b", "# not a comment", "a # b", "a#b", `'single'`, `"double"`, `it's "both"`,
	`back\slash`, `ends with \`, `\n is no newline`, "two\nlines", "ends with a newline\n", "\n", "&(anchor)", "*alias", "!tag",
	" leading", "trailing ", "a  b", "\ttab", "é ü 漢字 🛰", "0123", "1e3", "0x10", "yes", "no", "on", "off", "null", "~", "1:30",
	"{{ .Settings }}", "%s", "`id`", "$(id)", "${UNSET:-default}", "a=b", "[1, 2]", "{a: b}", "- item", "key: value", "? x", "|", ">",
	"a;b|c&d<e>f", "\\$", `\"`, "$'x'", "'", `"`, "\\", "\r\n", "a\r",
}

// A service whose only purpose is its environment: each value comes to it as a setting of one line and as one of many
// lines, by .env and a reference in the Compose file.
func TestNastyValuesArriveUnharmed(t *testing.T) {
	catalog := filepath.Join(scratch, "catalog", "values")
	var service, compose strings.Builder
	values := map[string]map[string]string{"values": {}}
	service.WriteString("summary: Shows its environment\nrole: job\nimage: {from: openwisp-base}\nnetworks: {data: {}}\nresources: {memory: 32M, pids: 10}\nsettings:\n")
	compose.WriteString("environment:\n")
	for i, value := range nasty {
		for _, kind := range []string{"string", "text"} {
			if kind == "string" && strings.ContainsAny(value, "\r\n") {
				continue
			}
			name := fmt.Sprintf("%s%d", kind, i)
			fmt.Fprintf(&service, "  - {key: values.%s, type: %s, default: '', env: VALUE_%s, description: A value., since: '0.1'}\n", name, kind, name)
			fmt.Fprintf(&compose, "  VALUE_%s: \"${VALUE_%s}\"\n", name, name)
			values["values"][name] = value
		}
	}
	for name, content := range map[string]string{
		"service.yaml":      service.String(),
		"compose.yaml.tmpl": compose.String(),
		"Dockerfile.tmpl":   "FROM openwisp-base\nCMD [\"env\", \"-0\"]\n",
	} {
		if err := writeFile(filepath.Join(catalog, name), []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	s := newStack(t, "values", elsewhere...)
	s.save(t, map[string]any{"values": values["values"], "services": map[string]bool{"values": true}}, "--catalog", filepath.Dir(catalog))
	if err := s.build("values"); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for variable := range strings.SplitSeq(s.runOnce(t, "values"), "\x00") {
		name, value, _ := strings.Cut(variable, "=")
		got[name] = value
	}
	for name, value := range values["values"] {
		if arrived := got["VALUE_"+name]; arrived != value {
			t.Errorf("values.%s: %q arrived as %q", name, value, arrived)
		}
	}
}

// What several services share comes by a file of its own, which Compose reads in another way.
func TestNastyValuesArriveInDjango(t *testing.T) {
	s := newStack(t, "shared-values", elsewhere...)
	images, err := jsonText([]map[string]any{{"name": "nasty.bin", "label": strings.Join(nasty, ""), "boards": nasty}})
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]any{}
	for i, value := range nasty {
		settings[fmt.Sprintf("NASTY_%d", i)] = value
	}
	line := strings.Join(filter(nasty, func(value string) bool { return !strings.ContainsAny(value, "\r\n") }), " ") + `\`
	s.save(t, map[string]any{
		"openwisp": map[string]any{"map_attribution": line, "settings": settings},
		"firmware": map[string]string{"custom_images": images + "\n"},
	})
	if err := s.build("openwisp-python", "dashboard"); err != nil {
		t.Fatal(err)
	}
	out := s.runOnce(t, "dashboard", "python3", "-c", "import json, os; print(json.dumps(dict(os.environ)))")
	var got map[string]string
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got["MAP_ATTRIBUTION"] != line {
		t.Errorf("%q arrived as %q", line, got["MAP_ATTRIBUTION"])
	}
	if want := images + "\n"; got["OPENWISP_CUSTOM_OPENWRT_IMAGES"] != want {
		t.Errorf("%q arrived as %q", want, got["OPENWISP_CUSTOM_OPENWRT_IMAGES"])
	}
	var arrived map[string]string
	if err := json.Unmarshal([]byte(got["OPENWISP_SETTINGS"]), &arrived); err != nil {
		t.Fatalf("%v: %s", err, got["OPENWISP_SETTINGS"])
	}
	for name, value := range settings {
		if arrived[name] != value {
			t.Errorf("%q arrived in Django's settings as %q", value, arrived[name])
		}
	}
}

// runOnce runs a command in a new container of a service, and returns what it printed.
func (s *stack) runOnce(t *testing.T, service string, args ...string) string {
	t.Helper()
	return must(s.compose(2*time.Minute, append([]string{"run", "--rm", "--no-deps", "-T", "--quiet-build", service}, args...)...))(t)
}

// save lays values over the bundle's own, as -f does with a file of the user's.
func (s *stack) save(t *testing.T, values map[string]any, flags ...string) {
	t.Helper()
	file := filepath.Join(scratch, filepath.Base(s.dir)+".json")
	if err := writeFile(file, must(json.Marshal(values))(t)); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"generate", "single-server", "-o", s.dir, "--save", "-f", file}, flags...)
	if _, err := command(time.Minute, "", "", owgen, args...); err != nil {
		t.Fatal(err)
	}
	if err := s.read(); err != nil {
		t.Fatal(err)
	}
}

func filter(all []string, keep func(string) bool) []string {
	var kept []string
	for _, one := range all {
		if keep(one) {
			kept = append(kept, one)
		}
	}
	return kept
}
