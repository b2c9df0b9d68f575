//go:build e2e

package e2e

import (
	"net"
	"testing"
	"time"
)

// Everything ends when it is told to, also while somebody talks to it: nobody has to be killed.
func TestMailStopsInTime(t *testing.T) {
	s := mailSuite(t)
	s.mendedAfter(t)
	c := must(s.mailbox(anna, "INBOX"))(t)
	defer func() { _ = c.Terminate() }()
	conn := lines(must(net.Dial("tcp", net.JoinHostPort("127.0.0.1", s.ports["smtp"])))(t))
	defer conn.Close()
	// The mail server has told the filter of this one, and both wait for more.
	if _, _, err := conn.text.ReadResponse(220); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"EHLO outside.example", "MAIL FROM:<" + stranger + ">", "RCPT TO:<" + at("anna") + ">"} {
		if err := conn.text.PrintfLine("%s", line); err != nil {
			t.Fatal(err)
		}
		if _, _, err := conn.text.ReadResponse(250); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	began := time.Now()
	// The filter first, while its client is still there
	must(s.compose(3*time.Minute, "stop", "rspamd"))(t)
	t.Logf("the filter took %s", time.Since(began).Round(time.Second))
	must(s.compose(3*time.Minute, "stop"))(t)
	for _, service := range s.services() {
		if state := must(s.container(service))(t).State; state.ExitCode == 137 {
			t.Errorf("%s had to be killed", service)
		}
	}
}
