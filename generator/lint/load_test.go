package lint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lint"
)

func load(t *testing.T, in lint.Input) (*types.Project, diag.List) {
	t.Helper()
	in.File, in.EnvFile = "compose.yml", ".env"
	return lint.Load(t.Context(), in)
}

// TestLoadGivesEveryValue checks that values reach the project as Compose gives them to a container.
func TestLoadGivesEveryValue(t *testing.T) {
	p, found := load(t, lint.Input{
		Compose: []byte("name: my-${STAGE}\nservices:\n  web:\n    image: web:1\n    environment:\n      A: ${A}\n      B: a$$b\n      C: ${COMPOSE_PROJECT_NAME}\n    volumes: [./a:/b]\n"),
		Env:     []byte("STAGE=test\nA=\"x\\\"\\$y # z\\n\"\n"),
	})
	if len(found) > 0 {
		t.Fatal(found.Error())
	}
	env := p.Services["web"].Environment
	for name, want := range map[string]string{"A": "x\"$y # z\n", "B": "a$b", "C": "my-test"} {
		if got := *env[name]; got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
	if p.Name != "my-test" || p.Services["web"].Volumes[0].Source != "./a" {
		t.Errorf("name %q, source %q", p.Name, p.Services["web"].Volumes[0].Source)
	}
}

// TestLoadKeepsProjectWithDanglingReferences checks that the rules have something to look at all the same.
func TestLoadKeepsProjectWithDanglingReferences(t *testing.T) {
	p, found := load(t, lint.Input{Compose: []byte("services:\n  web:\n    image: web:1\n    secrets: [a, b]\n    networks: [c]\n")})
	if p == nil || len(found.Errors()) != 3 {
		t.Errorf("project %v, findings:\n%s", p != nil, found.Error())
	}
}

// TestLoadReadsNothingElse checks that a project in memory cannot draw in the files of the machine.
func TestLoadReadsNothingElse(t *testing.T) {
	for _, compose := range []string{
		"include: [/etc/hostname]\nservices:\n  web:\n    image: web:1\n",
		"services:\n  web:\n    extends: {file: /etc/hostname, service: web}\n",
	} {
		if p, found := load(t, lint.Input{Compose: []byte(compose)}); p != nil || !strings.Contains(found.Error(), "not part of the project") {
			t.Errorf("%s\nproject %v, findings:\n%s", compose, p != nil, found.Error())
		}
	}
	p, found := load(t, lint.Input{Compose: []byte("services:\n  web:\n    image: web:1\n    env_file: /etc/missing\n    volumes: [/missing:/x]\n")})
	if p == nil || len(found) > 0 {
		t.Error(found.Error())
	}
}

// TestLoadFolder checks that a project in a folder may use the files there, and the environment.
func TestLoadFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "base.yml"), "services:\n  base:\n    image: base:${TAG}\n    environment: {FROM: base}\n")
	write(t, filepath.Join(dir, "more.yml"), "services:\n  more:\n    image: more:1\n")
	p, found := load(t, lint.Input{Dir: dir, Environ: map[string]string{"TAG": "2"}, Env: []byte("TAG=1\n"),
		Compose: []byte("include: [more.yml]\nservices:\n  web:\n    extends: {file: base.yml, service: base}\n")})
	if len(found) > 0 {
		t.Fatal(found.Error())
	}
	if p.Services["web"].Image != "base:2" || p.Services["more"].Image != "more:1" {
		t.Error(p.Services)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
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
			_, first := load(t, lint.Input{Compose: []byte("services:\n" + text)})
			if len(first) < 10 {
				t.Errorf("only %d findings:\n%s", len(first), first.Error())
			}
			for range 5 {
				if _, again := load(t, lint.Input{Compose: []byte("services:\n" + text)}); again.Error() != first.Error() {
					t.Fatalf("first:\n%s\nthen:\n%s", first.Error(), again.Error())
				}
			}
		})
	}
}

// TestLoadHidesSecrets checks that a message does not quote a value of .env.
func TestLoadHidesSecrets(t *testing.T) {
	_, found := load(t, lint.Input{Compose: []byte("services:\n  web:\n    image: a:1\n"), Env: []byte("A=1\nPASSWORD='hunter2\n")})
	if len(found) != 1 || strings.Contains(found.Error(), "hunter2") {
		t.Error(found.Error())
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
		project, found := lint.Check(t.Context(), lint.Input{File: "compose.yml", Compose: []byte(compose)})
		var value *string
		if project.Loaded != nil { // .inf and .nan cannot even be loaded
			value = project.Loaded.Services["web"].Environment["A"]
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
	for _, p := range []*lint.Project{
		{}, {File: "a", Node: &yaml.Node{}}, {Loaded: &types.Project{}}, {Dockerfiles: map[string]lint.Dockerfile{"a": {}}},
		{Loaded: &types.Project{Services: types.Services{"a": {}}}},
	} {
		lint.Run(p)
	}
}
