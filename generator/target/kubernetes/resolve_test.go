package kubernetes

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/plan"
)

// What does its work without the server runs while that is stopped: it does not start with another password than the one that it keeps.
// What needs the server asks the one that has been started anew.
func TestRotations(t *testing.T) {
	store := []string{"store"}
	exec := func(offline bool) plan.Step {
		return plan.Step{Kind: "exec", Services: store, Command: []string{"set-password"}, Offline: offline}
	}
	run := exec(true)
	run.Kind = "run"
	restart := plan.Step{Kind: "restart", Services: []string{"web"}}
	offline := []plan.Step{{Kind: "stop", Services: store}, run, {Kind: "start", Services: store}}
	for _, outside := range []bool{false, true} {
		got := rotations([]plan.Rotation{{Secret: "kept", Steps: []plan.Step{exec(true), restart}}, {Secret: "asked", Steps: []plan.Step{exec(false)}}}, outside)
		want := []plan.Rotation{{Secret: "kept", Steps: offline}, {Secret: "asked", Steps: []plan.Step{exec(false)}}}
		if outside { // its name says nothing of what it holds, so that nobody is started anew by itself
			want[0].Steps = append(slices.Clone(offline), restart)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("outside %v: %s", outside, diff)
		}
	}
}
