//go:build e2e

package e2e

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// identify says who somebody is, where a page has led to the provider of logins.
func (b *browser) identify(t testing.TB, who login) {
	t.Helper()
	b.fill(t, "login", who.user)
	b.fill(t, "password", who.password)
	// By way of pages that lead to others by themselves
	b.comes(t, "be known", "document.readyState === 'complete' && (!location.hostname.startsWith('id.') || document.querySelector('input[name=login], input[name=password]') === null)")
	b.left()
}

// fill writes into the one field of a form and sends it, in one step: the page may be another one in the next moment.
func (b *browser) fill(t testing.TB, field, value string) {
	t.Helper()
	b.settle(t)
	b.comes(t, "fill in "+field, fmt.Sprintf(`(() => {
		const input = document.querySelector("input[name="+%q+"]")
		if (document.readyState !== 'complete' || !location.hostname.startsWith('id.') || !input || input.offsetParent === null) return false
		input.value = %q
		input.form.requestSubmit()
		return true
	})()`, field, value))
}

// comes waits until something is true on whatever page the browser is by then. Where it never is, it says what is there instead.
func (b *browser) comes(t testing.TB, what, expression string) {
	t.Helper()
	come := false
	defer func() {
		if !come {
			b.shoot(t, "failed-"+strings.ReplaceAll(t.Name(), "/", "-"))
		}
	}()
	eventually(t, patience, what, func() error {
		ctx, cancel := context.WithTimeout(b.Context, 5*time.Second)
		defer cancel()
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		if err != nil || is {
			return err
		}
		page, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href + ': ' + document.body.innerText"))
		if err == nil {
			err = errors.New("not yet at " + page)
		}
		return err
	})
	come = true
}

// left forgets what the page before asked for when it was left: nobody waits for the answer, and that it never came is no fault.
func (b *browser) left() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.pending)
	b.faults = slices.DeleteFunc(b.faults, func(fault string) bool { return strings.HasPrefix(fault, "net::ERR_ABORTED") })
}

// readsMail says whether somebody gets into the mailbox.
func (s *suite) readsMail(who login) error {
	c, err := s.mailbox(who, "INBOX")
	if err == nil {
		_ = c.Logout()
	}
	return err
}

// One login opens webmail and the pages of the account; a password that is changed there counts everywhere; and whoever logs out of
// webmail is logged out.
func TestMailIdentityOfPeople(t *testing.T) {
	s := mailSuite(t)
	s.watch(t)
	paul := login{"paul", suitePassword}
	came := fmt.Sprintf("id%d", time.Now().UnixMilli())
	if err := s.send("smtp", nil, stranger, []string{at("paul")}, letter(stranger, at("paul"), came, "hello")); err != nil {
		t.Fatal(err)
	}
	s.arrived(t, paul, "INBOX", came)

	b := s.browser(t)
	b.do(t, "open webmail", chromedp.Navigate(s.webOrigin("webmail")+"/"))
	b.settle(t)
	b.do(t, "be asked who it is", chromedp.WaitVisible(chromedp.CSS("input[name=login]")))
	b.shoot(t, "identity-login")
	b.identify(t, paul)
	b.do(t, "see the mailbox", chromedp.WaitVisible(chromedp.CSS("md-fab-trigger")))
	b.until(t, "the list of mails", fmt.Sprintf("document.body.innerText.includes(%q)", came))
	b.settle(t)
	b.shoot(t, "identity-webmail")

	paulNow := login{"paul", fmt.Sprintf("another %d", time.Now().UnixNano())}
	b.do(t, "open the account", chromedp.Navigate(s.webOrigin("id")+"/profile/paul/auth/password"))
	b.left()
	b.settle(t)
	b.do(t, "change the password", chromedp.WaitVisible(chromedp.CSS("input[name=password1]")),
		chromedp.SendKeys(chromedp.CSS("input[name=password1]"), paulNow.password), chromedp.SendKeys(chromedp.CSS("input[name=password2]"), paulNow.password))
	b.settle(t)
	b.shoot(t, "identity-password")
	b.do(t, "send it", chromedp.Click(chromedp.CSS("#edit-password")))
	b.settle(t)
	eventually(t, 30*time.Second, "the new password reads mail", func() error { return s.readsMail(paulNow) })
	if err := s.readsMail(paul); err == nil {
		t.Error("the old password reads mail")
	}

	b.do(t, "back to webmail", chromedp.Navigate(s.webOrigin("webmail")+"/SOGo/so/paul/Mail/view"))
	b.settle(t)
	b.until(t, "it is open still", fmt.Sprintf("document.body.innerText.includes(%q)", came))
	b.do(t, "log out", chromedp.Navigate(s.webOrigin("webmail")+"/SOGo/so/paul/logoff"))
	b.left()
	b.settle(t)
	b.shoot(t, "identity-logged-out")
	b.do(t, "open the account again", chromedp.Navigate(s.webOrigin("id")+"/"))
	b.settle(t)
	b.do(t, "be asked who it is", chromedp.WaitVisible(chromedp.CSS("input[name=login]")))
	b.do(t, "say the old password", chromedp.SendKeys(chromedp.CSS("input[name=login]"), "paul\r"))
	b.do(t, "say the old password", chromedp.WaitVisible(chromedp.CSS("input[name=password]")), chromedp.SendKeys(chromedp.CSS("input[name=password]"), paul.password+"\r"))
	b.settle(t)
	b.until(t, "it is refused", "document.querySelector('input[name=password]') !== null && !location.pathname.startsWith('/profile')")
}

