package checkup

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/output"
	"github.com/owgen/owgen/generator/secret"
	"github.com/owgen/owgen/generator/settings"
)

// What was edited in .env is named with the setting that would keep it, and never with a value.
func TestEnvEdits(t *testing.T) {
	schema, found := settings.NewSchema([]*settings.Setting{{Key: "timezone", Type: settings.String, Env: "TZ"}})
	if len(found) > 0 {
		t.Fatal(found)
	}
	const generated = "# of owgen\nTZ=UTC\nDOMAIN=example.org\n"
	for _, test := range []struct {
		name, edited, reason string
		keys                 []string
	}{
		{"a setting", "TZ=Europe/Rome\nDOMAIN=example.org\n", "edited by hand: TZ (keep it with the setting timezone)", []string{"timezone"}},
		{"no setting", "TZ=UTC\nDOMAIN=example.net\n", "edited by hand: DOMAIN", nil},
		{"one more", "A_TOKEN=t0ken\nTZ=UTC\nDOMAIN=example.org\n", "edited by hand: A_TOKEN", nil},
		{"one less", "DOMAIN=example.org\n", "edited by hand: TZ (keep it with the setting timezone)", []string{"timezone"}},
		{"to nothing", "TZ=\nDOMAIN=example.org\n", "edited by hand: TZ (keep it with the setting timezone)", []string{"timezone"}},
		{"two, in their order", "TZ=x\nDOMAIN=y\n", "edited by hand: DOMAIN, TZ (keep it with the setting timezone)", []string{"timezone"}},
		{"a comment", "# mine\nTZ=UTC\nDOMAIN=example.org\n", "edited by hand, in comments or quotes alone", nil},
		{"quotes", "TZ='UTC'\nDOMAIN=\"example.org\"\n", "edited by hand, in comments or quotes alone", nil},
		{"what Compose cannot read", "TZ='UTC\n", "edited by hand, and Compose cannot read it", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			reason, keys := envEdits(output.Change{Old: &bundle.File{Data: []byte(test.edited)}, New: &bundle.File{Data: []byte(generated)}}, schema)
			if diff := cmp.Diff(test.reason, reason); diff != "" {
				t.Errorf("reason (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(test.keys, keys); diff != "" {
				t.Errorf("settings (-want +got)\n%s", diff)
			}
		})
	}
}

// made is a bundle of one file, by the owgen and from the input that are given.
func made(version, input string) *generator.Deployment {
	files := map[string]bundle.File{"a": {Data: []byte("a")}}
	files[bundle.ManifestFile] = bundle.File{Data: (&bundle.Bundle{Files: files}).Manifest(version, input)}
	return &generator.Deployment{Bundle: bundle.Bundle{Files: files}}
}

// The first of the causes that holds explains the others. An edit by hand needs none: its file says so.
func TestCauses(t *testing.T) {
	record := bundle.Record{Generator: "2", InputDigest: "sha256:in"}
	for _, test := range []struct {
		name           string
		version, input string
		first          bool
		state          output.State
		want           []string
	}{
		{"nothing was there", "3", "sha256:other", true, output.Create, []string{}},
		{"another owgen, whatever else", "3", "sha256:other", false, output.Update, []string{"owgen 2 made it, and this is owgen 3"}},
		{"another input", "2", "sha256:other", false, output.Update, []string{"its input has changed since it was generated"}},
		{"other folders change a file", "2", "sha256:in", false, output.Update, []string{"it was generated from other service folders, or by another build of this owgen"}},
		{"other folders add one", "2", "sha256:in", false, output.Create, []string{"it was generated from other service folders, or by another build of this owgen"}},
		{"other folders remove one", "2", "sha256:in", false, output.Remove, []string{"it was generated from other service folders, or by another build of this owgen"}},
		{"an edit", "2", "sha256:in", false, output.Edited, []string{}},
		{"a file that is gone", "2", "sha256:in", false, output.Missing, []string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := output.Comparison{First: test.first, Record: record, Changes: []output.Change{{Path: "a", State: test.state}}}
			if diff := cmp.Diff(test.want, causes(made(test.version, test.input), p)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A clone has no secrets and is clean without; where one of several is gone, that is said.
func TestSecrets(t *testing.T) {
	wrong := diag.List{{Rule: "output/secret-lost", Message: "is lost"}}
	here := output.Secret{Spec: secret.Spec{Name: "one"}, Path: "secrets/one", Present: true}
	gone := output.Secret{Spec: secret.Spec{Name: "two"}, Path: "secrets/two", Create: true}
	own := output.Secret{Spec: secret.Spec{Name: "key", File: "mine/key"}, Path: "mine/key", Present: true}
	for _, test := range []struct {
		name     string
		secrets  []output.Secret
		missing  []string
		findings diag.List
	}{
		{"all are there", []output.Secret{here}, []string{}, wrong},
		{"one is gone", []output.Secret{here, gone}, []string{"secrets/two"}, wrong},
		{"a clone", []output.Secret{gone}, []string{}, diag.List{}},
		{"a clone beside a file of the user's", []output.Secret{gone, own}, []string{}, diag.List{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := Make("site", made("2", "in"), output.Comparison{Secrets: test.secrets, SecretFindings: wrong})
			if diff := cmp.Diff(test.missing, r.Secrets); diff != "" {
				t.Errorf("secrets (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(test.findings, r.Findings); diff != "" {
				t.Errorf("findings (-want +got)\n%s", diff)
			}
			if clean := len(test.missing) == 0; r.Clean != clean {
				t.Errorf("clean is %v", r.Clean)
			}
		})
	}
}
