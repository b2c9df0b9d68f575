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

// shareFolder makes a folder of anna's with a mail in it, which carl may read (SETACL, RFC 4314), and returns its name for others.
func (s *suite) shareFolder(t testing.TB, folder, about string) string {
	t.Helper()
	c := must(s.mailbox(anna, "INBOX"))(t)
	defer func() { _ = c.Logout() }()
	if err := c.Create(folder); err != nil {
		t.Fatal(err)
	}
	mail := strings.ReplaceAll(letter(at("bert"), at("anna"), about, "for the team"), "\n", "\r\n")
	if err := c.Append(folder, nil, time.Now(), strings.NewReader(mail)); err != nil {
		t.Fatal(err)
	}
	status, err := c.Execute(&imap.Command{Name: "SETACL", Arguments: []any{folder, carl.user, "lr"}}, nil)
	if err == nil {
		err = status.Err()
	}
	if err != nil {
		t.Fatalf("the folder is not shared: %v", err)
	}
	return "shared/anna/" + folder
}

// A folder that somebody shares is read by a colleague over IMAP, who changes nothing, and by nobody else.
func TestMailSharedFolder(t *testing.T) {
	s := mailSuite(t)
	s.watch(t, "dovecot")
	stamp := fmt.Sprint(time.Now().UnixMilli())
	folder := s.shareFolder(t, "Team"+stamp, "about"+stamp)
	if _, err := s.mailbox(bert, folder); err == nil {
		t.Error("somebody with whom it is not shared opens it")
	}
	c, err := s.mailbox(carl, folder)
	if err != nil {
		why, _ := s.in(time.Minute, "dovecot", "doveadm", "acl", "debug", "-u", carl.user, folder)
		t.Fatalf("who may read it does not open it: %v\n%s", err, why)
	}
	defer func() { _ = c.Logout() }()
	all, mails := new(imap.SeqSet), make(chan *imap.Message, 10)
	all.AddRange(1, 0)
	if err := c.Fetch(all, []imap.FetchItem{imap.FetchEnvelope}, mails); err != nil {
		t.Fatal(err)
	}
	if mail := <-mails; mail == nil || mail.Envelope.Subject != "about"+stamp {
		t.Errorf("in it is %+v", mail)
	}
	var names []string
	found := make(chan *imap.MailboxInfo, 1000)
	if err := c.List("", "*", found); err != nil {
		t.Fatal(err)
	}
	for f := range found {
		names = append(names, f.Name)
	}
	if !slices.Contains(names, folder) {
		t.Errorf("it is not among the folders of who may read it: %q", names)
	}
	if err := c.Create(folder + "/mine"); err == nil {
		t.Error("who may read it makes a folder in it")
	}
	if err := c.Delete(folder); err == nil {
		t.Error("who may read it deletes it")
	}
}

// Colleagues work together in webmail: a calendar is shared by its owner in one browser and looked at in another, a folder is read
// there, and an invitation is accepted, which who invited sees.
func TestWebmailSharing(t *testing.T) {
	s := mailSuite(t)
	s.watch(t, "sogo", "dovecot", "mta")
	stamp := fmt.Sprint(time.Now().UnixMilli())
	folder, calendar, meeting := "Folder"+stamp, "Plan"+stamp, "Meeting"+stamp
	// Before they log in: webmail looks once which folders there are.
	shared := s.shareFolder(t, folder, "about"+stamp)
	address := s.invites(t, meeting)
	invitation := s.uid(t, carl, meeting)

	hers := s.webmail(t, anna)
	isShared := t.Run("Share", func(t *testing.T) { s.sharesCalendar(t, hers, calendar) })
	his := s.webmail(t, carl)
	t.Run("Calendar", func(t *testing.T) {
		if !isShared {
			t.Skip("it was not shared")
		}
		his.turnTo(t, "open the calendar", s.webOrigin("webmail")+"/SOGo/so/cb/Calendar")
		his.reads(t, "the calendar is there", calendar)
		his.reads(t, "what is in it is there", "In "+calendar)
		his.shoot(t, "webmail-shared-calendar")
	})
	t.Run("Folder", func(t *testing.T) {
		his.turnTo(t, "open the folder", s.mailPage(carl, shared))
		his.reads(t, "the mail is there", "about"+stamp)
		his.shoot(t, "webmail-shared-folder")
	})
	t.Run("Invitation", func(t *testing.T) {
		his.turnTo(t, "open the invitation", s.mailPage(carl, "INBOX", invitation))
		const accept = `button[ng-click="iCalendarAction('accept')"]`
		his.until(t, "it can be accepted", fmt.Sprintf("document.querySelector(%q) !== null", accept))
		his.shoot(t, "webmail-invitation")
		his.press(t, "accept", accept, "")
		his.until(t, "it is accepted", fmt.Sprintf("document.querySelector(%q) === null && document.body.innerText.includes(%q)", accept, meeting))
		his.shoot(t, "webmail-accepted")
		s.accepted(t, address)
		hers.turnTo(t, "open the answer", s.mailPage(anna, "INBOX", s.uid(t, anna, meeting)))
		hers.reads(t, "who invited reads that it is accepted", "has accepted your event invitation")
		hers.shoot(t, "webmail-answer")
	})
	hers.noted(t)
	his.noted(t)
}

