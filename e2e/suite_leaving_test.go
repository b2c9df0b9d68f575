//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

var carl = login{"cb", suitePassword} // bert.brown@

// putEvent writes an event into somebody's own calendar, as a CalDAV client does.
func (s *suite) putEvent(t testing.TB, who login, uid, ics string) (status int, address string) {
	t.Helper()
	address = s.webOrigin("webmail") + "/SOGo/dav/" + who.user + "/Calendar/personal/" + uid + ".ics"
	status, _, _ = s.ask(t, s.client(), asked{method: "PUT", address: address, who: &who, body: ics, header: http.Header{"Content-Type": {"text/calendar"}}})
	return status, address
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
	s.adds(t, who, "Lee Leaver")
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
	s.adds(t, who, "Lee Leaver")
	if mails := must(s.found(who, "INBOX", subject("secret")))(t); len(mails) > 0 {
		t.Errorf("the next one of that name has %d mails", len(mails))
	}
	if status, _, _ := s.ask(t, s.client(), asked{method: "GET", address: address, who: &who}); status == 200 {
		t.Error("the next one of that name has the calendar")
	}
}
