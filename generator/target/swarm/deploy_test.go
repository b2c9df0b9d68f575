package swarm

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// engine stands in for docker: a manager of one machine, which asks one registry without a certificate. It notes whom it asks for images.
const engine = `#!/bin/sh
case "$1 $2" in
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
	dir := t.TempDir()
	script, err := os.ReadFile("../../../dockerfiles/_shared/swarm/deploy")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"deploy": string(script), "deploy.conf": "project site\nnode data-1 role\n", "stack.yml": images, "bin/docker": engine} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	run := exec.Command("sh", filepath.Join(dir, "deploy"), "--check")
	run.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	if out, err := run.CombinedOutput(); err != nil {
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
