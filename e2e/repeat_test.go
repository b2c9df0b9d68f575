//go:build e2e

package e2e

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestSecondUpRecreatesNothing(t *testing.T) {
	s := shared(t)
	before, files := s.fingerprints(t), s.bundleFiles(t)
	if _, err := command(time.Minute, s.dir, "", owgen, "generate"); err != nil {
		t.Fatal(err)
	}
	if after := s.bundleFiles(t); !maps.Equal(files, after) {
		for name := range after {
			if files[name] != after[name] {
				t.Errorf("owgen generate changed %s", name)
			}
		}
		if len(files) != len(after) {
			t.Errorf("owgen generate made %d files of %d", len(after), len(files))
		}
	}
	if err := s.up(3 * time.Minute); err != nil {
		t.Fatal(err)
	}
	after := s.fingerprints(t)
	for service, was := range before {
		if is := after[service]; is != was {
			t.Errorf("docker compose up made %s anew: %s, before %s", service, is, was)
		}
	}
}

// fingerprints tells the containers of all services apart from others, and from themselves after a restart. Jobs may
// run again.
func (s *stack) fingerprints(t testing.TB) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, service := range s.services() {
		c := must(s.container(service))(t)
		found[service] = c.ID[:12] + " started " + c.State.StartedAt
	}
	for _, job := range s.jobs() {
		found[job] = must(s.container(job))(t).ID[:12]
	}
	return found
}

// bundleFiles reads the whole bundle.
func (s *stack) bundleFiles(t testing.TB) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(s.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		found[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
