//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
)

// Most checksums are answered without Django (openwisp/checksum.py). What changes in a device shows at once all the same, and
// each answer is the one that Django gives.

// asked is the answer to a question for the checksum, which has to be the same by both ways: a request with a cookie goes to Django.
func (a *agent) asked(t *testing.T, query url.Values) answer {
	t.Helper()
	got := must(a.send(http.MethodGet, "/controller/checksum/"+a.id+"/", query))(t)
	django := must(a.send(http.MethodGet, "/controller/checksum/"+a.id+"/", query, "Cookie", "e2e=1"))(t)
	got.header.Del("Date")
	django.header.Del("Date")
	if got.status != django.status || got.body != django.body || fmt.Sprint(got.header) != fmt.Sprint(django.header) {
		t.Errorf("%s %v, and Django says %s %v", got, got.header, django, django.header)
	}
	return got
}

// answers asks with a key, and expects a status.
func (a *agent) answers(t *testing.T, key string, status int) {
	t.Helper()
	if got := a.asked(t, url.Values{"key": {key}}); got.status != status {
		t.Errorf("expected %d, got %s", status, got)
	}
}

// change runs Python on the device.
func (a *agent) change(t *testing.T, s *stack, python string) {
	t.Helper()
	s.django(t, `
from swapper import load_model
device = load_model("config", "Device").objects.get(pk="`+a.id+`")
`+python+"\n", nil)
}

func TestChecksumIsNeverStale(t *testing.T) {
	s := shared(t)
	s.watch(t, "nginx", "api")
	a := s.agent(t, "e2e-checksum")
	a.enroll(t)
	right := url.Values{"key": {a.key}}
	first := a.asked(t, right)
	if first.status != http.StatusOK || first.header.Get("X-Openwisp-Controller") != "true" {
		t.Fatalf("the first checksum: %s %v", first, first.header)
	}
	a.answers(t, a.key, http.StatusOK)
	a.answers(t, a.key[1:], http.StatusForbidden)
	a.answers(t, "", http.StatusBadRequest)

	a.change(t, s, `
device.config.config = {"general": {"timezone": "Europe/Rome"}}
device.config.full_clean()
device.config.save()`)
	if got := a.asked(t, right); got.status != http.StatusOK || got.body == first.body {
		t.Errorf("after a change of the configuration: %s, and %s before", got, first)
	}
	a.answers(t, a.key, http.StatusOK)

	old := a.key
	a.change(t, s, `device.key = "0123456789abcdef" + device.key[16:]; device.save()`)
	a.key = "0123456789abcdef" + old[16:]
	a.answers(t, old, http.StatusForbidden)
	a.answers(t, a.key, http.StatusOK)
	a.answers(t, old, http.StatusForbidden)

	// "deactivating" until it has reported, then gone.
	a.change(t, s, `device.deactivate()`)
	a.answers(t, a.key, http.StatusOK)
	if got := must(a.report("applied"))(t); got.status != http.StatusOK {
		t.Errorf("report-status: %s", got)
	}
	a.answers(t, a.key, http.StatusNotFound)
	a.change(t, s, `device.activate()`)
	a.answers(t, a.key, http.StatusOK)
	a.answers(t, a.key, http.StatusOK)
	a.change(t, s, `device.delete(check_deactivated=False)`)
	a.answers(t, a.key, http.StatusNotFound)
}

func TestChecksumNotesAddresses(t *testing.T) {
	s := shared(t)
	a := s.agent(t, "e2e-addresses")
	a.enroll(t)
	noted := func() (found struct{ Last, Management string }) {
		s.django(t, `
from swapper import load_model
device = load_model("config", "Device").objects.get(pk="`+a.id+`")
answer({"Last": device.last_ip, "Management": device.management_ip or ""})`, &found)
		return found
	}
	for range 2 {
		must(a.checksum(""))(t)
	}
	own := noted().Last
	a.change(t, s, `device.last_ip = "192.0.2.77"; device.save()`)
	must(a.checksum(""))(t)
	if got := noted().Last; got != own || own == "" {
		t.Errorf("the device asks from %s, and %s was noted", own, got)
	}
	for _, address := range []string{"10.99.0.7", "10.99.0.8", "fd00::8", ""} {
		for range 2 {
			if got := must(a.checksum(address))(t); got.status != http.StatusOK {
				t.Errorf("with the address %q: %s", address, got)
			}
		}
		if got := noted().Management; got != address {
			t.Errorf("the device said %q, and %q was noted", address, got)
		}
	}
}

func TestChecksumOfADisabledOrganization(t *testing.T) {
	s := shared(t)
	a := s.agent(t, "e2e-disabled")
	s.django(t, `
from swapper import load_model
organization = load_model("openwisp_users", "Organization").objects.create(name="`+a.name+`", slug="`+a.name+`")
load_model("config", "OrganizationConfigSettings").objects.create(organization=organization, shared_secret="`+a.name+`")
answer(1)`, new(int))
	a.secret = a.name
	a.enroll(t)
	for range 2 {
		a.answers(t, a.key, http.StatusOK)
	}
	a.change(t, s, `device.organization.is_active = False; device.organization.save()`)
	// A task of OpenWISP drops its devices from the cache, for both ways.
	eventually(t, 2*patience, "the organization's devices are refused", func() error {
		for _, header := range [][]string{nil, {"Cookie", "e2e=1"}} {
			got, err := a.send(http.MethodGet, "/controller/checksum/"+a.id+"/", url.Values{"key": {a.key}}, header...)
			if err != nil || got.status != http.StatusNotFound {
				return fmt.Errorf("%s %v", got, err)
			}
		}
		return nil
	})
	a.answers(t, a.key, http.StatusNotFound)
}
