//go:build e2e

package e2e

import (
	"regexp"
	"strings"
	"testing"
)

// The probes of webmail and mailboxes leave nothing in the logs that looks like somebody who guesses; what others do is there.
func TestMailProbesAreQuiet(t *testing.T) {
	s := mailSuite(t)
	for _, service := range []string{"sogo", "dovecot"} {
		s.exec(t, service, "health")
	}
	probe := regexp.MustCompile(`user '[0-9a-f]{30}'|rip=127\.0\.0\.1, lip=127\.0\.0\.1`)
	if found := probe.FindString(s.logs(t, "sogo", "dovecot")); found != "" {
		t.Errorf("a probe's line is in the log: %s", found)
	}
	if err := s.readsMail(anna); err != nil {
		t.Fatal(err)
	}
	if c, err := s.mailbox(login{"anna", "wrong"}, "INBOX"); err == nil {
		_ = c.Logout()
		t.Fatal("a wrong password opens a mailbox")
	}
	if !strings.Contains(s.logs(t, "dovecot"), "user=<anna>") {
		t.Error("the log of the mailboxes does not have who logged in")
	}
}
