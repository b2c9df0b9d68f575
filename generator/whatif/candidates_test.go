package whatif

import (
	"regexp"
	"testing"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/settings"
)

// TestCandidates finds another value for every setting of the catalogue.
func TestCandidates(t *testing.T) {
	services, found := catalog.Read(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	values, err := generator.Defaults(services)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range values.Schema().All() {
		if one := d.Type == settings.Enum && len(d.Values) == 1; len(candidates(d, values.String(d.Key))) == 0 && !one {
			t.Errorf("no other value for %s", d.Key)
		}
	}
}

func TestSample(t *testing.T) {
	for _, pattern := range []string{
		`^(sha256:[0-9a-f]{64})?$`, `[A-Z]{2}`, `^[a-z]+/[a-z0-9.+-]+$`, `|(\[[A-Za-z0-9.-]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?`, `^https://[A-Za-z0-9.:-]+/[^"\s]*$`, `a*b+.c`,
	} {
		text := sample(pattern)
		if text == "" || !regexp.MustCompile(`^(?:`+pattern+`)$`).MatchString(text) {
			t.Errorf("%q is no sample of %s", text, pattern)
		}
	}
	if sample("(") != "" || sample("") != "" {
		t.Error("a sample of nothing")
	}
}
