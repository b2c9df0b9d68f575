//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"
)

const (
	radiusSecret   = "s3cret of the NAS, with 'quotes' and \\"
	radiusUser     = "e2e-hotspot"
	radiusPassword = "pass-of-the-hotspot-user"
	wrongPassword  = "wrong-of-the-hotspot-user"
)

// radiusServer is the address at which the RADIUS server is reached from here.
func (s *stack) radiusServer() string {
	if at := s.away(); at != nil {
		return at.radius()
	}
	return s.edge()
}

// radius sends attributes to the published port, as a NAS does, and returns what came back.
func (s *stack) radius(kind string, target int, attributes ...string) (string, error) {
	input := strings.Join(append(attributes, "Message-Authenticator = 0x00"), "\n") + "\n"
	secret := s.dir + "/custom/radclient-secret"
	if err := writeFile(secret, []byte(radiusSecret+"\n")); err != nil {
		return "", err
	}
	return command(patience, "", input, "radclient", "-x", "-r", "1", "-t", "15", "-S", secret, net.JoinHostPort(s.radiusServer(), s.published("freeradius", target)), kind)
}

func TestRadius(t *testing.T) {
	s := shared(t)
	// The engine hands a request from the host on as coming from one of its own addresses, so the NAS is a network.
	s.hotspot(t, strings.Join(strings.Split(s.gateway(t, "edge").String(), ".")[:2], ".")+".0.0/16")
}

// hotspot logs a user in by a NAS that has an address of a network, refuses others, and reports a session.
func (s *stack) hotspot(t *testing.T, nas string) {
	t.Helper()
	s.watch(t, "freeradius", "api", "celery")
	s.django(t, `
from django.contrib.auth import get_user_model
from swapper import load_model
load = lambda app, name: load_model(app, name)
org = load("openwisp_users", "Organization").objects.get(slug="default")
Nas, User = load("openwisp_radius", "Nas"), get_user_model()
Nas.objects.filter(short_name="e2e").delete()
Nas.objects.create(organization=org, name="`+nas+`", short_name="e2e", type="Other", secret=`+must(jsonText(radiusSecret))(t)+`)
User.objects.filter(username="`+radiusUser+`").delete()
user = User.objects.create_user("`+radiusUser+`", "hotspot@example.org", "`+radiusPassword+`")
load("openwisp_users", "OrganizationUser").objects.create(organization=org, user=user)
`, nil)

	name, password := "User-Name = "+radiusUser, fmt.Sprintf("User-Password = %q", radiusPassword)
	eventually(t, patience, "FreeRADIUS learns of the NAS, and refuses a user without a token", func() error {
		return expect(s.radius("auth", 1812, name, password))("Access-Reject")
	})
	form := url.Values{"username": {radiusUser}, "password": {radiusPassword}}
	got := must(fetch(s.client(t), "POST", s.origin("api")+"/api/v1/radius/organization/default/account/token/", form.Encode(),
		"Content-Type", "application/x-www-form-urlencoded"))(t)
	if got.status != 200 {
		t.Fatalf("the user gets no token: %s", got)
	}
	eventually(t, patience, "the user with a token is let in", func() error {
		return expect(s.radius("auth", 1812, name, password, "Calling-Station-Id = 02-00-00-00-00-02"))("Access-Accept")
	})
	if err := expect(s.radius("auth", 1812, name, fmt.Sprintf("User-Password = %q", wrongPassword)))("Access-Reject"); err != nil {
		t.Error(err)
	}
	s.account(t, name)
	s.hidesPasswords(t)
}

// expect looks for the code of the answer.
func expect(out string, err error) func(code string) error {
	return func(code string) error {
		// radclient fails at a reject, which may be what is expected.
		if strings.Contains(out, "Received "+code) {
			return nil
		}
		if err == nil {
			err = errors.New(out)
		}
		return fmt.Errorf("no %s: %w", code, err)
	}
}

// account reports a session from its start to its end, and looks for its record.
func (s *stack) account(t *testing.T, name string) {
	t.Helper()
	id := fmt.Sprintf("e2e-%d", time.Now().UnixNano())
	for _, status := range [][]string{
		{"Acct-Status-Type = Start"},
		{"Acct-Status-Type = Interim-Update", "Acct-Session-Time = 60", "Acct-Input-Octets = 1000"},
		{"Acct-Status-Type = Stop", "Acct-Session-Time = 90", "Acct-Input-Octets = 4000", "Acct-Output-Octets = 8000", "Acct-Terminate-Cause = User-Request"},
	} {
		attributes := append(status, name, "Acct-Session-Id = "+id, "NAS-IP-Address = 192.0.2.9", "Acct-Unique-Session-Id = "+id,
			"Calling-Station-Id = 02-00-00-00-00-02", "Called-Station-Id = 02-00-00-00-00-03:e2e", "Framed-IP-Address = 192.0.2.10")
		if err := expect(s.radius("acct", 1813, attributes...))("Accounting-Response"); err != nil {
			t.Fatal(err)
		}
	}
	var record struct {
		Seconds, Input, Output int
		Stopped                bool
		Cause                  string
	}
	s.django(t, `
from swapper import load_model
row = load_model("openwisp_radius", "RadiusAccounting").objects.get(session_id="`+id+`")
answer({"seconds": row.session_time, "input": row.input_octets, "output": row.output_octets,
        "stopped": row.stop_time is not None, "cause": row.terminate_cause})
`, &record)
	if record.Seconds != 90 || record.Input != 4000 || record.Output != 8000 || !record.Stopped || record.Cause != "User-Request" {
		t.Errorf("the record of the session is %+v", record)
	}
}

// hidesPasswords looks for what was sent, or is known, in the log of every service.
func (s *stack) hidesPasswords(t *testing.T) {
	t.Helper()
	for line := range strings.Lines(s.logs(t)) {
		for _, secret := range []string{radiusSecret, radiusPassword, wrongPassword, s.secret(t, "admin_password")} {
			if strings.Contains(line, secret) {
				t.Errorf("a password is in a log: %s", strings.ReplaceAll(line, secret, "********"))
			}
		}
	}
	var stored int
	s.django(t, `
from swapper import load_model
answer(load_model("openwisp_radius", "RadiusPostAuth").objects.filter(password__contains="of-the-hotspot").count())
`, &stored)
	if stored > 0 {
		t.Errorf("%d passwords were stored with the logins", stored)
	}
}
