package whatif_test

import (
	"os"
	"testing"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diff"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/whatif"
	"github.com/owgen/owgen/profiles"
)

func base(t *testing.T) (*generator.Prepared, profile.Source, *generator.Deployment) {
	t.Helper()
	p, found := generator.Prepare(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	in := profile.Source{Profile: "single-server", Named: profiles.FS, ReadFile: os.ReadFile}
	made, found := p.Generate(t.Context(), in)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return p, in, made
}

// TestChange holds what was tried against what is known to be so.
func TestChange(t *testing.T) {
	p, in, made := base(t)
	for _, test := range []struct {
		key  string
		want diff.Cost
	}{
		{"project", diff.DataAtRisk},
		{"timezone", diff.Recreate},
		{"nginx.gzip_level", diff.Rebuild},
		{"build.debian_digest", diff.Migrate},
		{"tls.mode", diff.DataAtRisk},
		{"external.sql.host", diff.DataAtRisk},
		{"tls.acme_email", diff.Nothing},
		{"timeseries.retention", diff.Recreate},
	} {
		trial, ok := whatif.Change(t.Context(), p, in, made.Plan.Values, func() *generator.Deployment { return made }, made.Plan.Values.Schema().Lookup(test.key), diff.Options{})
		if !ok || trial.From.Value == trial.To.Value || trial.Report.Cost != test.want {
			t.Errorf("%s: %v, %q becomes %q: %v, not %v", test.key, ok, trial.From.Value, trial.To.Value, trial.Report.Cost, test.want)
		}
	}
}

// TestNoOtherValue checks what is said of a service that the others cannot do without.
func TestNoOtherValue(t *testing.T) {
	p, in, made := base(t)
	for _, s := range made.Plan.Services {
		if key := "services." + s.Name; s.Role == catalog.RoleData {
			if trial, ok := whatif.Change(t.Context(), p, in, made.Plan.Values, func() *generator.Deployment { return made }, made.Plan.Values.Schema().Lookup(key), diff.Options{}); ok {
				t.Errorf("%s was changed to %v", key, trial.To.Value)
			}
		}
	}
}
