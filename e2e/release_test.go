//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestRelease makes a release for this machine twice, from two copies of the sources in different places: the same
// bytes. What it consists of is complete, and its program works in the image that the repository's Dockerfile gives.
func TestRelease(t *testing.T) {
	var dirs []string
	for _, name := range []string{"a", "another/place"} {
		dir := filepath.Join(scratch, "release", name)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"cmd", "generator", "dockerfiles", "profiles", "release", "LICENSE", "Dockerfile", ".dockerignore", "go.mod", "go.sum"} {
			succeed(t, "..", "cp", "-r", part, dir)
		}
		succeed(t, dir, "go", "run", "./release", "-platforms", "linux/"+runtime.GOARCH)
		dirs = append(dirs, filepath.Join(dir, "dist"))
	}
	succeed(t, "", "diff", "-r", dirs[0], dirs[1])
	succeed(t, dirs[0], "sha256sum", "-c", "--quiet", "--strict", "SHA256SUMS")
	sums := succeed(t, dirs[0], "cat", "SHA256SUMS")
	for _, part := range []string{"owgen-linux-" + runtime.GOARCH, "owgen.cdx.json", "owgen.schema.json", "reference.html", "man/man1/owgen.1", "man/man1/owgen-generate.1",
		"completions/bash/owgen", "completions/zsh/_owgen", "completions/fish/owgen.fish", "LICENSE", "THIRD-PARTY-LICENSES.txt"} {
		if !strings.Contains(sums, "  "+part+"\n") {
			t.Errorf("no %s in\n%s", part, sums)
		}
	}
	if bill := succeed(t, dirs[0], "cat", "owgen.cdx.json"); !strings.Contains(bill, `"purl": "pkg:golang/github.com/compose-spec/compose-go/v2@`) {
		t.Error("the bill of materials names no compose-go")
	}
	if licenses := succeed(t, dirs[0], "cat", "THIRD-PARTY-LICENSES.txt"); !strings.Contains(licenses, "Eclipse Public License") {
		t.Error("the license of the library that lays out graphs is not in THIRD-PARTY-LICENSES.txt")
	}
	t.Run("image", func(t *testing.T) { ownImage(t, filepath.Dir(dirs[0])) })
	t.Run("install", func(t *testing.T) {
		install := exec.Command("go", "install", "./cmd/owgen")
		install.Dir, install.Env = filepath.Dir(dirs[0]), append(os.Environ(), "GOBIN="+scratch+"/installed")
		if out, err := install.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		succeed(t, "", scratch+"/installed/owgen", "version")
	})
}

// ownImage builds owgen's image and makes a bundle with it, as a user who is not root and has nothing but a folder.
func ownImage(t *testing.T, dir string) {
	const image = "owgen-e2e/owgen:release"
	succeed(t, dir, "docker", "build", "-q", "-t", image, ".")
	t.Cleanup(func() { _ = exec.Command("docker", "image", "rm", "-f", image).Run() })
	work := filepath.Join(scratch, "release", "work")
	if err := os.Mkdir(work, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(work, 4711, 4711); err != nil {
		t.Fatal(err)
	}
	owgen := func(args ...string) string {
		return succeed(t, "", "docker", append([]string{"run", "--rm", "--network", "none", "--read-only", "--cap-drop", "ALL",
			"--security-opt", "no-new-privileges", "-v", work + ":/work", "-u", "4711:4711", image}, args...)...)
	}
	owgen("generate", "single-server", "-o", "bundle")
	owgen("check", "bundle")
	if owners := strings.TrimSpace(succeed(t, work, "find", ".", "!", "-user", "4711")); owners != "" {
		t.Errorf("these belong to somebody else:\n%s", owners)
	}
	if user := succeed(t, "", "docker", "image", "inspect", "-f", "{{.Config.User}}", image); user != "1001:1001\n" {
		t.Errorf("it runs as %s", user)
	}
}

// succeed runs a program to its good end, and returns what it prints.
func succeed(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	return must(command(20*time.Minute, dir, "", name, args...))(t) // a cold cache has all of Go's packages compiled
}
