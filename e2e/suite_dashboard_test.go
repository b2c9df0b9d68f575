//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"
)

// openwispStack is OpenWISP with mail beside it, whose dashboard asks the directory. Tokens and hotspots are asked at the API itself.
var openwispStack = sync.OnceValues(func() (*suite, error) {
	return startOpenWISP("27", "dashboard.directory_login=true", "modules.radius=true", "services.freeradius=false")
})

func openwispSuite(t testing.TB) *suite {
	t.Helper()
	return must(openwispStack())(t)
}

// administers logs in by the dashboard's own form, which lets nobody in but who may open it.
func (s *suite) administers(t testing.TB, who login) (*http.Client, error) {
	t.Helper()
	client := s.stack.client(t)
	got, err := submit(client, s.origin("dashboard")+"/admin/login/", url.Values{"username": {who.user}, "password": {who.password}, "next": {"/admin/"}})
	if err == nil && got.status == http.StatusTooManyRequests {
		t.Fatalf("the edge has had enough logins: %s", got)
	}
	if err == nil && got.status != http.StatusFound {
		err = errors.New("the login was refused: " + got.String())
	}
	return client, err
}

// In OpenWISP's dashboard the directory's password is enough. Its group of administrators makes one, at each login; nobody who is switched
// off gets in; an account of OpenWISP's own stays what it is, whoever has its name; and it gets in while the directory is away.
func TestMailDashboardByDirectory(t *testing.T) {
	s := openwispSuite(t)
	s.watch(t, "dashboard", "openldap")
	clean := fmt.Sprintf(`
from django.db.models import Q
from openwisp_users.models import User
User.objects.filter(Q(username__in=["anna@directory", "postmaster", "anna"]) | Q(email=%q)).delete()
`, at("anna"))
	s.django(t, clean+fmt.Sprintf("User.objects.create_superuser(username='anna', email=%q, password='a local password')\n", at("anna")), nil)
	t.Cleanup(func() { s.django(t, clean, nil) }) // others need the address
	rights := func(want string) {
		t.Helper()
		var got string
		s.django(t, `
from openwisp_users.models import User
people = User.objects.exclude(username__in=["admin", "e2e-reset"])
answer(" ".join(sorted(f"{u.username}:{u.email}:{int(u.is_superuser)}{int(u.is_staff)}" for u in people)))
`, &got)
		if got != want {
			t.Errorf("there are %q, and not %q", got, want)
		}
	}
	refused := func(why string, who login) {
		t.Helper()
		if _, err := s.administers(t, who); err == nil {
			t.Errorf("%s is let in: %s", who.user, why)
		}
	}
	own, postmaster := "anna:"+at("anna")+":11", s.postmaster(t)

	refused("with a wrong password", login{"postmaster", "wrong"})
	refused("switched off", login{"gone", suitePassword})
	refused("by a filter that finds somebody", login{"post*", postmaster.password})
	refused("by another filter", login{"x)(uid=postmaster", postmaster.password})
	rights(own)

	client, err := s.administers(t, postmaster)
	if err != nil {
		t.Fatal(err)
	}
	// The API, which is another service, knows the session.
	if got := must(fetch(client, "GET", s.origin("dashboard")+"/api/v1/users/user/", ""))(t); got.status != http.StatusOK {
		t.Errorf("the API does not know who logged in: %s", got)
	}
	refused("who administers nothing", login{"anna", suitePassword})
	if _, err := s.administers(t, login{"anna", "a local password"}); err != nil {
		t.Errorf("the account of OpenWISP's own: %v", err)
	}
	rights(own + " anna@directory:None:00 postmaster:" + at("postmaster") + ":11")

	// A password that somebody made here, such as by a mail for a new one, opens nothing.
	s.django(t, `
from openwisp_users.models import User
user = User.objects.get(username="postmaster")
user.set_password("a password of this database")
user.save()
`, nil)
	refused("by a password of OpenWISP's own", login{"postmaster", "a password of this database"})
	s.opensNothing(t, login{"postmaster", "a password of this database"}, login{"anna", "a local password"})

	group := func(member string) {
		t.Helper()
		s.exec(t, "openldap", "sh", "-c", "printf 'dn: cn=administrators,ou=groups,dc=mail,dc=localhost\\nchangetype: modify\\nreplace: member\\nmember: "+
			member+",dc=mail,dc=localhost\\n' | ldapmodify -Q")
	}
	group("cn=nobody")
	refused("who left the group", postmaster)
	rights(own + " anna@directory:None:00 postmaster:" + at("postmaster") + ":00")
	group("uid=postmaster,ou=people")

	// Silent, and away
	for _, how := range [][2]string{{"pause", "unpause"}, {"stop", "start"}} {
		s.withoutDirectory(t, how, func() {
			if _, err := s.administers(t, login{"admin", s.secret(t, "admin_password")}); err != nil {
				t.Errorf("%s: OpenWISP's own administrator: %v", how[0], err)
			}
		})
		s.withoutDirectory(t, how, func() { refused("without the directory: "+how[0], postmaster) })
	}
	if _, err := s.administers(t, login{"anna", "a local password"}); err != nil {
		t.Errorf("after all that: %v", err)
	}
}

// opensNothing looks whether a password that is somebody's in OpenWISP gives a token of the API, or lets into a hotspot, where that of
// another does. Both ways OpenWISP goes past what asks the directory.
func (s *suite) opensNothing(t *testing.T, who, other login) {
	t.Helper()
	for _, of := range []struct {
		login
		status int
		reply  string
	}{{other, http.StatusOK, "Accept"}, {who, http.StatusBadRequest, "nothing"}} {
		form := url.Values{"username": {of.user}, "password": {of.password}}
		got := must(fetch(s.stack.client(t), "POST", s.origin("api")+"/api/v1/radius/organization/default/account/token/", form.Encode(),
			"Content-Type", "application/x-www-form-urlencoded"))(t)
		if got.status != of.status {
			t.Errorf("%s asks for a token, and gets %s, not %d", of.user, got, of.status)
		}
		var reply string
		s.django(t, fmt.Sprintf(`
from openwisp_radius.api.freeradius_views import authorize
from openwisp_users.models import OrganizationUser, User
from rest_framework.test import APIRequestFactory
from swapper import load_model
row = load_model("openwisp_radius", "OrganizationRadiusSettings").objects.get(organization__slug="default")
row.freeradius_allowed_hosts = "127.0.0.1"
row.save()
OrganizationUser.objects.get_or_create(user=User.objects.get(username=%[1]q), organization=row.organization)
request = APIRequestFactory().post(f"/?uuid={row.organization_id}&token={row.token}", {"username": %[1]q, "password": %[2]q})
answer((authorize(request).data or {}).get("control:Auth-Type", "nothing"))
`, of.user, of.password), &reply)
		if reply != of.reply {
			t.Errorf("a hotspot asks about %s, and gets %q, not %q", of.user, reply, of.reply)
		}
	}
}

// withoutDirectory does something while the directory is not there, which has to be done within seconds.
func (s *suite) withoutDirectory(t *testing.T, how [2]string, do func()) {
	t.Helper()
	must(s.compose(time.Minute, how[0], "openldap"))(t)
	defer func() {
		must(s.compose(time.Minute, how[1], "openldap"))(t)
		eventually(t, 2*time.Minute, "the directory is back", s.problems)
	}()
	began := time.Now()
	do()
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("after %s of the directory, a login took %s", how[0], took)
	}
}
