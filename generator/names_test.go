package generator

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two names may be one where nobody who looks for the one meets the other: at the edge no path is both's, and no client is on the networks of
// both servers. Otherwise the setting that was given last is refused.
func TestNamesThatAreOne(t *testing.T) {
	const outside = "external.directory.host=directory.example.net external.directory.password_file=secrets/d services.canaille=false services.rest-api=false "
	for _, test := range []struct{ input, refused string }{
		{"hosts.api=dashboard.example.org", ""},
		{"hosts.autodiscover=autoconfig.example.org", ""},
		{"hosts.imap=webmail.example.org", ""},
		{"hosts.mail=dashboard.example.org hosts.directory=webmail.example.org", ""},
		{outside + "hosts.imap=ldap.example.org", ""},
		{"hosts.imap=mail.example.org", "hosts.imap"},
		{"hosts.imap=id.example.org", "hosts.imap"},
		{"hosts.directory=Mail.example.org", "hosts.directory"},
		{"hosts.id=ldap.example.org", "hosts.id"},
		{"hosts.webmail=id.example.org", "hosts.webmail"},
		{"hosts.id=dashboard.example.org", "hosts.id"},
		{"hosts.meet=x.example.org hosts.rest=X.example.org", "hosts.rest"},
		{"hosts.autodiscover=meet.example.org hosts.autoconfig=meet.example.org", "hosts.autoconfig hosts.autodiscover"},
	} {
		_, found := Generate(t.Context(), request("mail-enabled", append(strings.Fields(test.input), "domain=example.org")...))
		var refused, others []string
		for _, f := range found {
			if f.Rule == "plan/name-taken" {
				refused = append(refused, f.Path)
			} else {
				others = append(others, f.String())
			}
		}
		slices.Sort(refused)
		if diff := cmp.Diff(test.refused, strings.Join(refused, " ")); diff != "" || len(others) > 0 {
			t.Errorf("%s (-want +got)\n%s%v", test.input, diff, others)
		}
	}
}
