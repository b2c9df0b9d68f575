package target

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/plan"
)

// A shell reads what is meant, whatever is in a word.
func TestLine(t *testing.T) {
	for want, x := range map[string]struct {
		step  plan.Step
		words []string
	}{
		"on run web":                         {plan.Step{}, []string{"on run web"}},
		"on exec > backup/rows.dump":         {plan.Step{To: "rows.dump"}, []string{"on", "exec"}},
		"on exec < 'backup/a b'":             {plan.Step{From: "a b"}, []string{"on", "exec"}},
		`sh -c 'echo "$HOME" '\''x'\''; ls'`: {plan.Step{}, []string{Words([]string{"sh", "-c", `echo "$HOME" 'x'; ls`})}},
	} {
		if diff := cmp.Diff(want, Line(x.step, x.words...)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

// Who takes images from a registry has to be told of them there, after a build and after a load.
func TestImages(t *testing.T) {
	for name, x := range map[string]struct {
		images      Images
		build, load string
	}{
		"here":     {BuiltByDocker{}.Images(), "docker compose build", "docker load"},
		"registry": {PushedByDocker{}.Images(), "docker compose build && docker compose push", "docker load\n# The machines of the deployment take them from the registry.\ndocker compose push"},
	} {
		if diff := cmp.Diff([]string{x.build, x.load}, []string{x.images.Build(), x.images.Load()}); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}
