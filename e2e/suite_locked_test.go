//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// logsIn says whether the provider takes somebody's password, and opens the page of the account.
func (s *suite) logsIn(t testing.TB, who login) bool {
	t.Helper()
	c := s.client()
	s.identified(t, c, who)
	status, _, _ := s.ask(t, c, asked{method: "GET", address: s.webOrigin("id") + "/profile/" + who.user})
	return status == http.StatusOK
}

// enabled is what the directory has of somebody's mailEnabled.
func (s *suite) enabled(t testing.TB, name string) string {
	t.Helper()
	out := s.exec(t, "openldap", "ldapsearch", "-Q", "-LLL", "uid="+name, "mailEnabled")
	_, value, _ := strings.Cut(out, "mailEnabled: ")
	return strings.TrimSpace(value)
}

// Whoever is switched off in the directory, or locked by an administrator in a page, has no login, session, token or mail left.
func TestMailIdentityLocked(t *testing.T) {
	s := mailSuite(t)
	s.watch(t, "canaille", "dovecot", "openldap")
	who := login{fmt.Sprintf("locked%d", time.Now().UnixNano()), "a password that is long"}
	s.adds(t, who, "Lou Locked")
	code := s.exec(t, "canaille", "python", "-c", "import identity; identity.create_app(); from canaille.oidc import provider; print(provider.AUTHORIZATION_CODE_LIFETIME)")
	if !strings.HasSuffix(strings.TrimSpace(code), "60") {
		t.Errorf("a code holds for %s seconds", code)
	}
	admin, session := s.loggedIn(t, s.postmaster(t)), s.loggedIn(t, who)
	token := s.token(t, session, "sogo", s.secret(t, "openid_sogo_secret"), s.webOrigin("webmail")+"/SOGo/", "openid profile email")
	if err := s.opens(t, who, token); err != nil {
		t.Fatalf("the token opens no mailbox before: %v", err)
	}
	if s.logsIn(t, login{"gone", suitePassword}) {
		t.Error("who is switched off logs in")
	}

	settings := s.webOrigin("id") + "/profile/" + who.user + "/settings"
	press := func(action string) {
		t.Helper()
		_, _, body := s.ask(t, admin, asked{method: "GET", address: settings})
		csrf := hidden.FindStringSubmatch(body)
		if csrf == nil {
			t.Fatalf("there is no form at %s: %.600s", settings, body)
		}
		form := url.Values{"csrf_token": {csrf[1]}, "action": {action}, "user_name": {who.user}}
		if status, _, body := s.ask(t, admin, asked{method: "POST", address: settings, body: form.Encode(),
			header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Referer": {settings}}}); status >= 400 {
			t.Fatalf("%s: %d %.600s", action, status, body)
		}
	}
	press("lock-execute")
	press("edit-settings") // opens nothing
	if got := s.enabled(t, who.user); got != "FALSE" {
		t.Errorf("after the lock mailEnabled is %q", got)
	}
	if err := s.opens(t, who, token); err == nil {
		t.Error("a token of somebody who is locked opens the mailbox")
	}
	if status, _, _ := s.ask(t, session, asked{method: "GET", address: s.webOrigin("id") + "/profile/" + who.user}); status == http.StatusOK {
		t.Error("a session of somebody who is locked goes on")
	}
	if s.logsIn(t, who) {
		t.Error("who is locked logs in")
	}
	press("unlock")
	if got := s.enabled(t, who.user); got != "TRUE" {
		t.Errorf("after the lock is taken back mailEnabled is %q", got)
	}
	if err := s.readsMail(who); err != nil {
		t.Errorf("who is unlocked reads no mail: %v", err)
	}

	// By command, and back by the page; by the page, and back by command.
	s.exec(t, "openldap", "account", "lock", who.user)
	if got := s.enabled(t, who.user); got != "FALSE" || s.readsMail(who) == nil || s.logsIn(t, who) {
		t.Errorf("after account lock mailEnabled is %q, and who is locked logs in or reads mail", got)
	}
	if list := s.listed(t, who.user); !strings.Contains(list, "locked: yes") {
		t.Errorf("the list does not say who is locked: %s", list)
	}
	press("unlock")
	if err := s.readsMail(who); err != nil {
		t.Errorf("the page does not take the command's lock back: %v", err)
	}
	press("lock-execute")
	if list := s.listed(t, who.user); !strings.Contains(list, "locked: yes") {
		t.Errorf("the list does not say whom the page has locked: %s", list)
	}
	s.exec(t, "openldap", "account", "unlock", who.user)
	if err := s.readsMail(who); err != nil || !s.logsIn(t, who) {
		t.Errorf("account unlock does not take the page's lock back: %v", err)
	}
	if list := s.listed(t, who.user); strings.Contains(list, "locked: ") {
		t.Errorf("who is unlocked is listed as %s", list)
	}
}

// listed is what the list of people has of somebody.
func (s *suite) listed(t testing.TB, name string) string {
	t.Helper()
	for part := range strings.SplitSeq(s.exec(t, "openldap", "account", "list"), "\n\n") {
		if strings.Contains(part+"\n", "uid: "+name+"\n") {
			return part
		}
	}
	t.Fatalf("%s is not listed", name)
	return ""
}

// Whoever makes a mistake with the command is told which.
func TestMailAccountMistakes(t *testing.T) {
	s := mailSuite(t)
	for _, c := range []struct {
		words []string
		want  string
	}{
		{[]string{"password", "nobody-there"}, "there is nobody named nobody-there"},
		{[]string{"quota", "nobody-there", "5"}, "there is nobody named nobody-there"},
		{[]string{"remove", "nobody-there"}, "there is nobody named nobody-there"},
		{[]string{"lock", "nobody-there"}, "there is nobody named nobody-there"},
		{[]string{"alias", "anna", "anna@elsewhere.example"}, "mail.domains"},
		{[]string{"add", "new", "New Nobody", "new@elsewhere.example"}, "mail.domains"},
		{[]string{"password", "anna"}, "give it on standard input"},
	} {
		_, err := command(time.Minute, s.dir, "", "docker", append([]string{"compose", "exec", "-T", "openldap", "account"}, c.words...)...)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "ldap_") {
			t.Errorf("account %q: %v, and not %q", c.words, err, c.want)
		}
	}
}

