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
"manifest inspect") shift 2 && echo "$*" >>asked; [ -z "$ANSWER" ] || { echo "$ANSWER" >&2; exit 1; } ;;
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

// Swarm deploys what it cannot ask a registry about, by names that no machine finds: all that runs would be gone.
func TestRegistriesAreAskedBeforeAnythingChanges(t *testing.T) {
	const own, hub = "services:\n  b:\n    image: \"registry.example.org/site/b:1\"\n  c:\n    image: \"registry.example.org/site/c:1\"\n", "services:\n  a:\n    image: \"owgen/a:1\"\n"
	for name, c := range map[string]struct {
		stack, answer string
		said          string
		fails         bool
		asked         int
	}{
		"answers":          {own, "", "", false, 2},
		"has none":         {own, "no such manifest: registry.example.org/site/b:1", "deploy: the registry has not registry.example.org/site/b:1 registry.example.org/site/c:1: docker compose build", true, 2},
		"knows no such":    {own, "errors: manifest unknown", "deploy: the registry has not", true, 2},
		"nobody logged in": {own, "unauthorized: authentication required", "deploy: the registry shows registry.example.org/site/b:1 to nobody who is not logged in: docker login registry.example.org,", true, 1},
		"a wrong login":    {own, "errors:\ndenied: requested access to the resource is denied", "docker login registry.example.org,", true, 1},
		"is away":          {own, "Get https://registry.example.org/v2/: dial tcp: i/o timeout", "deploy: warning: the registry cannot be asked from here (Get https://registry.example.org/v2/: dial tcp: i/o timeout)", false, 1},
		"of no registry":   {hub, "unauthorized: authentication required", "deploy: warning: the registry cannot be asked from here", false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			dir, out, err := check(t, "node data-1 role\n", c.stack, "ANSWER="+c.answer)
			if (err != nil) != c.fails || !strings.Contains(out, c.said) || c.said == "" && strings.Contains(out, "registry") {
				t.Errorf("%v\n%s", err, out)
			}
			asked, err := os.ReadFile(filepath.Join(dir, "asked"))
			if n := strings.Count(string(asked), "\n"); err != nil || n != c.asked {
				t.Errorf("it is asked %d times, and not %d: %v", n, c.asked, err)
			}
		})
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
	run.Env = append(append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"), "RUNS=", "ANSWER="), variables...)
	out, err := run.CombinedOutput()
	return dir, string(out), err
}
