package kubernetes

import (
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
	got := rotations([]plan.Rotation{
		{Secret: "kept", Steps: []plan.Step{exec(true), {Kind: "restart", Services: []string{"web"}}}},
		{Secret: "asked", Steps: []plan.Step{exec(false)}},
	})
	want := []plan.Rotation{
		{Secret: "kept", Steps: []plan.Step{{Kind: "stop", Services: store}, run, {Kind: "start", Services: store}}},
		{Secret: "asked", Steps: []plan.Step{exec(false)}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
