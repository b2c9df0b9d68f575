//go:build e2e

package e2e

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What owgen diff says of a change is what docker compose up does then: it makes these containers anew, and no other.
func TestDiffTellsWhatUpDoes(t *testing.T) {
	s := newStack(t, "diff", slices.Concat(everythingOff, elsewhere)...)
	s.run(t, 4*time.Minute)
	s.watch(t, "nginx", "dashboard")
	for _, change := range []string{"openwisp.map_zoom=3", "resources.redis.memory=200M", "nginx.client_max_body_size=31"} {
		var said struct {
			Services []struct{ Name, Change, Cost string }
		}
		out := must(command(time.Minute, s.dir, "", owgen, "diff", "--json", "--set", change))(t)
		if err := json.Unmarshal([]byte(out), &said); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		foretold := []string{}
		for _, service := range said.Services {
			if service.Cost == "recreate" || service.Cost == "rebuild" {
				foretold = append(foretold, service.Name)
			}
		}
		before := s.containers(t)
		if err := s.generate(change); err != nil {
			t.Fatal(err)
		}
		s.run(t, 3*time.Minute)
		done := []string{}
		for service, id := range s.containers(t) {
			if id != before[service] {
				done = append(done, service)
			}
		}
		slices.Sort(foretold)
		slices.Sort(done)
		if len(foretold) == 0 {
			t.Errorf("%s: owgen diff sees no change", change)
		}
		if diff := cmp.Diff(foretold, done); diff != "" {
			t.Errorf("%s: containers made anew (-foretold +done)\n%s", change, diff)
		}
	}
}

// containers returns the id of each service's container, jobs included.
func (s *stack) containers(t testing.TB) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, service := range append(s.services(), s.jobs()...) {
		found[service] = must(s.container(service))(t).ID
	}
	return found
}
