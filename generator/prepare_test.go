package generator

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPreparedIsShared makes all variants at once from one prepared catalogue, twice each: the bundles are those that
// are made alone.
func TestPreparedIsShared(t *testing.T) {
	p, found := Prepare(request("single-server").Catalog...)
	if len(found) > 0 {
		t.Fatal(found)
	}
	var group sync.WaitGroup
	for name, flags := range variants {
		alone := generateFrom(t, profileOf(name), flags...)
		for range 2 {
			group.Go(func() {
				shared, found := p.Generate(t.Context(), request(profileOf(name), flags...).Source)
				if len(found) > 0 {
					t.Error(name, found)
				} else if diff := cmp.Diff(alone.Files, shared.Files, asText); diff != "" {
					t.Errorf("%s (-alone +shared)\n%s", name, diff)
				}
			})
		}
	}
	group.Wait()
}
