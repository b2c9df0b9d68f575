//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/emersion/go-imap"
)

var carl = login{"cb", suitePassword} // bert.brown@

// webmail logs somebody in in a browser of their own.
func (s *suite) webmail(t testing.TB, who login) *browser {
	t.Helper()
	b := s.browser(t)
	b.do(t, "open the login page", chromedp.Navigate(s.webOrigin("webmail")+"/"))
	b.settle(t)
	b.do(t, "log in",
		chromedp.WaitVisible(chromedp.CSS("input[ng-model='app.creds.username']")),
		chromedp.SendKeys(chromedp.CSS("input[ng-model='app.creds.username']"), who.user),
		chromedp.SendKeys(chromedp.CSS("input[ng-model='app.creds.password']"), who.password),
		chromedp.Click(chromedp.CSS("button[type=submit]")),
		chromedp.WaitVisible(chromedp.CSS("md-fab-trigger")))
	b.settle(t)
	return b
}

// noted fails the test for what the pages complained of. The login page asks whether passwords can be recovered, and takes the refusal for a no.
func (b *browser) noted(t testing.TB) {
	t.Helper()
	b.mu.Lock()
	b.faults = slices.DeleteFunc(b.faults, func(fault string) bool { return strings.Contains(fault, "/passwordRecoveryEnabled") })
	b.mu.Unlock()
	b.blameless(t)
}

// press clicks the first visible thing that a selector finds, and whose text has that word.
func (b *browser) press(t testing.TB, what, selector, word string) {
	t.Helper()
	b.until(t, what, fmt.Sprintf(`(() => {
		const found = [...document.querySelectorAll(%q)].find(e => e.offsetParent !== null && e.innerText.includes(%q))
		if (found) found.click()
		return !!found
	})()`, selector, word))
	b.settle(t)
}

// put writes an event into somebody's own calendar, as a CalDAV client does.
func (s *suite) putEvent(t testing.TB, who login, uid, ics string) (status int, address string) {
	t.Helper()
	address = s.webOrigin("webmail") + "/SOGo/dav/" + who.user + "/Calendar/personal/" + uid + ".ics"
	status, _, _ = s.ask(t, s.client(), asked{method: "PUT", address: address, who: &who, body: ics, header: http.Header{"Content-Type": {"text/calendar"}}})
	return status, address
}

// Somebody shares a calendar in the browser, and a colleague sees what is in it there, and changes nothing.
func TestWebmailSharedCalendar(t *testing.T) {
	s := mailSuite(t)
	s.watch(t)
	name := fmt.Sprintf("s%d", time.Now().UnixMilli())
	status, address := s.putEvent(t, anna, name, event(name, name))
	if status != 201 {
		t.Fatalf("the event is not taken: %d", status)
	}
	if status, _, body := s.ask(t, s.client(), asked{method: "GET", address: address, who: &carl}); status == 200 || strings.Contains(body, name) {
		t.Fatalf("a colleague reads it before it is shared: %d", status)
	}

	b := s.webmail(t, anna)
	b.do(t, "open the calendar", chromedp.Navigate(s.webOrigin("webmail")+"/SOGo/so/anna/Calendar"))
	b.settle(t)
	b.until(t, "the event is there", fmt.Sprintf("document.body.innerText.includes(%q)", name))
	b.until(t, "the calendar's menu", "(() => { const icon = document.querySelector(\".sg-calendar-list-item md-icon[ng-click^='$ctrl.showMenu']\"); if (icon) icon.click(); return !!icon })()")
	b.press(t, "sharing", "button[ng-click='$menuCtrl.share()']", "")
	b.do(t, "look for a colleague", chromedp.WaitVisible(chromedp.CSS("input[name=addUser]")), chromedp.SendKeys(chromedp.CSS("input[name=addUser]"), "carl"))
	b.press(t, "the colleague is found", "li .md-contact-suggestion", "Carl Brown")
	b.press(t, "the colleague's rights", "md-dialog a[ng-click^='acl.selectUser']", "Carl Brown")
	b.press(t, "the colleague subscribes", "md-dialog md-checkbox[ng-model='user.isSubscribed']", "")
	b.press(t, "what is public", "md-dialog md-select[ng-model='acl.selectedUser.rights.Public']", "")
	b.press(t, "may be looked at", ".md-select-menu-container.md-active md-option[value=Viewer]", "")
	b.shoot(t, "webmail-sharing")
	b.press(t, "save", "md-dialog button[ng-click='acl.saveModal()']", "")
	b.until(t, "it is saved", "!document.querySelector('md-dialog')")
	b.noted(t)

	eventually(t, 30*time.Second, "the colleague may read it", func() error {
		status, _, body := s.ask(t, s.client(), asked{method: "GET", address: address, who: &carl})
		if status != 200 || !strings.Contains(body, name) {
			return fmt.Errorf("%d %.200s", status, body)
		}
		return nil
	})
	if status, _, _ := s.ask(t, s.client(), asked{method: "PUT", address: address, who: &carl, body: event(name, "changed"), header: http.Header{"Content-Type": {"text/calendar"}}}); status < 400 {
		t.Errorf("who may look at it changes it: %d", status)
	}
	if status, _, _ := s.ask(t, s.client(), asked{method: "GET", address: address, who: &bert}); status == 200 {
		t.Error("somebody with whom it is not shared reads it")
	}
	other := s.webmail(t, carl)
	other.do(t, "open the calendar", chromedp.Navigate(s.webOrigin("webmail")+"/SOGo/so/cb/Calendar"))
	other.settle(t)
	other.until(t, "the colleague sees it", fmt.Sprintf("document.body.innerText.includes(%q)", name))
	other.shoot(t, "webmail-shared-calendar")
	other.noted(t)
}

