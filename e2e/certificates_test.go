//go:build e2e

package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// authority signs certificates for counterparts, and for a user who brings his own.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	dir         string
	file        string // its certificate
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{dir: t.TempDir()}
	a.key = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "e2e authority"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
	raw := must(x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key))(t)
	a.certificate = must(x509.ParseCertificate(raw))(t)
	a.file = a.write(t, "ca.crt", "CERTIFICATE", raw)
	return a
}

// issue writes a certificate and its key for names and addresses.
func (a *authority) issue(t testing.TB, names ...string) (certificate, key string) {
	t.Helper()
	private := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: names[0]},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	raw := must(x509.CreateCertificate(rand.Reader, template, a.certificate, &private.PublicKey, a.key))(t)
	return a.write(t, names[0]+".crt", "CERTIFICATE", raw),
		a.write(t, names[0]+".key", "PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(private))(t))
}

func (a *authority) write(t testing.TB, name, kind string, raw []byte) string {
	t.Helper()
	file := filepath.Join(a.dir, name)
	if err := writeFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw})); err != nil {
		t.Fatal(err)
	}
	return file
}

// copy gives a file of the authority's folder a second name.
func (a *authority) copy(t testing.TB, from, name string) {
	t.Helper()
	if err := writeFile(filepath.Join(a.dir, name), must(os.ReadFile(from))(t)); err != nil {
		t.Fatal(err)
	}
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

// shown returns the certificate that a server shows for a name, checked against authorities.
func shown(port, name string, authorities *x509.CertPool) (*x509.Certificate, error) {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	conn, err := tls.DialWithDialer(dialer, "tcp", "127.0.0.1:"+port, &tls.Config{ServerName: name, RootCAs: authorities})
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0], nil
}
