package output

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/secret"
)

// What is there already and does not fit to a changed input is said at the setting's place, and stops nobody.
func TestRisks(t *testing.T) {
	at := diag.Place{File: "owgen.yaml", Line: 3, Path: "domain"}
	made := func(domain, base string) *bundle.Bundle {
		spec := authority()
		spec.Names, spec.NamedAt = []string{domain}, map[string]diag.Place{domain: at}
		b := &bundle.Bundle{Files: map[string]bundle.File{"a": {Data: []byte(domain), Mode: 0o644}}, Secrets: []secret.Spec{spec},
			Lasting: []bundle.Lasting{{Key: "store.base", Value: base, Why: "it is made once", Asked: at}}}
		b.Files[bundle.ManifestFile] = bundle.File{Data: b.Manifest("1", domain), Mode: 0o644}
		return b
	}
	newAuthority := "take the change back; or make a new authority as \"Trust\" in README.md says: delete ca.crt and secrets/ca_key, then owgen generate, and import the new ca.crt everywhere"
	for _, test := range []struct {
		name         string
		domain, base string
		want         []string
	}{
		{"the same", "example.org", "dc=one", nil},
		{"below it", "mail.example.org", "dc=one", nil},
		{"another domain", "example.com", "dc=one", []string{
			"owgen.yaml:3: warning: domain: ca.crt may not sign example.com: it was made for other names, so that nothing gets a certificate for the new ones [output/ca]\n  hint: " + newAuthority}},
		{"another base", "example.org", "dc=two", []string{
			"owgen.yaml:3: warning: domain: store.base was \"dc=one\" and becomes \"dc=two\": it is made once [output/lasting]\n" +
				"  hint: where there are data that are to stay, keep the old value, in owgen.yaml: store: {base: \"dc=one\"}"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			apply(t, dir, made("example.org", "dc=one"), options())
			result := apply(t, dir, made(test.domain, test.base), options())
			var got []string
			for _, f := range result.Findings {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