// An invitation arrives by mail, is accepted in the browser, and who invited sees that.
func TestWebmailInvitation(t *testing.T) {
	s := mailSuite(t)
	s.watch(t)
	name := fmt.Sprintf("i%d", time.Now().UnixMilli())
	invitation := strings.Replace(event(name, name), "END:VEVENT", "ORGANIZER;CN=Anna Adler:mailto:"+at("anna")+"\r\nATTENDEE;CN=Anna Adler;PARTSTAT=ACCEPTED:mailto:"+at("anna")+
		"\r\nATTENDEE;CN=Carl Brown;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:"+at("bert.brown")+"\r\nEND:VEVENT", 1)
	status, address := s.putEvent(t, anna, name, invitation)
	if status != 201 {
		t.Fatalf("the event is not taken: %d", status)
	}
	inside := imap.NewSearchCriteria()
	inside.Text = []string{name}
	arrives := func(who login, what string) (mail string) {
		t.Helper()
		eventually(t, time.Minute, what, func() error {
			mails, err := s.found(who, "INBOX", inside)
			if err == nil && len(mails) != 1 {
				err = fmt.Errorf("%d mails", len(mails))
			}
			if err == nil {
				mail = mails[0]
			}
			return err
		})
		return mail
	}
	if mail := arrives(carl, "the invitation arrives"); !strings.Contains(mail, "text/calendar") || !strings.Contains(mail, "REQUEST") {
		t.Errorf("the invitation is no such thing:\n%s", mail)
	} else if head, _, _ := strings.Cut(mail, "\r\n\r\n"); strings.Contains(strings.ToLower(head), "x-forward") || strings.Contains(head, "ESMTPSA") {
		t.Errorf("the invitation says from where it was sent:\n%s", head)
	}

	b := s.webmail(t, carl)
	b.until(t, "the invitation is in the list", fmt.Sprintf("document.body.innerText.includes(%q)", name))
	b.until(t, "the invitation is opened", fmt.Sprintf(`(() => {
		const mail = [...document.querySelectorAll("[ng-click^='mailbox.selectMessage']")].find(e => e.closest('md-list-item').innerText.includes(%q))
		if (mail) mail.click()
		return !!document.querySelector("button[ng-click=\"iCalendarAction('accept')\"]")
	})()`, name))
	b.settle(t)
	b.shoot(t, "webmail-invitation")
	b.press(t, "accept", "button[ng-click=\"iCalendarAction('accept')\"]", "")
	b.until(t, "it is accepted", "!document.querySelector(\"button[ng-click=\\\"iCalendarAction('accept')\\\"]\")")
	b.settle(t)
	b.shoot(t, "webmail-accepted")
	b.noted(t)

	eventually(t, 30*time.Second, "who invited sees it", func() error {
		_, _, body := s.ask(t, s.client(), asked{method: "GET", address: address, who: &anna})
		for _, line := range strings.Split(strings.ReplaceAll(body, "\r\n ", ""), "\r\n") {
			if strings.HasPrefix(line, "ATTENDEE") && strings.Contains(line, "bert.brown") && strings.Contains(line, "PARTSTAT=ACCEPTED") {
				return nil
			}
		}
		return fmt.Errorf("the event is %s", body)
	})
	arrives(anna, "the answer arrives")
}

