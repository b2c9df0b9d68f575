package doctor_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/doctor"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/profiles"
)

// The user's own certificate has to be valid now and for each name: those of the pages, of the mail servers, and of the directory inside.
func TestCertificate(t *testing.T) {
	const hint = "put a renewed one and its key in their places"
	of := func(from, to time.Time, names ...string) []byte {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: names, NotBefore: from, NotAfter: to}
		raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})
	}
	later := today.AddDate(0, 0, 60)
	tests := map[string]struct {
		certificate []byte
		want        []doctor.Result
	}{
		"none":      {nil, nil},
		"all names": {of(yesterday, later, "*.example.org"), []doctor.Result{{Check: "certificate", State: doctor.OK, Message: "tls/a.pem is for all names, until 2027-01-21 12:00 UTC"}}},
		"some names": {of(yesterday, later, "mail.example.org", "id.example.org", "meet.example.org", "rest.example.org", "webmail.example.org", "autoconfig.example.org", "autodiscover.example.org"),
			[]doctor.Result{{Check: "certificate", State: doctor.Warning, Message: "tls/a.pem is not for imap.example.org, ldap.example.org",
				Hint: "take a certificate for all names, or give what has such a name one that this certificate has (hosts.NAME)"}}},
		"ends soon": {of(yesterday, today.AddDate(0, 0, 13), "*.example.org"),
			[]doctor.Result{{Check: "certificate", State: doctor.Warning, Message: "tls/a.pem ends on 2026-12-05 12:00 UTC", Hint: hint + "; it is in use within half a minute"}}},
		"ended": {of(yesterday.AddDate(0, 0, -9), yesterday, "*.example.org"),
			[]doctor.Result{{Check: "certificate", State: doctor.Problem, Message: "tls/a.pem ended on 2026-11-21 12:00 UTC", Hint: hint}}},
		"not yet": {of(today.AddDate(0, 0, 1), later, "*.example.org"),
			[]doctor.Result{{Check: "certificate", State: doctor.Problem, Message: "tls/a.pem is not valid before 2026-11-23 12:00 UTC", Hint: "look at the clock, or take the one before"}}},
		"a key": {[]byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
			[]doctor.Result{{Check: "certificate", State: doctor.Problem, Message: "tls/a.pem does not begin with a certificate in PEM form",
				Hint: "the server's certificate has to be the first in tls.certificate_file, as PEM, and its intermediates follow"}}},
	}
	built.plan(t, nil) // prepares the catalogue
	made, found := built.Generate(t.Context(), profile.Source{Profile: "groupware", Named: profiles.FS, ReadFile: os.ReadFile,
		Set: []string{"domain=example.org", "tls.mode=provided", "tls.certificate_file=tls/a.pem", "tls.key_file=tls/b.pem"}})
	if len(found) > 0 {
		t.Fatal(found)
	}
	for name, test := range tests {
		got := doctor.Certificate(doctor.Patient{Plan: made.Plan, Certificate: test.certificate}, healthy())
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}
