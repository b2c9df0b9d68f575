//go:build e2e

package e2e

import (
	"cmp"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A certificate of the operator's own, for all names below a domain, from an authority of their own: all mail servers show it and believe one
// another by it. One that is renewed counts within a minute and without a restart; one that cannot be right is refused, and the one before goes on.
func TestMailTLSProvided(t *testing.T) {
	const all = "*." + suiteDomain
	own, live, seed := newAuthority(t), filepath.Join(scratch, "mail-tls"), filepath.Join(scratch, "mail-tls-seed.ldif")
	must("", errors.Join(os.Chmod(scratch, 0o755), writeFile(seed, []byte(suiteSeed))))(t)
	first, key := own.provides(t, live, all)
	s, err := newSuite("groupware", "31", "directory.seed_file="+seed, "services.sogo=false", "services.clamav=false", "services.autoconfig=false", "services.canaille=false",
		"services.rest-api=false", "services.livekit=false", "services.meet=false", "services.nginx=false", "tls.mode=provided",
		"tls.certificate_file="+filepath.Join(live, "fullchain.pem"), "tls.key_file="+filepath.Join(live, "privkey.pem"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.remove)
	servers := []string{"provided", "openldap", "dovecot", "mta"}
	s.watch(t, servers...)
	// As build.ca_file would have it, without building all images anew.
	override := "services:\n"
	for _, service := range servers {
		override += "  " + service + ": {volumes: ['" + own.file + ":/etc/ssl/certs/ca-certificates.crt:ro']}\n"
	}
	file := filepath.Join(s.dir, "docker-compose.override.yml")
	must("", writeFile(file, []byte(override)))(t)
	t.Cleanup(func() { _ = os.Remove(file) }) // another stack takes this folder
	s.trusted = own.pool()
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
	started := map[string]string{}
	for _, service := range servers {
		started[service] = must(s.container(service))(t).State.StartedAt
	}
	use := func(about string) {
		t.Helper()
		if err := s.send("submissions", &anna, at("anna"), []string{at("bert")}, letter(at("anna"), at("bert"), about, "hello")); err != nil {
			t.Errorf("%s: a mail is not taken: %v", about, err)
			return
		}
		s.arrived(t, bert, "INBOX", about)
	}
	if err := s.showsEverywhere(first); err != nil {
		t.Error(err)
	}
	use("with the first certificate")

	// The certificate of another key
	second, secondKey := own.signs(t, all)
	must("", replaceFile(filepath.Join(live, "fullchain.pem"), second))(t)
	eventually(t, patience, "a pair that is none is refused", func() error {
		return s.says("does not belong to the key in tls.key_file", "REFUSED: the certificate from before goes on")
	})
	if err := s.showsEverywhere(first); err != nil {
		t.Error(err)
	}
	// One of an authority that nobody here knows
	newAuthority(t).provides(t, live, all)
	eventually(t, patience, "a certificate that nobody believes is refused", func() error { return s.says("would not believe the certificate in tls.certificate_file") })
	if err := s.showsEverywhere(first); err != nil {
		t.Error(err)
	}

	must("", errors.Join(replaceFile(filepath.Join(live, "privkey.pem"), secondKey), replaceFile(filepath.Join(live, "fullchain.pem"), second)))(t)
	eventually(t, time.Minute, "all servers show the renewed certificate", func() error { return s.showsEverywhere(serialOf(t, second)) })
	use("with the renewed certificate")

	// Not for the mailboxes: the others have it, and the name is said.
	third, _ := own.provides(t, live, "mail."+suiteDomain, "ldap."+suiteDomain)
	eventually(t, time.Minute, "the name that a certificate lacks is said, and the mail server shows it", func() error {
		got, err := shown(s.ports["submissions"], "mail."+suiteDomain, s.trusted)
		if err == nil && got.SerialNumber.Cmp(third) != 0 {
			err = errors.New("the one before is shown")
		}
		return cmp.Or(err, s.says("is not for imap."+suiteDomain+": "))
	})
	for _, service := range servers {
		if again := must(s.container(service))(t).State.StartedAt; again != started[service] {
			t.Errorf("%s was started anew", service)
		}
	}
	if log := s.logs(t, "provided"); strings.Contains(log, "PRIVATE KEY") || strings.Contains(log, strings.Split(string(key), "\n")[1]) {
		t.Error("the key is in the log")
	}
}

// signs makes a certificate and its key.
func (a *authority) signs(t *testing.T, names ...string) (certificate, key []byte) {
	t.Helper()
	c, k := a.issue(t, names...)
	return must(os.ReadFile(c))(t), must(os.ReadFile(k))(t)
}

// provides puts a certificate and its key into the operator's folder, in place of those that are there.
func (a *authority) provides(t *testing.T, folder string, names ...string) (serial *big.Int, key []byte) {
	t.Helper()
	certificate, key := a.signs(t, names...)
	must("", errors.Join(replaceFile(filepath.Join(folder, "privkey.pem"), key), replaceFile(filepath.Join(folder, "fullchain.pem"), certificate)))(t)
	return serialOf(t, certificate), key
}

func serialOf(t *testing.T, certificate []byte) *big.Int {
	t.Helper()
	block, _ := pem.Decode(certificate)
	return must(x509.ParseCertificate(block.Bytes))(t).SerialNumber
}

// replaceFile puts another file in the place of one, in one step.
func replaceFile(name string, content []byte) error {
	if err := writeFile(name+".new", content); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// says looks for texts in what the service said that hands out the certificate.
func (s *suite) says(texts ...string) error {
	log, err := s.compose(time.Minute, "logs", "--no-color", "provided")
	for _, text := range texts {
		if err == nil && !strings.Contains(log, text) {
			err = fmt.Errorf("the log does not say %q:\n%s", text, lastLines(log, 6))
		}
	}
	return err
}

// showsEverywhere checks that every server shows the certificate of that serial number: to mail programs, to other mail servers, and to its
// neighbours.
func (s *suite) showsEverywhere(want *big.Int) error {
	is := func(server string, got *x509.Certificate, err error) error {
		if err == nil && got.SerialNumber.Cmp(want) != 0 {
			err = errors.New("another certificate is shown")
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", server, err)
		}
		return err
	}
	var all []error
	for port, name := range map[string]string{"submissions": "mail.", "imaps": "imap.", "pop3s": "imap."} {
		got, err := shown(s.ports[port], name+suiteDomain, s.trusted)
		all = append(all, is(port, got, err))
	}
	for _, port := range []string{"smtp", "submission"} {
		got, err := s.shownAfterSTARTTLS(port)
		all = append(all, is(port, got, err))
	}
	const ask = "openssl s_client -connect ldap." + suiteDomain + ":6636 -servername ldap." + suiteDomain + " </dev/null 2>/dev/null | openssl x509"
	out, err := s.in(time.Minute, "dovecot", "sh", "-c", ask)
	if block, _ := pem.Decode([]byte(out)); err == nil && block != nil {
		got, err := x509.ParseCertificate(block.Bytes)
		all = append(all, is("the directory", got, err))
	} else {
		all = append(all, fmt.Errorf("the directory: %s %w", out, cmp.Or(err, errors.New("no certificate"))))
	}
	return errors.Join(all...)
}

// shownAfterSTARTTLS returns the certificate that the mail server shows at a port where one asks for TLS.
func (s *suite) shownAfterSTARTTLS(port string) (*x509.Certificate, error) {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", s.ports[port]), 10*time.Second)
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	c, err := smtp.NewClient(conn, "mail."+suiteDomain)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	defer c.Close()
	if err := c.StartTLS(s.tls("mail")); err != nil {
		return nil, err
	}
	state, _ := c.TLSConnectionState()
	return state.PeerCertificates[0], nil
}