// A folder that somebody shares by IMAP is read in a colleague's browser, and by nobody else.
func TestWebmailSharedFolder(t *testing.T) {
	s := mailSuite(t)
	s.watch(t)
	folder, about := fmt.Sprintf("Team%d", time.Now().UnixMilli()), fmt.Sprintf("f%d", time.Now().UnixMilli())
	c := must(s.mailbox(anna, "INBOX"))(t)
	defer func() { _ = c.Logout() }()
	if err := put(c, lying{folder, about, "for the team", nil, time.Now()}); err != nil {
		t.Fatal(err)
	}
	s.exec(t, "dovecot", "doveadm", "acl", "set", "-u", "anna", folder, "user=cb", "lookup", "read")
	shared := "shared/anna/" + folder
	if _, err := s.mailbox(bert, shared); err == nil {
		t.Error("somebody with whom it is not shared opens it")
	}
	s.arrived(t, carl, shared, about)

	b := s.webmail(t, carl)
	b.do(t, "open the folder", chromedp.Navigate(s.webOrigin("webmail")+"/SOGo/so/cb/Mail/view#!/Mail/0/foldershared/folderanna/folder"+folder))
	b.settle(t)
	b.until(t, "the mail is there", fmt.Sprintf("document.body.innerText.includes(%q)", about))
	b.shoot(t, "webmail-shared-folder")
	b.noted(t)
}

// Tags of ActiveSync's page of contacts, with content.
const (
	wbContacts, wbEmail, wbFileAs, wbFirst, wbLast = 1, 0x5b, 0x5e, 0x5f, 0x69
	personalContacts                               = "vcard/personal"
)

// A contact goes in by a phone and comes out by CardDAV, and the other way round.
func TestWebmailContactsByPhone(t *testing.T) {
	s := mailSuite(t)
	s.watch(t)
	c, stamp := s.client(), fmt.Sprint(time.Now().UnixNano())
	book := s.webOrigin("webmail") + "/SOGo/dav/anna/Contacts/personal/"
	if status, body := s.phone(t, c, &anna, "FolderSync", wbPage, wbFolders, wbFolderSync, wbFolderKey, "0", wbEnd); status != 200 || !strings.Contains(body, personalContacts) {
		t.Fatalf("a phone gets the folders %d %q", status, body)
	}
	sync := func(of string, more ...any) string {
		t.Helper()
		body := append([]any{wbSync, wbCollections, wbCollection, wbKey, of, wbCollectionID, personalContacts}, more...)
		status, answer := s.phone(t, c, &anna, "Sync", append(body, wbEnd, wbEnd, wbEnd)...)
		if status != 200 {
			t.Fatalf("a phone that synchronizes gets %d %q", status, answer)
		}
		return answer
	}
	key := func(answer string) string {
		t.Helper()
		found := syncKey.FindStringSubmatch(answer)
		if found == nil {
			t.Fatalf("there is no key in %q", answer)
		}
		return found[1]
	}
	if status, _, body := s.ask(t, c, asked{method: "PUT", address: book + "e2e-" + stamp + ".vcf", who: &anna, header: http.Header{"Content-Type": {"text/vcard"}},
		body: "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:e2e-" + stamp + "\r\nFN:Dav " + stamp + "\r\nN:" + stamp + ";Dav;;;\r\nEMAIL:dav@outside.example\r\nEND:VCARD\r\n"}); status != 201 {
		t.Fatalf("the contact is not taken: %d %s", status, body)
	}
	answer := sync(key(sync("0")), wbChanges)
	if !strings.Contains(answer, stamp) || !strings.Contains(answer, "dav@outside.example") {
		t.Errorf("a phone does not get the contact: %q", answer)
	}
	sync(key(answer), wbChanges, wbCommands, wbAdd, wbClientID, "1", wbData, wbPage, wbContacts, wbEmail, "phone@outside.example", wbFileAs, "Phone "+stamp,
		wbFirst, "Phone", wbLast, stamp, wbPage, 0, wbEnd, wbEnd, wbEnd)
	status, _, body := s.ask(t, c, asked{method: "REPORT", address: book, who: &anna, header: http.Header{"Depth": {"1"}, "Content-Type": {"application/xml"}},
		body: `<c:addressbook-query xmlns:c="urn:ietf:params:xml:ns:carddav" xmlns="DAV:"><prop><c:address-data/></prop><c:filter/></c:addressbook-query>`})
	if status != 207 || !strings.Contains(body, "phone@outside.example") || !strings.Contains(body, stamp+";Phone") {
		t.Errorf("what a phone wrote is not there: %d %.3000s", status, body)
	}
}

