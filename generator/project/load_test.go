package project_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/project"
)

// TestMain silences compose-go, which logs what the findings say.
func TestMain(m *testing.M) {
	logrus.SetOutput(io.Discard)
	os.Exit(m.Run())
}

func load(t *testing.T, s project.Sources) (*types.Project, diag.List) {
	t.Helper()
	s.File, s.EnvFile = "compose.yml", ".env"
	return project.Load(t.Context(), s)
}

func deref(value *string) string {
	if value == nil {
		return "nothing"
	}
	return *value
}

const withEnvFile = `services:
  web:
    image: web:1
    env_file:
      - path: ./env/shared.env
    environment:
      OWN: own
      BOTH: own
`

// TestLoadGivesEveryValue checks that values reach the project as Compose gives them to a container.
func TestLoadGivesEveryValue(t *testing.T) {
	p, found := load(t, project.Sources{
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

// TestLoadReadsNothingElse checks that a project in memory cannot draw in the files of the machine.
func TestLoadReadsNothingElse(t *testing.T) {
	for _, compose := range []string{
		"include: [/etc/hostname]\nservices:\n  web:\n    image: web:1\n",
		"services:\n  web:\n    extends: {file: /etc/hostname, service: web}\n",
	} {
		if p, found := load(t, project.Sources{Compose: []byte(compose)}); found.Err() == nil || !strings.Contains(found.Error(), "not part of the project") {
			t.Errorf("%s\nproject %v, findings:\n%s", compose, p != nil, found.Error())
		}
	}
	p, found := load(t, project.Sources{Compose: []byte("services:\n  web:\n    image: web:1\n    env_file: /etc/missing\n    volumes: [/missing:/x]\n")})
	if p == nil || len(found) > 0 {
		t.Error(found.Error())
	}
}

// TestLoadFolder checks that a project in a folder may use the files there, and the environment.
func TestLoadFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "base.yml"), "services:\n  base:\n    image: base:${TAG}\n    environment: {FROM: base}\n")
	write(t, filepath.Join(dir, "more.yml"), "services:\n  more:\n    image: more:1\n")
	p, found := load(t, project.Sources{Dir: dir, Environ: map[string]string{"TAG": "2"}, Env: []byte("TAG=1\n"),
		Compose: []byte("include: [more.yml]\nservices:\n  web:\n    extends: {file: base.yml, service: base}\n")})
	if len(found) > 0 {
		t.Fatal(found.Error())
	}
	if p.Services["web"].Image != "base:2" || p.Services["more"].Image != "more:1" {
		t.Error(p.Services)
	}
}

// TestLoadHidesSecrets checks that a message does not quote a value of .env.
func TestLoadHidesSecrets(t *testing.T) {
	_, found := load(t, project.Sources{Compose: []byte("services:\n  web:\n    image: a:1\n"), Env: []byte("A=1\nPASSWORD='hunter2\n")})
	if len(found) != 1 || strings.Contains(found.Error(), "hunter2") {
		t.Error(found.Error())
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestEnvFilesComeThrough checks that a service gets what its env_file says, as from Compose.
func TestEnvFilesComeThrough(t *testing.T) {
	p, found := load(t, project.Sources{
		Compose: []byte(withEnvFile), Env: []byte("DOMAIN=example.org\n"),
		EnvFiles: map[string][]byte{"env/shared.env": []byte("# comment ${NOT}\nURL=\"https://${DOMAIN}/\"\nBOTH=file\nDOLLAR='$5'\nREADS=${OWN}\n")},
	})
	if len(found) > 0 {
		t.Fatal(found.Error())
	}
	for name, want := range map[string]string{"URL": "https://example.org/", "BOTH": "own", "OWN": "own", "DOLLAR": "$5", "READS": "own"} {
		if got := deref(p.Services["web"].Environment[name]); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
}

// TestEnvFileMissing checks that a missing file is reported, unless it may be.
func TestEnvFileMissing(t *testing.T) {
	_, found := load(t, project.Sources{Compose: []byte(withEnvFile), EnvFiles: map[string][]byte{}})
	if len(found) != 1 || found[0].Line != 5 || !strings.Contains(found[0].Message, "./env/shared.env") {
		t.Error(found.Error())
	}
	optional := strings.Replace(withEnvFile, "shared.env\n", "shared.env\n        required: false\n", 1)
	if _, found := load(t, project.Sources{Compose: []byte(optional), EnvFiles: map[string][]byte{}}); len(found) > 0 {
		t.Error(found.Error())
	}
}
