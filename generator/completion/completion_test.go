package completion

import (
	"slices"
	"strings"
	"testing"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/catalog"
)

func TestAssignment(t *testing.T) {
	services, found := catalog.Read(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	values, err := generator.Defaults(services)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		want       string // one of the candidates; "" for none at all
		more, many bool
	}{
		"":                  {"timezone=", true, true},
		"tls.mode=":         {"tls.mode=acme", false, true},
		"metrics.enabled=":  {"", false, false},
		"timezone=":         {"timezone=UTC", false, false},
		"timezone=E":        {"timezone=Europe/Rome", false, true},
		"nginx.gzip_level=": {"nginx.gzip_level=6", false, false},
		"no.such=":          {"", false, false},
	}
	for current, test := range tests {
		got, more := Assignment(values, current)
		has := slices.ContainsFunc(got, func(c Candidate) bool { return c.Word == test.want })
		if more != test.more || has != (test.want != "") || (len(got) > 1) != test.many {
			t.Errorf("%s: %v, more %v", current, got, more)
		}
	}
	seen := map[string]bool{}
	for _, c := range Names(services, values.Schema()) {
		if seen[c.Word] || strings.TrimSpace(c.About) == "" {
			t.Errorf("%s is there twice, or nothing is said of it: %q", c.Word, c.About)
		}
		seen[c.Word] = true
	}
	for _, name := range []string{"timezone", "tls.mode", "nginx", "sql"} {
		if !seen[name] {
			t.Errorf("%s is missing", name)
		}
	}
}