// A mail does not say from where its sender handed it in.
func TestMailTellsNobodyWhereItsSenderWas(t *testing.T) {
	s := mailSuite(t)
	for _, port := range []string{"submissions", "submission"} {
		about := fmt.Sprintf("where%d", time.Now().UnixNano())
		mail := strings.Replace(letter(at("anna"), at("cb-nobody"), about, "x"), "\n", "\nX-Forward: 192.0.2.7\nX-Originating-IP: [192.0.2.7]\n", 1)
		mail = strings.Replace(mail, at("cb-nobody"), at("bert.brown"), 1)
		if err := s.send(port, &anna, at("anna"), []string{at("bert.brown")}, mail); err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(s.arrived(t, carl, "INBOX", about), "\r\n\r\n")
		for _, word := range []string{"192.0.2.7", s.host(), "127.0.0.1", "outside.example", "ESMTPSA"} {
			if strings.Contains(strings.ReplaceAll(head, "@e2e.example", ""), word) {
				t.Errorf("a mail handed in at %s says %s:\n%s", port, word, head)
			}
		}
		if !strings.Contains(head, "From: "+at("anna")) {
			t.Errorf("the mail lost its head:\n%s", head)
		}
	}
	about := fmt.Sprintf("world%d", time.Now().UnixNano())
	if err := s.send("smtp", nil, stranger, []string{at("anna")}, letter(stranger, at("anna"), about, "x")); err != nil {
		t.Fatal(err)
	}
	if mail := s.arrived(t, anna, "INBOX", about); !strings.Contains(mail, "Received: from outside.example") {
		t.Errorf("a mail from the world does not say where it comes from:\n%s", mail)
	}
}

// Who leaves takes mail, rules and calendars along, by the steps of docs/mail.md, so that the next one of that name has none of it.
func TestMailOfWhoLeftIsGone(t *testing.T) {
	s := mailSuite(t)
	who := login{fmt.Sprintf("leaver%d", time.Now().Unix()), "a password that is long"}
	add := func() {
		t.Helper()
		must(command(time.Minute, s.dir, who.password+"\n", "docker", "compose", "exec", "-T", "openldap", "account", "add", who.user, "Lee Leaver"))(t)
	}
	add()
	if err := s.send("smtp", nil, stranger, []string{at(who.user)}, letter(stranger, at(who.user), "secret", "x")); err != nil {
		t.Fatal(err)
	}
	s.arrived(t, who, "INBOX", "secret")
	status, address := s.putEvent(t, who, "private", event("private", "private"))
	if status != 201 {
		t.Fatalf("the event is not taken: %d", status)
	}
	s.exec(t, "openldap", "account", "remove", who.user)
	s.exec(t, "dovecot", "doveadm", "kick", who.user)
	s.exec(t, "dovecot", "rm", "-rf", "/srv/mail/"+who.user)
	s.exec(t, "sogo", "sogo-tool", "remove", who.user)
	if _, err := s.mailbox(who, "INBOX"); err == nil {
		t.Error("who left logs in")
	}
	add()
	if mails := must(s.found(who, "INBOX", subject("secret")))(t); len(mails) > 0 {
		t.Errorf("the next one of that name has %d mails", len(mails))
	}
	if status, _, _ := s.ask(t, s.client(), asked{method: "GET", address: address, who: &who}); status == 200 {
		t.Error("the next one of that name has the calendar")
	}
}
