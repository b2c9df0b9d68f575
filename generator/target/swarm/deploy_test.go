package swarm

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// engine stands in for docker: a manager of one machine, which asks one registry without a certificate. It notes whom it asks for images.
const engine = `#!/bin/sh
case "$1 $2" in
"service ps") [ -n "$RUNS" ] && printf "$RUNS\n" ;;
"node ls") echo "id1 data-1 Ready" ;;
"node inspect") echo "id1 data-1 192.0.2.1 - data-1 Ready" ;;
"info --format") case $3 in *RegistryConfig*) echo plain.example.org:5000 ;; *) echo no-new-privileges ;; esac ;;
"manifest inspect") shift 2 && echo "$*" >>asked ;;
esac
`

const images = `services:
  a:
    image: "plain.example.org:5000/site/a:1"
  b:
    image: "registry.example.org/site/b:1"
  c:
    image: "plain.example.org:5000.evil.example/site/c:1"
`

// Whoever is in the way of a registry, and has no certificate of it, is not told the login: the program that asks for images sends it to
// whom it believes.
func TestRegistriesAreAskedWithTheirCertificate(t *testing.T) {
	dir, out, err := check(t, "node data-1 role\n", images)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	asked, err := os.ReadFile(filepath.Join(dir, "asked"))
	if err != nil {
		t.Fatal(err)
	}
	want := "plain.example.org:5000.evil.example/site/c:1\n--insecure plain.example.org:5000/site/a:1\nregistry.example.org/site/b:1\n"
	if diff := cmp.Diff(want, string(asked)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What keeps data begins with none on another machine, and nobody would see that until somebody looks for what is not there.
func TestDataStay(t *testing.T) {
	const moved = "data stay where they lie: store (data-0, planned on data-1)"
	for name, c := range map[string]struct {
		runs, leave string
		said        string
		fails       bool
	}{
		"at home":      {runs: "data-1"},
		"not deployed": {},
		"elsewhere":    {runs: "data-0", said: "deploy: " + moved, fails: true},
		"drained":      {runs: `\ndata-0\ndata-1`, said: "deploy: " + moved, fails: true},
		"on purpose":   {runs: "data-0", leave: "yes", said: "deploy: warning: " + moved},
	} {
		t.Run(name, func(t *testing.T) {
			_, out, err := check(t, "node data-1 role\nhome data-1 store\n", "", "RUNS="+c.runs, "LEAVE_DATA="+c.leave)
			if (err != nil) != c.fails || !strings.Contains(out, c.said) || (c.said == "") != !strings.Contains(out, "data stay") {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// check runs ./deploy --check in a bundle with that much.
func check(t *testing.T, conf, stack string, variables ...string) (dir, said string, err error) {
	t.Helper()
	dir = t.TempDir()
	script, err := os.ReadFile("../../../dockerfiles/_shared/swarm/deploy")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"deploy": string(script), "deploy.conf": "project site\n" + conf, "stack.yml": stack, "bin/docker": engine} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	run := exec.Command("sh", filepath.Join(dir, "deploy"), "--check")
	run.Env = append(append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"), "RUNS="), variables...)
	out, err := run.CombinedOutput()
	return dir, string(out), err
}
