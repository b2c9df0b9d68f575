package kubernetes

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/plan"
)

// What has a secret whose name has changed is started anew by that, unless the names are another's.
func TestRotations(t *testing.T) {
	store := []string{"store"}
	kept := []plan.Step{{Kind: "stop", Services: store}, {Kind: "run", Services: store, Command: []string{"set-password"}}, {Kind: "start", Services: store}}
	restart := plan.Step{Kind: "restart", Services: []string{"web"}}
	for _, outside := range []bool{false, true} {
		got := rotations([]plan.Rotation{{Secret: "kept", Steps: append(slices.Clone(kept), restart)}}, outside)
		want := []plan.Rotation{{Secret: "kept", Steps: kept}}
		if outside { // its name says nothing of what it holds, so that nobody is started anew by itself
			want[0].Steps = append(slices.Clone(kept), restart)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("outside %v: %s", outside, diff)
		}
	}
}