// Who forgot the password gets a mail at an address elsewhere, and by it a new one, once.
func TestMailIdentityReset(t *testing.T) {
	s := mailSuite(t)
	s.watch(t)
	sink := startSink(t, net.JoinHostPort(s.host(), suiteSink))
	b := s.browser(t)
	b.do(t, "ask for a new password", chromedp.Navigate(s.webOrigin("id")+"/reset"), chromedp.WaitVisible(chromedp.CSS("input[name=login]")),
		chromedp.SendKeys(chromedp.CSS("input[name=login]"), "rita\r"))
	b.settle(t)
	mail := sink.await(t, "rita@elsewhere.example")
	_, parts, err := mail.parts()
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(regexp.QuoteMeta(s.webOrigin("id")) + `/reset/rita/[A-Za-z0-9_-]+`).FindString(fmt.Sprint(parts))
	if link == "" {
		t.Fatalf("there is no link in %v", parts)
	}
	rita := login{"rita", fmt.Sprintf("new password %d", time.Now().UnixNano())}
	b.do(t, "follow the link", chromedp.Navigate(link), chromedp.WaitVisible(chromedp.CSS("input[name=password]")),
		chromedp.SendKeys(chromedp.CSS("input[name=password]"), rita.password), chromedp.SendKeys(chromedp.CSS("input[name=confirmation]"), rita.password+"\r"))
	b.settle(t)
	b.shoot(t, "identity-reset")
	eventually(t, 30*time.Second, "the new password reads mail", func() error { return s.readsMail(rita) })
	if status, _, body := s.ask(t, s.client(), asked{method: "GET", address: link}); status == 200 && strings.Contains(body, "confirmation") {
		t.Error("the link serves twice")
	}
}

// An administrator makes an account in a browser, and it reads mail; nobody else does, and what administrators may, they may from
// their networks alone.
func TestMailIdentityAdministration(t *testing.T) {
	s := mailSuite(t)
	s.watch(t)
	b := s.browser(t)
	b.do(t, "open the account", chromedp.Navigate(s.webOrigin("id")+"/login"))
	b.settle(t)
	b.identify(t, s.postmaster(t))
	b.do(t, "begin an account", chromedp.Navigate(s.webOrigin("id")+"/profile"), chromedp.WaitVisible(chromedp.CSS("input[name=user_name]")))
	name := fmt.Sprintf("new%d", time.Now().UnixMilli())
	fresh := login{name, "a fresh password " + name}
	for field, value := range map[string]string{"user_name": name, "given_name": "Nora", "family_name": "Neu", "emails-0": at(name), "password1": fresh.password, "password2": fresh.password} {
		b.do(t, "fill in "+field, chromedp.SendKeys(chromedp.CSS("input[name='"+field+"']"), value))
	}
	b.settle(t)
	b.shoot(t, "identity-new-account")
	b.do(t, "make it", chromedp.Click(chromedp.CSS("#create-profile")))
	b.settle(t)
	b.shoot(t, "identity-account")
	eventually(t, 30*time.Second, "the new account reads mail", func() error { return s.readsMail(fresh) })
	if err := s.send("smtp", nil, stranger, []string{at(name)}, letter(stranger, at(name), "first "+name, "hello")); err != nil {
		t.Fatal(err)
	}
	s.arrived(t, fresh, "INBOX", "first "+name)

	c := s.client()
	s.identified(t, c, anna)
	for _, path := range []string{"/profile", "/users", "/profile/bert", "/profile/bert/auth/password", "/admin/client", "/groups/add"} {
		if status, _, body := s.ask(t, c, asked{method: "GET", address: s.webOrigin("id") + path}); status == 200 {
			t.Errorf("somebody who is no administrator opens %s: %.300s", path, body)
		}
	}
	for _, path := range []string{"/oauth/register", "/oauth/introspect", "/scim/v2/Users"} {
		if status, _, _ := s.ask(t, c, asked{method: "POST", address: s.webOrigin("id") + path}); status != 404 {
			t.Errorf("the outside gets %d at %s", status, path)
		}
	}
}

