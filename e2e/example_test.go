//go:build e2e

package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The service of CONTRIBUTING.md, copied and renamed as it says, answers below its path.
func TestExampleServiceSaysHello(t *testing.T) {
	alone(t)
	catalog := filepath.Join(scratch, "example")
	example := filepath.Join("..", "dockerfiles", "_example")
	err := filepath.WalkDir(example, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		renamed := strings.NewReplacer("whoami", "hello", "WHOAMI", "HELLO").Replace(string(text))
		return writeFile(filepath.Join(catalog, "hello", strings.TrimPrefix(path, example)), []byte(renamed))
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &stack{dir: filepath.Join(scratch, "example-bundle")}
	args := []string{"generate", "single-server", "-o", s.dir, "--catalog", catalog, "--set", "services.hello=true", "--set", "project=owgen-e2e-example"}
	for _, setting := range elsewhere {
		args = append(args, "--set", setting)
	}
	must(command(time.Minute, "", "", owgen, args...))(t)
	if err := s.read(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.remove)
	services := []string{"authority", "hello", "nginx"}
	if err := s.build(services...); err != nil {
		t.Fatal(err)
	}
	if err := s.up(2*time.Minute, services...); err != nil {
		t.Fatal(err)
	}
	got := must(fetch(s.client(t), "GET", s.origin("dashboard")+"/hello/", ""))(t)
	if got.status != 200 || got.body != "hello\n" {
		t.Errorf("the example answers %s", got)
	}
}
