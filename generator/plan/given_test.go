package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/secret"
)

// What the input names outside of the bundle's own folders belongs to a backup; what of it holds secrets, git is to ignore.
func TestGiven(t *testing.T) {
	p := &Plan{Needed: []bundle.Needed{{Path: "./own/wheels", Folder: true}, {Path: "custom/more.txt"}, {Path: "/etc/ssl/proxy.pem"}}}
	for _, file := range []string{"./people [1].ldif", "tls/privkey.pem", "secrets/sql", "/etc/smtp", "../cache"} {
		p.Secrets = append(p.Secrets, secret.Spec{File: file})
	}
	for _, file := range []string{"tls/fullchain.pem", "sql.pem"} {
		p.Secrets = append(p.Secrets, secret.Spec{File: file, Public: true})
	}
	p.Secrets = append(p.Secrets, secret.Spec{Name: "made"})
	want := []string{"../cache", "/etc/smtp", "/etc/ssl/proxy.pem", "own/wheels", "people [1].ldif", "sql.pem", "tls/fullchain.pem", "tls/privkey.pem"}
	if diff := cmp.Diff(want, p.Given()); diff != "" {
		t.Errorf("given (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{`/people\ \[1].ldif`, "/tls/privkey.pem"}, p.Sensitive()); diff != "" {
		t.Errorf("sensitive (-want +got)\n%s", diff)
	}
}
