package archive

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLeaks(t *testing.T) {
	private, _, err := NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	certificate := "-----BEGIN CERTIFICATE-----\n" + strings.Repeat("QUFB", 40) + "\n-----END CERTIFICATE-----\n"
	secrets := []Secret{{"secrets/password", []byte("correcthorsebattery\n")}, {"secrets/short", []byte("abc")}, {"secrets/key", private}, {"secrets/ca", []byte(certificate)}}
	entries := []Entry{
		{Path: "clean", Data: []byte("abc " + certificate)},
		{Path: "plain", Data: []byte("x: correcthorsebattery")},
		{Path: "base64", Data: []byte("x: Y29ycmVjdGhvcnNlYmF0dGVyeQ==")},
		{Path: "pem", Data: private},
		{Path: "pattern", Data: []byte(`grep -e "-----BEGIN PRIVATE KEY-----"`)},
	}
	var got []string
	for _, f := range Leaks(entries, secrets) {
		got = append(got, f.File+": "+f.Message)
		if strings.Contains(f.String(), "correcthorse") {
			t.Error("a finding shows the secret")
		}
	}
	want := []string{"base64: holds the value of secrets/password", "pem: holds a private key", "pem: holds the value of secrets/key", "plain: holds the value of secrets/password"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
