//go:build e2e

package e2e

import (
	"strings"
	"testing"
	"time"
)

// OpenWISP hands its mail to the mail server beside it, with a login of its own and a verified certificate: a link for a new
// password arrives in a mailbox.
func TestMailOfOpenWISPArrives(t *testing.T) {
	s := openwispSuite(t)
	s.watch(t)
	s.forgetPassword(t, at("anna"))
	mail := s.arrived(t, anna, "INBOX", "Password reset")
	for _, want := range []string{s.origin("dashboard") + "/accounts/password/reset/key/", "From: openwisp@" + suiteDomain, "DKIM-Signature:"} {
		if !strings.Contains(mail, want) {
			t.Errorf("the mail has no %q:\n%s", want, mail)
		}
	}
	if log := must(s.compose(time.Minute, "logs", "--no-log-prefix", "mta"))(t); !strings.Contains(log, "sasl_username=openwisp") {
		t.Errorf("nobody logged in to send it:\n%s", lastLines(log, 20))
	}
}