// sharesCalendar makes a calendar of anna's with an event in it, and has her share it with carl in her browser, who may look at it.
func (s *suite) sharesCalendar(t *testing.T, b *browser, name string) {
	c, calendar := s.client(), s.webOrigin("webmail")+"/SOGo/dav/anna/Calendar/"+name+"/"
	dav := func(who login, method, address, body string) (int, string) {
		t.Helper()
		status, _, answer := s.ask(t, c, asked{method: method, address: address, who: &who, body: body, header: http.Header{"Content-Type": {"text/calendar"}}})
		return status, answer
	}
	if status, _, body := s.ask(t, c, asked{method: "MKCALENDAR", address: calendar, who: &anna}); status >= 300 {
		t.Fatalf("there is no calendar: %d %s", status, body)
	}
	address := calendar + name + ".ics"
	if status, body := dav(anna, "PUT", address, event(name, "In "+name)); status != 201 {
		t.Fatalf("the event is not taken: %d %s", status, body)
	}
	if status, body := dav(carl, "GET", address, ""); status == 200 || strings.Contains(body, "In "+name) {
		t.Errorf("a colleague reads it before it is shared: %d", status)
	}

	b.turnTo(t, "open the calendar", s.webOrigin("webmail")+"/SOGo/so/anna/Calendar")
	b.press(t, "open the calendar's menu", ".sg-calendar-list-item md-icon[ng-click*=showMenu]", name)
	b.press(t, "share it", "button[ng-click='$menuCtrl.share()']", "")
	// The dialog takes the focus when it has come, and what is written before goes nowhere.
	b.until(t, "the dialog is there", "document.querySelector('md-dialog')?.contains(document.activeElement) === true")
	b.do(t, "look for a colleague", chromedp.WaitVisible(chromedp.CSS("input[name=addUser]")), chromedp.SendKeys(chromedp.CSS("input[name=addUser]"), "carl"))
	// Whoever is taken is at once the one whose rights are shown.
	b.press(t, "take the colleague who is found", "li.md-autocomplete-suggestion", "Carl Brown")
	b.press(t, "ask for what is public", "md-dialog md-select[ng-model='acl.selectedUser.rights.Public']", "")
	b.press(t, "it may be looked at", ".md-select-menu-container.md-clickable md-option[value=Viewer]", "")
	// Only who has a right can be given the calendar.
	b.press(t, "the colleague gets it", "md-dialog md-checkbox[ng-model='user.isSubscribed']:not([disabled])", "")
	b.until(t, "that is ticked", "document.querySelector(\"md-dialog md-checkbox[ng-model='user.isSubscribed'][aria-checked=true]\") !== null")
	b.shoot(t, "webmail-sharing")
	b.press(t, "save", "md-dialog button[ng-click='acl.saveModal()']", "")
	b.until(t, "it is saved", "document.querySelector('md-dialog') === null")

	eventually(t, 2*patience, "the colleague may read it", func() error {
		status, body := dav(carl, "GET", address, "")
		if status != 200 || !strings.Contains(body, "In "+name) {
			return fmt.Errorf("%d %.600s", status, body)
		}
		return nil
	})
	if status, body := dav(carl, "PUT", address, event(name, "changed")); status < 400 {
		t.Errorf("who may look at it changes it: %d %s", status, body)
	}
	if status, _ := dav(bert, "GET", address, ""); status == 200 {
		t.Error("somebody with whom it is not shared reads it")
	}
}

// invites has anna invite carl to a meeting, by CalDAV, and returns the event's address. What is over is not worth an invitation to
// webmail, so that it is tomorrow.
func (s *suite) invites(t testing.TB, name string) string {
	t.Helper()
	status, address := s.putEvent(t, anna, name, eventOn(time.Now().Add(24*time.Hour), name, name, "ORGANIZER;CN=Anna Adler:mailto:"+at("anna"),
		"ATTENDEE;CN=Carl Brown;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:"+at("bert.brown")))
	if status != 201 {
		t.Fatalf("the event is not taken: %d", status)
	}
	mail := s.arrived(t, carl, "INBOX", name)
	if !strings.Contains(mail, "method=REQUEST") {
		t.Errorf("the invitation is no such thing:\n%s", mail)
	}
	if head, _, _ := strings.Cut(mail, "\r\n\r\n"); strings.Contains(strings.ToLower(head), "x-forward") || strings.Contains(head, "ESMTPSA") {
		t.Errorf("the invitation says from where it was sent:\n%s", head)
	}
	return address
}

// accepted waits until the event of who invited says that carl comes.
func (s *suite) accepted(t testing.TB, address string) {
	t.Helper()
	eventually(t, 2*patience, "who invited has it in the calendar", func() error {
		_, _, body := s.ask(t, s.client(), asked{method: "GET", address: address, who: &anna})
		for _, line := range strings.Split(strings.ReplaceAll(body, "\r\n ", ""), "\r\n") {
			if strings.HasPrefix(line, "ATTENDEE") && strings.Contains(line, "bert.brown") && strings.Contains(line, "PARTSTAT=ACCEPTED") {
				return nil
			}
		}
		return fmt.Errorf("the event is %s", body)
	})
}

// uid waits for the one mail of that subject in an inbox, and returns its number there.
func (s *suite) uid(t testing.TB, who login, about string) uint32 {
	t.Helper()
	s.arrived(t, who, "INBOX", about)
	c := must(s.mailbox(who, "INBOX"))(t)
	defer func() { _ = c.Logout() }()
	ids := must(c.UidSearch(subject(about)))(t)
	if len(ids) != 1 {
		t.Fatalf("there are %d mails about %s", len(ids), about)
	}
	return ids[0]
}
