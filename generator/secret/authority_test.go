package secret

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAuthority(t *testing.T) {
	key, certificate := parseAuthority(t, Spec{Name: "ca_key", Kind: Authority, Subject: "campus certificate authority"})
	if !key.PublicKey.Equal(certificate.PublicKey) {
		t.Fatal("the certificate belongs to another key")
	}
	if err := certificate.CheckSignatureFrom(certificate); err != nil {
		t.Errorf("not self-signed: %v", err)
	}
	type facts struct {
		Subject, Issuer   string
		CA, Zero          bool
		Usage             x509.KeyUsage
		NotBefore, Until  time.Time
		Bits, SerialBytes int
		KeyID             bool
	}
	got := facts{
		certificate.Subject.String(), certificate.Issuer.String(), certificate.IsCA, certificate.MaxPathLenZero, certificate.KeyUsage,
		certificate.NotBefore, certificate.NotAfter, key.Curve.Params().BitSize, len(certificate.SerialNumber.Bytes()), len(certificate.SubjectKeyId) > 0,
	}
	want := facts{
		"CN=campus certificate authority", "CN=campus certificate authority", true, true, x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC), time.Date(2036, 11, 22, 9, 0, 0, 0, time.UTC), 256, 16, true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAuthoritySignsServersButNoAuthorities(t *testing.T) {
	key, certificate := parseAuthority(t, Spec{Name: "ca_key", Kind: Authority})
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	server := issue(t, certificate, key, false)
	if _, err := server.certificate.Verify(x509.VerifyOptions{Roots: roots, DNSName: "dashboard.example.org", CurrentTime: today()}); err != nil {
		t.Errorf("a server's certificate is refused: %v", err)
	}
	below := issue(t, certificate, key, true)
	leaf := issue(t, below.certificate, below.key, false)
	between := x509.NewCertPool()
	between.AddCert(below.certificate)
	if _, err := leaf.certificate.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: today()}); err == nil {
		t.Error("a certificate of an authority below passed")
	}
}

// Who got hold of the key can pose as nobody but the installation itself. The extension is not critical, see constrain.
func TestAuthoritySignsForItsNamesAlone(t *testing.T) {
	tests := []struct {
		authority []string
		dns, ip   string
		good      bool
	}{
		{[]string{"example.org"}, "dashboard.example.org", "", true},
		{[]string{"example.org"}, "example.org", "", true},
		{[]string{"example.org", "api.example.net"}, "api.example.net", "", true},
		{[]string{"openwisp.localhost"}, "dashboard.openwisp.localhost", "", true},
		{[]string{"example.org", "192.0.2.7"}, "", "192.0.2.7", true},
		{[]string{"2001:db8::7"}, "", "2001:db8::7", true},
		{[]string{"example.org"}, "bank.test", "", false},
		{[]string{"example.org"}, "badexample.org", "", false},
		{[]string{"example.org", "api.example.net"}, "www.example.net", "", false},
		{[]string{"example.org"}, "", "192.0.2.7", false},
		{[]string{"example.org"}, "", "2001:db8::7", false},
		{[]string{"example.org", "192.0.2.7"}, "", "192.0.2.8", false},
		{[]string{"192.0.2.7"}, "bank.test", "", false},
		{nil, "bank.test", "", true}, // as installations have it that are older than this
	}
	for _, test := range tests {
		key, certificate := parseAuthority(t, Spec{Name: "ca_key", Kind: Authority, Names: test.authority})
		if certificate.PermittedDNSDomainsCritical {
			t.Error("mbedTLS would refuse this authority")
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: today().Add(-time.Minute), NotAfter: today().AddDate(1, 0, 0)}
		name := test.ip
		if test.dns != "" {
			name, template.DNSNames = test.dns, []string{test.dns}
		} else {
			template.IPAddresses = []net.IP{net.ParseIP(test.ip)}
		}
		der, err := x509.CreateCertificate(nil, template, certificate, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AddCert(certificate)
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name, CurrentTime: today()}); (err == nil) != test.good {
			t.Errorf("an authority for %v signs for %s: %v", test.authority, name, err)
		}
	}
	for _, address := range []string{"ceo@bank.test", "somebody@example.org.bank.test"} {
		key, certificate := parseAuthority(t, Spec{Name: "ca_key", Kind: Authority, Names: []string{"example.org"}})
		der, _ := x509.CreateCertificate(nil, &x509.Certificate{SerialNumber: big.NewInt(2), EmailAddresses: []string{address},
			NotBefore: today().Add(-time.Minute), NotAfter: today().AddDate(1, 0, 0)}, certificate, key.Public(), key)
		leaf, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AddCert(certificate)
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: today(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err == nil {
			t.Errorf("it signs for %s", address)
		}
	}
}

// A scalar of zero and one beyond the order are skipped.
func TestKeyIsInRange(t *testing.T) {
	order := elliptic.P256().Params().N.Bytes()
	last := new(big.Int).Sub(elliptic.P256().Params().N, big.NewInt(1)).Bytes()
	key, err := ecKey(bytes.NewReader(bytes.Join([][]byte{make([]byte, 32), bytes.Repeat([]byte{255}, 32), order, last}, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := key.Bytes(); err != nil || !bytes.Equal(got, last) {
		t.Errorf("took %x (%v)", got, err)
	}
}

func parseAuthority(t *testing.T, spec Spec) (*ecdsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	m, err := Create(spec, seeded(), today())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{CertificatePath}, Authority.Public()); diff != "" || len(m.Public) != 1 {
		t.Fatalf("public files:\n%s", diff)
	}
	key, err := x509.ParsePKCS8PrivateKey(decode(t, "PRIVATE KEY", m.Private))
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(decode(t, "CERTIFICATE", m.Public[CertificatePath]))
	if err != nil {
		t.Fatal(err)
	}
	return key.(*ecdsa.PrivateKey), certificate
}

func decode(t *testing.T, kind string, text []byte) []byte {
	t.Helper()
	block, rest := pem.Decode(text)
	if block == nil || block.Type != kind || len(rest) > 0 {
		t.Fatalf("not one PEM block of type %s", kind)
	}
	return block.Bytes
}

type issued struct {
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
}

func issue(t *testing.T, parent *x509.Certificate, parentKey *ecdsa.PrivateKey, ca bool) issued {
	t.Helper()
	key, err := ecKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: []string{"dashboard.example.org"}, IsCA: ca, BasicConstraintsValid: true,
		NotBefore: today().Add(-time.Minute), NotAfter: today().AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(nil, template, parent, key.Public(), parentKey)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return issued{key, certificate}
}
