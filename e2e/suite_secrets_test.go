//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A newline that an editor has left at the end of a secret counts nowhere: who keeps a password and who shows it read the same.
func TestMailSecretsThatEndInANewline(t *testing.T) {
	s := mailSuite(t)
	s.mendedAfter(t)
	s.watch(t, "openldap", "dovecot", "mta", "canaille", "sogo")
	folder := filepath.Join(s.dir, "secrets")
	for _, entry := range must(os.ReadDir(folder))(t) {
		value := s.secret(t, entry.Name())
		if strings.Contains(value, "\n") { // a key in PEM form
			continue
		}
		path := filepath.Join(folder, entry.Name())
		must("", errors.Join(os.Chmod(path, 0o644), os.WriteFile(path, []byte(value+"\n"), 0o644), os.Chmod(path, 0o444)))(t)
	}
	// They stay for the tests after this one.
	must(s.compose(3*time.Minute, "restart"))(t)
	eventually(t, recovery, "all is healthy again", s.problems)

	s.worksTogether(t)
	uid := fmt.Sprintf("newline%d", time.Now().UnixNano())
	if status, _ := s.putEvent(t, anna, uid, event(uid, "newline")); status != http.StatusCreated {
		t.Errorf("webmail takes no event: %d", status)
	}
	if out := s.exec(t, "meet", "invite", "newline"); !strings.Contains(out, "https://") {
		t.Errorf("there is no invitation: %q", out)
	}
}

// worksTogether shows that the services believe one another: a mail is sent and read, and the provider's tokens open a mailbox and the REST API.
func (s *suite) worksTogether(t *testing.T) {
	t.Helper()
	about := fmt.Sprintf("together %d", time.Now().UnixNano())
	if err := s.send("submissions", &anna, at("anna"), []string{at("bert.brown")}, letter(at("anna"), at("bert.brown"), about, "x")); err != nil {
		t.Errorf("nobody sends: %v", err)
	}
	s.arrived(t, carl, "INBOX", about)
	session := s.loggedIn(t, anna)
	webmails := s.token(t, session, "sogo", s.secret(t, "openid_sogo_secret"), s.webOrigin("webmail")+"/SOGo/", "openid profile email")
	if err := s.opens(t, anna, webmails); err != nil {
		t.Errorf("webmail's token opens no mailbox: %v", err)
	}
	if status, _, answer := s.rest(t, s.token(t, session, programName, "", programRedirect, "mail.read"), "GET", "/v1/mailboxes", nil); status != http.StatusOK {
		t.Errorf("a program reads no mail: %d %.300s", status, answer)
	}
}
