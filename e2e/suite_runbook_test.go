//go:build e2e

package e2e

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The runbook's own commands bring everything back: mailboxes, people, calendars, the keys of signatures, and mail that waits to be delivered.
func TestMailRunbookBacksUpAndRestores(t *testing.T) {
	s := mailSuite(t)
	s.watch(t, "openldap", "dovecot", "mta", "rspamd", "postgres", "sogo")
	backup, restore := s.runbookCommands(t, "## Back up"), s.runbookCommands(t, "## Restore")
	mark := fmt.Sprintf("kept%d", time.Now().UnixNano())
	later := mark + "@elsewhere.example"
	if err := s.send("smtp", nil, stranger, []string{at("anna")}, letter(stranger, at("anna"), mark, "hello")); err != nil {
		t.Fatal(err)
	}
	s.arrived(t, anna, "INBOX", mark)
	status, address := s.putEvent(t, anna, mark, event(mark, mark))
	if status != 201 {
		t.Fatalf("webmail takes no event: %d", status)
	}
	s.exec(t, "openldap", "sh", "-c", "echo a password of somebody | account add "+mark+" 'Somebody Kept'")
	// The relay is not there yet, so that this one waits.
	if err := s.send("submissions", &anna, at("anna"), []string{later}, letter(at("anna"), later, mark, "hello")); err != nil {
		t.Fatal(err)
	}
	records := s.exec(t, "rspamd", "dns-records")
	eventually(t, patience, "the mail waits", func() error {
		if queue := s.exec(t, "mta", "postqueue", "-p"); !strings.Contains(queue, later) {
			return fmt.Errorf("the queue: %s", queue)
		}
		return nil
	})
	s.shell(t, backup)

	s.exec(t, "dovecot", "doveadm", "expunge", "-u", anna.user, "mailbox", "INBOX", "subject", mark)
	if status, _, _ := s.ask(t, s.client(), asked{method: "DELETE", address: address, who: &anna}); status >= 300 {
		t.Errorf("webmail keeps the event: %d", status)
	}
	s.exec(t, "openldap", "account", "remove", mark)
	s.exec(t, "mta", "postsuper", "-d", "ALL")
	s.exec(t, "rspamd", "sh", "-c", "rm /var/lib/rspamd/dkim/*")
	s.shell(t, restore)
	if err := s.up(3 * time.Minute); err != nil {
		t.Fatal(err)
	}

	s.arrived(t, anna, "INBOX", mark)
	if status, _, body := s.ask(t, s.client(), asked{method: "GET", address: address, who: &anna}); status != 200 || !strings.Contains(body, "SUMMARY:"+mark) {
		t.Errorf("the event did not come back: %d %.300s", status, body)
	}
	if people := s.exec(t, "openldap", "account", "list"); !strings.Contains(people, "uid: "+mark) {
		t.Errorf("somebody did not come back:\n%s", people)
	}
	if diff := cmp.Diff(records, s.exec(t, "rspamd", "dns-records")); diff != "" {
		t.Errorf("signatures are by other keys (-before +after)\n%s", diff)
	}
	sink := startSink(t, net.JoinHostPort(s.host(), suiteSink))
	s.exec(t, "mta", "postqueue", "-f")
	sink.await(t, later)
}