var hidden = regexp.MustCompile(`name="csrf_token"[^>]*value="([^"]+)"`)

// identified logs in at the provider without a browser, and says what the last page was.
func (s *suite) identified(t testing.TB, c *http.Client, who login) (int, string) {
	t.Helper()
	address, status, body := s.webOrigin("id")+"/login", 0, ""
	for _, field := range []string{"login", "password"} {
		_, _, body = s.ask(t, c, asked{method: "GET", address: address})
		token := hidden.FindStringSubmatch(body)
		if token == nil {
			t.Fatalf("there is no form at %s: %.600s", address, body)
		}
		form := url.Values{"csrf_token": {token[1]}, field: {map[string]string{"login": who.user, "password": who.password}[field]}}
		var header http.Header
		status, header, body = s.ask(t, c, asked{method: "POST", address: address, body: form.Encode(),
			header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Referer": {address}}})
		if to := header.Get("Location"); to != "" {
			address = must(must(url.Parse(address))(t).Parse(to))(t).String()
		}
	}
	return status, body
}

// Somebody who guesses is slowed down, by the edge and by the account, and a token that somebody makes up opens no mailbox.
func TestMailIdentityGuessed(t *testing.T) {
	s := mailSuite(t)
	s.watch(t)
	c, refused := s.client(), 0
	for range 100 {
		status, _, _ := s.ask(t, c, asked{method: "POST", address: s.webOrigin("id") + "/auth/password", body: "password=guess",
			header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}})
		if status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 40 {
		t.Errorf("of 100 tries, %d were slowed down", refused)
	}
}

// In OpenWISP's dashboard the same login is enough, the group of administrators makes one, and leaving it ends that at the next login.
// Whoever has the name and the address of an account of OpenWISP's own gets an account beside it, and nothing of it.
func TestMailIdentityOfTheDashboard(t *testing.T) {
	s, err := startOpenWISP("31")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.remove)
	s.watch(t)
	python := func(code string) string {
		t.Helper()
		return s.exec(t, "dashboard", "python", "manage.py", "shell", "--no-imports", "-c", "from openwisp_users.models import User\n"+code)
	}
	python(fmt.Sprintf("User.objects.create_superuser(username='anna', email=%q, password='a local password')", at("anna")))
	rights := func() string {
		return strings.TrimSpace(python("print(*sorted(f'{u.username}:{int(u.is_superuser)}{int(u.is_staff)}' for u in User.objects.exclude(username='admin')))"))
	}
	enter := func(b *browser) {
		t.Helper()
		b.do(t, "open the dashboard", chromedp.Navigate(s.webOrigin("dashboard")+"/admin/"), chromedp.WaitVisible(chromedp.CSS(".openid-login a")))
		b.settle(t)
		b.shoot(t, "identity-dashboard-login")
		b.do(t, "log in at the provider", chromedp.Click(chromedp.CSS(".openid-login a")))
		b.settle(t)
	}

	b := s.webmail(t, s.postmaster(t))
	enter(b)
	b.do(t, "be in the dashboard, without a question", chromedp.WaitVisible(chromedp.CSS("#logout-form, .account-button, #site-name")))
	b.shoot(t, "identity-dashboard")
	if got := rights(); got != "anna:11 postmaster:11" {
		t.Fatalf("after the administrator's login there are %s; the provider said %s", got,
			python("from allauth.socialaccount.models import SocialAccount\nprint([a.extra_data for a in SocialAccount.objects.all()])"))
	}
	// The default of Django is 14 days, from the last click on.
	if ends := strings.TrimSpace(python(`from django.core.cache import cache
from datetime import datetime
from django.utils import timezone
kept = [cache.get(key) for key in cache.iter_keys('django.contrib.sessions.cache*')]
print(*[round((datetime.fromisoformat(s['_session_expiry']) - timezone.now()).total_seconds() / 3600) for s in kept if s and '_auth_user_id' in s])`)); ends != "12" {
		t.Errorf("the session of who came from the provider ends after %q hours, not 12", ends)
	}
	b.until(t, "log out", "(document.querySelector('#logout-form').submit(), true)")
	b.comes(t, "be out", "document.readyState === 'complete' && location.pathname === '/admin/login/'")
	b.left()
	b.settle(t)
	b.do(t, "open the account", chromedp.Navigate(s.webOrigin("id")+"/"))
	b.settle(t)
	b.do(t, "be asked who it is", chromedp.WaitVisible(chromedp.CSS("input[name=login]")))

	other := s.browser(t)
	enter(other)
	other.identify(t, anna)
	other.shoot(t, "identity-dashboard-anna")
	if got := rights(); got != "anna:11 anna@directory:00 postmaster:11" {
		t.Errorf("after the login of somebody with another's name and address there are %s", got)
	}

	s.exec(t, "openldap", "sh", "-c", "printf 'dn: cn=administrators,ou=groups,dc=mail,dc=localhost\\nchangetype: modify\\nreplace: member\\nmember: cn=nobody,dc=mail,dc=localhost\\n' | ldapmodify -Q")
	again := s.browser(t)
	enter(again)
	again.identify(t, s.postmaster(t))
	if got := rights(); got != "anna:11 anna@directory:00 postmaster:00" {
		t.Errorf("after somebody who left the group has logged in there are %s", got)
	}
}

// The Python code of the provider, by its own tests, inside the image that it is part of. Its server finds nothing wrong with its start.
func TestMailIdentityCode(t *testing.T) {
	s := mailSuite(t)
	if log := s.logs(t, "canaille"); strings.Contains(log, "Lifespan") {
		t.Errorf("the server complains of the application's start:\n%s", lastLines(log, 10))
	}
	must(command(5*time.Minute, "", "", "sh", "../dockerfiles/canaille/tests/run.sh", s.file.Services["canaille"].Image))(t)
}

// A page of another host of the domain, to which the browser brings the login along, lets no program in, takes nothing back, and leads
// to no third place; the provider's own page does what it says.
func TestMailIdentityOwnPages(t *testing.T) {
	s := mailSuite(t)
	s.watch(t, "canaille")
	c := s.loggedIn(t, bert)
	id := s.webOrigin("id")
	address := id + "/oauth/authorize?" + url.Values{"response_type": {"code"}, "client_id": {programName}, "redirect_uri": {programRedirect}, "scope": {"mail.read"},
		"state": {"e2e"}, "code_challenge": {strings.Repeat("e2e-", 11)}, "code_challenge_method": {"S256"}}.Encode()
	answer := func(origin ...string) (int, string) {
		status, header, _ := s.ask(t, c, asked{method: "POST", address: address, body: "answer=accept",
			header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": origin}})
		return status, header.Get("Location")
	}
	for why, origin := range map[string][]string{"of another host": {s.webOrigin("webmail")}, "of nobody": {"null"}, "without an origin": nil} {
		if status, to := answer(origin...); status != http.StatusForbidden || to != "" {
			t.Errorf("an answer %s gets %d %s", why, status, to)
		}
	}
	if status, to := answer(id); status != http.StatusFound || !strings.HasPrefix(to, programRedirect) || !strings.Contains(to, "code=") {
		t.Errorf("an answer of the own page gets %d %s", status, to)
	}
	for _, path := range []string{"/consent/revoke-trusted/sogo", "/logout", "/login/bert"} {
		if status, _, _ := s.ask(t, c, asked{method: "GET", address: id + path, header: http.Header{"Sec-Fetch-Site": {"same-site"}}}); status != http.StatusForbidden {
			t.Errorf("another page opens %s: %d", path, status)
		}
	}
	if status, _, _ := s.ask(t, c, asked{method: "GET", address: id + "/profile/bert"}); status != http.StatusOK {
		t.Errorf("bert is logged out: %d", status)
	}
	for _, query := range []string{"client_id=nobody&prompt=x", "client_id=" + programName + "&response_type=code&prompt=none&request=e30.e30."} {
		status, header, _ := s.ask(t, s.client(), asked{method: "GET", address: id + "/oauth/authorize?" + query + "&redirect_uri=https://evil.example/"})
		if status != http.StatusBadRequest || header.Get("Location") != "" {
			t.Errorf("%s: %d, and to %q", query, status, header.Get("Location"))
		}
	}
}
