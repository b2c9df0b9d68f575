//go:build e2e

package e2e

import (
	"bufio"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

const sinkPort = "2525"

// mailGateway is the host's address on the network for mail, the fourth of the pool: where the sink listens.
func mailGateway(pool string) string {
	bytes := netip.MustParsePrefix(pool).Addr().As4()
	bytes[2] += 3
	bytes[3]++
	return netip.AddrFrom4(bytes).String()
}

func TestPasswordResetArrives(t *testing.T) {
	s := shared(t)
	s.watch(t, "dashboard", "celery", "postfix")
	gateway := s.gateway(t, "mail").String()
	sink := startSink(t, net.JoinHostPort(gateway, sinkPort))
	address := fmt.Sprintf("reset-%d@example.net", time.Now().UnixNano())
	s.forgetPassword(t, address)
	mail := sink.await(t, address)
	header, parts, err := mail.parts()
	if err != nil {
		t.Fatalf("%v in the mail:\n%s", err, mail.content)
	}
	if link := s.origin("dashboard") + "/accounts/password/reset/key/"; !strings.Contains(parts["text/plain"], link) {
		t.Errorf("the mail has no link to %s:\n%s", link, mail.content)
	}
	if !strings.Contains(header.Get("From"), "openwisp@openwisp.localhost") {
		t.Errorf("the mail is from %q", header.Get("From"))
	}
	if received := header["Received"]; len(received) != 1 || !strings.Contains(received[0], "(Postfix)") {
		t.Errorf("no sign that postfix passed it on: %v", received)
	}
}

// forgetPassword makes a user with that address who asks for a new password.
func (s *stack) forgetPassword(t testing.TB, address string) {
	t.Helper()
	s.django(t, `
from django.contrib.auth import get_user_model
User = get_user_model()
User.objects.filter(username="e2e-reset").delete()
User.objects.create_user("e2e-reset", "`+address+`", "the-old-password-of-e2e")
`, nil)
	page := s.origin("dashboard") + "/accounts/password/reset/"
	got := must(submit(s.client(t), page, url.Values{"email": {address}}))(t)
	if got.status != 302 {
		t.Fatalf("the form was refused: %s", got)
	}
}

// An administrator is told of a new device. The mail in HTML names static files, which only the manifest of the
// collected ones knows.
func TestNotificationArrives(t *testing.T) {
	s := shared(t)
	s.watch(t, "celery", "postfix")
	sink := startSink(t, net.JoinHostPort(s.gateway(t, "mail").String(), sinkPort))
	address := fmt.Sprintf("notified-%d@example.net", time.Now().UnixNano())
	s.django(t, `
import time
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
User = get_user_model()
User.objects.filter(username="e2e-notified").delete()
user = User.objects.create_superuser("e2e-notified", "`+address+`", "the-password-of-e2e")
EmailAddress.objects.update_or_create(user=user, email="`+address+`", defaults={"verified": True, "primary": True})
# A task makes the user's settings, without which nothing is sent.
end = time.monotonic() + 60
while not user.notificationsetting_set.filter(type="device_registered").exists():
    assert time.monotonic() < end, "no task has made the user's settings for notifications"
    time.sleep(0.2)
`, nil)
	t.Cleanup(func() {
		s.django(t, `
from django.contrib.auth import get_user_model
get_user_model().objects.filter(username="e2e-notified").delete()
`, nil)
	})
	device := s.agent(t, "e2e-notified")
	device.enroll(t)
	mail := sink.await(t, address)
	_, parts, err := mail.parts()
	if err != nil {
		t.Fatalf("%v in the mail:\n%s", err, mail.content)
	}
	for kind, wanted := range map[string]string{"text/plain": device.name, "text/html": s.origin("dashboard") + "/static/"} {
		if !strings.Contains(parts[kind], wanted) {
			t.Errorf("the part %s lacks %q:\n%s", kind, wanted, mail.content)
		}
	}
}

// Whoever is not one of the bundle's own services gets nothing relayed, whatever sender is claimed.
func TestPostfixRelaysForNobodyElse(t *testing.T) {
	s := shared(t)
	s.watch(t, "postfix")
	target := net.JoinHostPort(s.address(t, "postfix", "mail").String(), "25")
	// A client of another network: an address of the host that belongs to none of the bundle's.
	foreign := netip.MustParseAddr("192.0.2.25")
	device := []string{"addr", "add", foreign.String() + "/32", "dev", "lo"}
	if _, err := command(patience, "", "", "ip", device...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		device[1] = "del"
		_, _ = command(patience, "", "", "ip", device...)
	})
	for _, from := range []string{"openwisp@openwisp.localhost", "root@localhost", "somebody@example.org", ""} {
		reply, err := smtpDialogue(foreign, target, from, "victim@example.net")
		if err != nil {
			t.Errorf("postfix does not speak to a client of another network: %v", err)
			continue
		}
		if !strings.HasPrefix(reply, "4") && !strings.HasPrefix(reply, "5") {
			t.Errorf("postfix relays for a stranger who claims to be <%s>: %s", from, reply)
		}
	}
}

// smtpDialogue offers a mail from one of the host's addresses, and returns the answer to the last word before it.
func smtpDialogue(own netip.Addr, target, from, to string) (string, error) {
	dialer := net.Dialer{Timeout: 10 * time.Second, LocalAddr: &net.TCPAddr{IP: own.AsSlice()}}
	conn, err := dialer.Dial("tcp", target)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	in := bufio.NewReader(conn)
	var reply string
	for _, line := range []string{"", "EHLO stranger.example.org", "MAIL FROM:<" + from + ">", "RCPT TO:<" + to + ">"} {
		if line != "" {
			fmt.Fprint(conn, line+"\r\n")
		}
		for {
			if reply, err = in.ReadString('\n'); err != nil {
				return "", err
			}
			if len(reply) < 4 || reply[3] != '-' {
				break
			}
		}
		if !strings.HasPrefix(reply, "2") {
			break
		}
	}
	return strings.TrimSpace(reply), nil
}