// The provider's account in the directory makes people, as another test sees, and neither removes nor makes services' accounts, nor
// anything with attributes that it may not write.
func TestMailIdentityOfServices(t *testing.T) {
	s := mailSuite(t)
	const base = "dc=mail,dc=localhost"
	as := func(ldif string) error {
		_, err := command(time.Minute, s.dir, s.secret(t, "directory_identity_password")+"\n"+ldif, "docker", "compose", "exec", "-T", "openldap", "sh", "-c",
			`umask 077; IFS= read -r p; printf %s "$p" >/tmp/identity; LDAPTLS_REQCERT=never ldapmodify -x -H ldaps://127.0.0.1:6636 -D cn=identity,`+base+` -y /tmp/identity; c=$?; rm /tmp/identity; exit $c`)
		return err
	}
	person := func(name, more string) string {
		return "dn: uid=" + name + ",ou=people," + base + "\nchangetype: add\nobjectClass: inetOrgPerson\nobjectClass: mailAccount\nuid: " + name + "\ncn: x\nsn: x\n" + more
	}
	name := fmt.Sprintf("made%d", time.Now().UnixNano())
	for what, ldif := range map[string]string{
		"a service's account is removed":    "dn: uid=accounts,ou=people," + base + "\nchangetype: delete\n",
		"a service's account is made":       person("openwisp", "mailEnabled: TRUE\n"),
		"a service's address is changed":    "dn: uid=accounts,ou=people," + base + "\nchangetype: modify\nreplace: mail\nmail: x@mail.localhost\n",
		"somebody is made with a quota":     person(name+"a", "mailQuota: 1\n"),
		"somebody is made with other names": person(name+"b", "mailAlias: anna@mail.localhost\n"),
	} {
		if err := as(ldif); err == nil || !strings.Contains(err.Error(), "Insufficient access") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := as(person(name, "mail: "+at(name)+"\nmailEnabled: TRUE\n")); err != nil {
		t.Errorf("nobody is made: %v", err)
	}
	if err := as("dn: uid=" + name + ",ou=people," + base + "\nchangetype: delete\n"); err != nil {
		t.Errorf("nobody is removed: %v", err)
	}
}
