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
	s := &stack{dir: filepath.Join(scratch, "example-bundle"), catalog: catalog}
	if err := s.generate(append([]string{"project=" + scratchPrefix + "example", "services.hello=true"}, elsewhere...)...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.remove)
	s.run(t, 2*time.Minute, "authority", "hello", "nginx")
	got := must(fetch(s.client(t), "GET", s.origin("dashboard")+"/hello/", ""))(t)
	if got.status != 200 || got.body != "hello\n" {
		t.Errorf("the example answers %s", got)
	}
}
