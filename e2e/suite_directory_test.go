//go:build e2e

package e2e

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// outsiders are in a directory of somebody else's: people who are nobody here, and a group that is called as that of the administrators,
// further below.
const outsiders = `
dn: uid=unswitched,ou=people,dc=mail,dc=localhost
objectClass: inetOrgPerson
objectClass: mailAccount
uid: unswitched
cn: Somebody without a switch
sn: Unswitched
mail: unswitched@mail.localhost
userPassword: a password of e2e

dn: uid=classless,ou=people,dc=mail,dc=localhost
objectClass: inetOrgPerson
uid: classless
cn: Somebody of another class
sn: Classless
mail: classless@mail.localhost
userPassword: a password of e2e

dn: ou=team,ou=groups,dc=mail,dc=localhost
objectClass: organizationalUnit
ou: team

dn: cn=administrators,ou=team,ou=groups,dc=mail,dc=localhost
objectClass: groupOfNames
cn: administrators
member: uid=anna,ou=people,dc=mail,dc=localhost
`

// externalDirectory runs the directory of a bundle by itself, as somebody else would run one: on the host's network, with a certificate
// of an authority of its own for an address of the host.
func externalDirectory(t *testing.T, host string) (of *stack, own *authority) {
	t.Helper()
	seed := filepath.Join(t.TempDir(), "seed.ldif")
	if err := writeFile(seed, []byte(suiteSeed+outsiders)); err != nil {
		t.Fatal(err)
	}
	of = &stack{dir: filepath.Join(scratch, "directory"), profile: "groupware"}
	if err := of.generate("project="+scratchPrefix+"directory", "domain="+suiteDomain, "directory.seed_file="+seed); err != nil {
		t.Fatal(err)
	}
	if err := of.build("openldap"); err != nil {
		t.Fatal(err)
	}
	of.forget()
	own = newAuthority(t)
	certificate, key := own.issue(t, host)
	own.copy(t, certificate, "certificates/default/fullchain.pem")
	own.copy(t, key, "certificates/default/privkey.pem")

	service, name := of.file.Services["openldap"], scratchPrefix+"external-openldap"
	args := []string{"run", "-d", "--name", name, "--network", "host", "--user", "1001:1001", "--read-only", "--tmpfs", "/run/slapd:uid=1001,gid=1001,mode=0700",
		"--tmpfs", "/tmp", "-v", "/var/lib/ldap", "-v", filepath.Join(own.dir, "certificates") + ":/etc/openwisp/certificates:ro"}
	for _, secret := range service.Secrets {
		file := filepath.Join(of.dir, "secrets", secret.Source)
		if secret.Source == "directory_seed" {
			file = seed
		}
		args = append(args, "-v", file+":/run/secrets/"+secret.Source+":ro")
	}
	t.Cleanup(func() {
		if t.Failed() {
			out, _ := command(time.Minute, "", "", "docker", "logs", "--tail", "25", name)
			t.Logf("--- %s\n%s", name, out)
		}
		_, _ = command(time.Minute, "", "", "docker", "rm", "-f", "-v", name)
	})
	must(command(time.Minute, "", "", "docker", append(args, service.Image)...))(t)
	eventually(t, recovery, "the external directory is healthy", func() error {
		_, err := command(time.Minute, "", "", "docker", "exec", name, "health")
		return err
	})
	return of, own
}

// A directory of somebody else's takes the place of the bundled one, over TLS: its people read mail, and mail comes to a person, an alias
// and a group. Where it may be written, it is enough for logins by browser and webmail as well.
func TestMailExternalDirectory(t *testing.T) {
	const number = "25"
	host := "172." + number + ".0.1" // as suite.host has it
	of, own := externalDirectory(t, host)
	small := []string{"services.sogo=false", "services.canaille=false", "services.rest-api=false", "services.clamav=false", "services.livekit=false", "services.meet=false"}
	s, err := newSuite("groupware", number, append(small, "external.directory.host="+host, "external.directory.port=6636",
		"external.directory.ca_file="+own.file, "external.directory.password_file="+filepath.Join(of.dir, "secrets", "directory_password"))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.remove)
	s.watch(t, "dovecot", "mta")
	if slices.Contains(s.services(), "openldap") {
		t.Errorf("the bundle has a directory of its own: %v", s.services())
	}
	if err := s.start(); err != nil {
		t.Fatal(err)
	}

	if err := s.readsMail(anna); err != nil {
		t.Errorf("anna does not read mail: %v", err)
	}
	for why, who := range map[string]login{"with a wrong password": {"anna", "wrong"}, "switched off": {"gone", suitePassword}} {
		if s.readsMail(who) == nil {
			t.Errorf("%s reads mail %s", who.user, why)
		}
	}
	for _, to := range []string{"anna", "a.adler", "staff"} {
		about := "external " + to
		if err := s.send("smtp", nil, stranger, []string{at(to)}, letter(stranger, at(to), about, "hello")); err != nil {
			t.Fatalf("mail to %s: %v", to, err)
		}
		s.arrived(t, anna, "INBOX", about)
	}
	for _, to := range []string{"nobody", "gone"} {
		if s.send("smtp", nil, stranger, []string{at(to)}, letter(stranger, at(to), "to nobody", "hello")) == nil {
			t.Errorf("mail to %s is taken", to)
		}
	}
	s.writesDirectory(t, of)
}

// writesDirectory adds the provider of logins and webmail to a stack: people of it log in, and administrators are those of the one group. Its passwords are those that the directory has of these accounts.
func (s *suite) writesDirectory(t *testing.T, of *stack) {
	t.Helper()
	for _, secret := range []string{"directory_identity_password", "openid_mail_password"} {
		if err := writeFile(filepath.Join(s.dir, "secrets", secret), must(os.ReadFile(filepath.Join(of.dir, "secrets", secret)))(t)); err != nil {
			t.Fatal(err)
		}
	}
	s.again(t, []string{"services.sogo=true", "services.canaille=true", "external.directory.writable=true"})
	if err := errors.Join(s.read(), s.start()); err != nil {
		t.Fatal(err)
	}
	s.watch(t, "canaille", "sogo")
	for _, one := range []struct {
		who login
		may bool
	}{{anna, false}, {login{"postmaster", of.secret(t, "postmaster_password")}, true}} {
		c := s.client()
		s.identified(t, c, one.who)
		if status, _, body := s.ask(t, c, asked{method: "GET", address: s.webOrigin("id") + "/profile/" + one.who.user}); status != http.StatusOK {
			t.Errorf("%s does not see the own account: %d %.300s", one.who.user, status, body)
		}
		// Where administrators make accounts
		if status, _, body := s.ask(t, c, asked{method: "GET", address: s.webOrigin("id") + "/profile"}); (status == http.StatusOK) != one.may {
			t.Errorf("%s gets %d where accounts are made: %.300s", one.who.user, status, body)
		}
	}
	for _, name := range []string{"gone", "unswitched", "classless"} {
		if s.logsIn(t, login{name, suitePassword}) {
			t.Errorf("%s, who is nobody in this directory, logs in", name)
		}
	}
	dav := asked{method: "PROPFIND", address: s.webOrigin("webmail") + "/SOGo/dav/anna/Calendar/", who: &anna, header: http.Header{"Depth": {"1"}}}
	if status, _, body := s.ask(t, s.client(), dav); status != http.StatusMultiStatus || !strings.Contains(body, "/SOGo/dav/anna/Calendar/personal/") {
		t.Errorf("anna does not see her calendars: %d %.300s", status, body)
	}
}
