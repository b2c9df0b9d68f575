package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/dockerfile"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/project"
)

// TestLoadKeepsProjectWithDanglingReferences checks that the rules have something to look at all the same.
func TestLoadKeepsProjectWithDanglingReferences(t *testing.T) {
	p, found := given{File: "compose.yml", Compose: []byte("services:\n  web:\n    image: web:1\n    secrets: [a, b]\n    networks: [c]\n")}.check(t.Context())
	if p.Loaded == nil || len(found.Errors()) != 3 {
		t.Errorf("project %v, findings:\n%s", p.Loaded != nil, found.Error())
	}
}

// TestLoadIsDeterministic loads faulty projects many times: compose-go itself reports one fault, at random.
func TestLoadIsDeterministic(t *testing.T) {
	var services, undefined, schema strings.Builder
	for i := range 10 {
		fmt.Fprintf(&services, "  s%d:\n    image: a:1\n    mem_limit: x%d\n", i, i)
		fmt.Fprintf(&undefined, "  s%d:\n    image: a:1\n    depends_on: [none%d]\n    configs: [none%d]\n", i, i, i)
		fmt.Fprintf(&schema, "  s%d:\n    imag: a:1\n    ports: {a: b}\n", i)
	}
	for name, text := range map[string]string{"values": services.String(), "references": undefined.String(), "schema": schema.String()} {
		t.Run(name, func(t *testing.T) {
			_, first := given{File: "compose.yml", Compose: []byte("services:\n" + text)}.check(t.Context())
			if len(first) < 10 {
				t.Errorf("only %d findings:\n%s", len(first), first.Error())
			}
			for range 5 {
				if _, again := (given{File: "compose.yml", Compose: []byte("services:\n" + text)}).check(t.Context()); again.Error() != first.Error() {
					t.Fatalf("first:\n%s\nthen:\n%s", first.Error(), again.Error())
				}
			}
		})
	}
}

// TestScalarsLikeComposeGo compares the rule on retyped scalars with what compose-go makes of them.
func TestScalarsLikeComposeGo(t *testing.T) {
	for _, text := range []string{
		"yes", "no", "on", "off", "y", "Yes", "true", "True", "TRUE", "false", "null", "Null", "~", "0123", "0o17", "0x1F", "0b11", "1e3", "1E3",
		"1.10", "1.5", "1.0", "1.", ".5", "-1", "+1", "1_000", "1:30", "12:30:45", "2026-11-22", "2026-11-22T10:00:00Z", ".inf", ".nan",
		"=", "<<", "1.2.3", "v1.0", "007", "08", "9999999999999999999", "1e400", "0.1e-7", "123456789012", "12345678.5", "100000000.25", "1e20", "1e21", "value", "a b",
	} {
		compose := "services:\n  web:\n    image: web:1\n    environment:\n      A: " + text + "\n"
		p, found := given{File: "compose.yml", Compose: []byte(compose)}.check(t.Context())
		var value *string
		if p.Loaded != nil { // .inf and .nan cannot even be loaded
			value = p.Loaded.Services["web"].Environment["A"]
		}
		changed := value == nil || *value != text
		reported := strings.Contains(found.Errors().Error(), "[scalar-retyped]")
		if changed != reported {
			t.Errorf("%s: compose-go makes %v of it, reported %v", text, deref(value), reported)
		}
	}
}

func deref(value *string) string {
	if value == nil {
		return "nothing"
	}
	return *value
}

// TestRunWithoutAnything checks that rules do with what there is.
func TestRunWithoutAnything(t *testing.T) {
	for _, p := range []*lint.Subject{
		{Reading: &project.Reading{}},
		{Reading: &project.Reading{Sources: project.Sources{File: "a"}, Document: &yaml.Node{}}},
		{Reading: &project.Reading{Loaded: &types.Project{}}},
		{Reading: &project.Reading{}, Dockerfiles: map[string]dockerfile.File{"a": {}}},
		{Reading: &project.Reading{Loaded: &types.Project{Services: types.Services{"a": {}}}}},
	} {
		lint.Run(p)
	}
}
