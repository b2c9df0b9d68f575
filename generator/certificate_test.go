package generator

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// With a certificate of the operator's own, who hands it out runs where somebody beside the edge asks for one, is waited for, and knows all names. The
// edge takes the files itself, and waits for nobody.
func TestWhoHandsOutACertificateOfOnesOwn(t *testing.T) {
	own := []string{"domain=example.org", "tls.mode=provided", "tls.certificate_file=tls/a.pem", "tls.key_file=tls/b.pem"}
	mail := []string{"ldap.example.org", "imap.example.org", "mail.example.org"}
	for name, test := range map[string]struct {
		profile string
		flags   []string
		names   []string // none: it does not run
		waiting []string
	}{
		"OpenWISP":         {"single-server", nil, nil, nil},
		"several machines": {"single-server", []string{"target=swarm", "storage.mode=nfs", "services.fileserver=true", "images.registry=registry.example.org/o", "nodes={a: {roles: [data, app, edge]}}"}, nil, nil},
		"with a directory": {"single-server", []string{"services.openldap=true", "dashboard.directory_login=true"}, mail[:1], []string{"openldap"}},
		"mail alone": {"groupware", []string{"services.sogo=false", "services.autoconfig=false", "services.canaille=false", "services.rest-api=false",
			"services.livekit=false", "services.meet=false", "services.nginx=false"}, mail, []string{"dovecot", "mta", "openldap"}},
		"everything": {"mail-enabled", nil, append(mail, "id.example.org", "meet.example.org"), []string{"canaille", "dovecot", "livekit", "mta", "openldap"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := generateFrom(t, test.profile, append(own, test.flags...)...).Plan
			var names, waiting []string
			who := p.Service("provided")
			if who != nil {
				names = p.NamesOf(who)
			}
			for _, s := range p.Services {
				for _, d := range s.DependsOn {
					if d.Service == "provided" {
						waiting = append(waiting, s.Name)
					}
				}
			}
			slices.Sort(waiting)
			if diff := cmp.Diff(test.names, names); diff != "" {
				t.Errorf("names (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(test.waiting, waiting); diff != "" {
				t.Errorf("who waits for it (-want +got)\n%s", diff)
			}
		})
	}
}

// Of the files that the input names in the bundle's folder, git ignores those that hold a secret, and not those that a folder declares public.
func TestWhatGitIsToIgnore(t *testing.T) {
	for name, test := range map[string]struct {
		profile string
		flags   []string
		want    []string
	}{
		"certificates": {"single-server", []string{"tls.mode=provided", "tls.certificate_file=tls/chain.pem", "tls.key_file=tls/key.pem",
			"external.sql.host=db.example.net", "external.sql.tls=verify-full", "external.sql.password_file=sql/password", "external.sql.ca_file=sql/ca.pem",
			"external.sql.cert_file=sql/client.pem", "external.sql.key_file=sql/client.key"}, []string{"/sql/client.key", "/sql/password", "/tls/key.pem"}},
		"a key to verify by": {"groupware", []string{"mail.suite=kopano", "kopano.repositories=[https://packages.example.org/]",
			"kopano.repository_key_file=packages.asc", "kopano.repository_login_file=packages.conf"}, []string{"/packages.conf"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := generateFrom(t, test.profile, append(test.flags, "domain=example.org")...).Plan
			if diff := cmp.Diff(test.want, p.Sensitive()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
