//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// kubeconfig names the file by which kubectl finds a cluster that tests may fill.
const kubeconfig = "OWGEN_E2E_KUBECONFIG"

// The API server takes both overlays, as it would when they are applied: with its own defaults, admission and strict about fields.
func TestKubernetesTakesBothOverlays(t *testing.T) {
	config := os.Getenv(kubeconfig)
	if config == "" {
		t.Skipf("NOT RUN: no API server to ask; %s names a kubeconfig of one", kubeconfig)
	}
	kubectl := func(dir string, args ...string) (string, error) {
		c := exec.Command("kubectl", append([]string{"--kubeconfig", config}, args...)...)
		c.Dir = dir
		out, err := c.CombinedOutput()
		return string(out), err
	}
	for _, size := range []string{"small", "large"} {
		t.Run(size, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "bundle")
			project := "owgen-e2e-" + size
			made := exec.Command(owgen, "generate", "multi-node", "-o", dir, "--set", "domain=example.org", "--set", "target=kubernetes", "--set", "project="+project,
				"--set", "images.registry=registry.example.org/openwisp", "--set", "storage.mode=class", "--set", "kubernetes.pod_networks=[10.244.0.0/16]", "--set", "size="+size)
			if out, err := made.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			pack := exec.Command("kubernetes/pack")
			pack.Dir = dir
			if out, err := pack.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, namespace := range []string{project, project + "-privileged"} { // what a dry run makes is not there for what lies in it
				if out, err := kubectl(dir, "create", "namespace", namespace); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				t.Cleanup(func() {
					if out, err := kubectl(dir, "delete", "namespace", namespace, "--wait=false"); err != nil {
						t.Errorf("%v\n%s", err, out)
					}
				})
			}
			out, err := kubectl(dir, "apply", "-k", ".", "--server-side", "--dry-run=server", "--validate=strict")
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			lines := strings.Split(strings.TrimSpace(out), "\n")
			if len(lines) < 80 {
				t.Errorf("only %d objects:\n%s", len(lines), out)
			}
			for _, line := range lines {
				if !strings.HasSuffix(line, "serverside-applied (server dry run)") {
					t.Errorf("the server says: %s", line)
				}
			}
		})
	}
}
