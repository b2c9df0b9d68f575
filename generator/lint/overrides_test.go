package lint_test

import (
	"testing"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/project"
)

// check applies all rules to a base and an override, and returns "file:line rule" of the findings of some rules.
func check(t *testing.T, base, override string, rules ...string) []string {
	t.Helper()
	_, found := given{File: "compose.yaml", Compose: []byte(base), EnvFile: ".env",
		Overrides: []project.Text{{Name: "compose.override.yaml", Data: []byte(override)}}}.check(t.Context())
	var out []string
	for _, f := range found {
		for _, rule := range rules {
			if f.Rule == rule {
				f.Message, f.Hint, f.Path, f.Severity, f.Rule = rule, "", "", diag.Error, ""
				out = append(out, f.String())
			}
		}
	}
	return out
}

func want(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("found %q, not %q", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("found %s, not %s", got[i], want[i])
		}
	}
}

const base = `services:
  web:
    image: web:1
    command: [run]
    ports: ["80:80"]
    privileged: true
`

// TestOverrides checks that the rules see what Compose sees, and say in which file it stands.
func TestOverrides(t *testing.T) {
	want(t, check(t, base, "services:\n  web:\n    pid: host\n", "privileged", "host-namespace"),
		"compose.override.yaml:3: error: host-namespace", "compose.yaml:6: error: privileged")
	want(t, check(t, base, "services:\n  web:\n    privileged: false\n", "privileged"))
	want(t, check(t, base, "services:\n  web:\n    privileged: !reset null\n", "privileged"))
	want(t, check(t, base, "services:\n  other:\n    image: other\n    ports:\n      - \"80:80\"\n", "port-conflict", "image-unpinned"),
		"compose.override.yaml:3: error: image-unpinned", "compose.yaml:5: error: port-conflict")
	want(t, check(t, base, "services:\n  web:\n    networks: [nowhere]\n", "dangling-reference"),
		"compose.override.yaml:3: error: dangling-reference")
}

// TestOverrideFaults checks that a file that cannot be loaded is named.
func TestOverrideFaults(t *testing.T) {
	want(t, check(t, base, "services:\n  web:\n    nonsense: 1\n", "compose-schema"), "compose.override.yaml:3: error: compose-schema")
	want(t, check(t, base+"    nonsense: 1\n", "services: {}\n", "compose-schema"), "compose.yaml:7: error: compose-schema")
	want(t, check(t, base, "services: [\n", "compose-syntax"), "compose.override.yaml:1: error: compose-syntax")
}

// TestOverrideExcuses checks that an excuse counts in the file that it stands in.
func TestOverrideExcuses(t *testing.T) {
	rules := []string{"host-namespace", "privileged", "excuse-unused"}
	want(t, check(t, base, "services:\n  web:\n    # owgen:allow host-namespace: it watches the host\n    pid: host\n", rules...),
		"compose.yaml:6: error: privileged")
	want(t, check(t, base, "services:\n  web:\n    # owgen:allow privileged: no\n    pid: host\n", rules...),
		"compose.override.yaml:3: error: excuse-unused", "compose.override.yaml:4: error: host-namespace", "compose.yaml:6: error: privileged")
}
