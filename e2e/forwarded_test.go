//go:build e2e

package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// forged are the headers with which a client could claim another address, or another scheme or host.
func forged(address string) []string {
	return []string{
		"X-Forwarded-For", address,
		"X-Real-IP", address,
		"Forwarded", "for=" + address,
		"True-Client-IP", address,
		"X-Forwarded-Proto", "http",
		"X-Forwarded-Host", "forged.example.org",
		"Remote-Addr", address,
	}
}

func TestForgedForwardingChangesNothing(t *testing.T) {
	s := shared(t)
	s.watch(t, "nginx", "api")
	a := s.agent(t, "e2e-forged")
	a.enroll(t)
	form := url.Values{"key": {a.key}}
	if got := must(a.send("GET", "/controller/checksum/"+a.id+"/", form, forged("203.0.113.7")...))(t); got.status != http.StatusOK {
		t.Fatalf("checksum: %s", got)
	}
	var last string
	s.django(t, `
from swapper import load_model
answer(load_model("config", "Device").objects.get(pk="`+a.id+`").last_ip)
`, &last)
	if last == "203.0.113.7" || last == "" {
		t.Errorf("the device's last address is %q, as its header claims", last)
	}

	// The RADIUS server's address alone may tell the API about sessions.
	address := s.address(t, "freeradius", "inner-radius").String()
	for _, origin := range []string{s.origin("api"), s.origin("dashboard")} {
		header := append(forged(address), "Content-Type", "application/x-www-form-urlencoded")
		got := must(fetch(s.client(t), "POST", origin+radiusPath, radiusBody, header...))(t)
		if got.status != http.StatusForbidden || !strings.Contains(got.body, radiusRefusal) {
			t.Errorf("%s believed that it was asked by the RADIUS server: %s", origin, got)
		}
	}

	// Neither may links and redirects lead elsewhere.
	got := must(fetch(s.client(t), "GET", s.origin("dashboard")+"/admin/", "", forged("203.0.113.7")...))(t)
	if target := got.header.Get("Location"); got.status != http.StatusFound || target != "/admin/login/?next=/admin/" {
		t.Errorf("/admin/ leads to %q: %s", target, got)
	}
}
