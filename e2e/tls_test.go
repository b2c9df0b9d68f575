//go:build e2e

package e2e

import (
	"cmp"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// smallPool is the range of small stacks beside the shared one. OWGEN_E2E_SMALL_POOL is another, where this one is taken.
var smallPool = cmp.Or(os.Getenv("OWGEN_E2E_SMALL_POOL"), "172.30.0.0/16")

// elsewhere are the ports and addresses of small stacks.
var elsewhere = []string{"network.pool=" + smallPool, "publish.http=20080", "publish.https=20443", "publish.vpn=21194",
	"publish.radius_auth=21812", "publish.radius_acct=21813"}

// edge starts nothing but the web server of a bundle, and what it gets its certificate from.
func edge(t *testing.T, name string, services []string, settings ...string) *stack {
	t.Helper()
	s := newStack(t, name, append(append([]string{}, elsewhere...), settings...)...)
	s.watch(t, services...)
	s.run(t, 2*time.Minute, services...)
	return s
}

// redirects checks that plain HTTP leads to HTTPS, on the port that is published.
func (s *stack) redirects(t *testing.T, name string) {
	t.Helper()
	got := must(fetch(s.client(t), "GET", "http://"+name+":20080/admin/?a=b", ""))(t)
	if want := "https://" + name + ":20443/admin/?a=b"; got.status != 301 && got.status != 308 || got.header.Get("Location") != want {
		t.Errorf("http://%s leads to %q with %d, and not to %q", name, got.header.Get("Location"), got.status, want)
	}
}

func TestTLSAuthorityForPrivateDomainAndAddress(t *testing.T) {
	s := edge(t, "tls-authority", []string{"authority", "nginx"}, "domain=corp.lan", "hosts.api=127.0.0.1")
	for _, name := range []string{"dashboard.corp.lan", "127.0.0.1"} {
		if _, err := shown("20443", name, s.authorities(t)); err != nil {
			t.Errorf("the certificate for %s: %v", name, err)
		}
		got := must(fetch(s.client(t), "GET", "https://"+name+":20443/status", ""))(t)
		if got.status != 200 {
			t.Errorf("%s answers %s", name, got)
		}
		if got.header.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s sends HSTS with a certificate that is not publicly trusted", name)
		}
		s.redirects(t, name)
	}
	if origin := s.origin("dashboard"); origin != "https://dashboard.corp.lan:20443" {
		t.Errorf("the dashboard believes its address is %s", origin)
	}
}

func TestTLSProvided(t *testing.T) {
	own := newAuthority(t)
	certificate, key := own.issue(t, "dashboard.example.org", "api.example.org")
	edge(t, "tls-provided", []string{"nginx"}, "domain=example.org", "tls.mode=provided",
		"tls.certificate_file="+certificate, "tls.key_file="+key)
	for _, name := range []string{"dashboard.example.org", "api.example.org"} {
		if _, err := shown("20443", name, own.pool()); err != nil {
			t.Errorf("the certificate for %s: %v", name, err)
		}
	}
	got := must(fetch(clientFor(own.pool(), "127.0.0.1"), "GET", "https://dashboard.example.org:20443/status", ""))(t)
	if got.status != 200 {
		t.Errorf("the web server answers %s", got)
	}
}

// Somebody's certificate for another key is refused in words that name the setting.
func TestTLSProvidedMismatch(t *testing.T) {
	own := newAuthority(t)
	certificate, _ := own.issue(t, "dashboard.example.org", "api.example.org")
	_, key := own.issue(t, "other.example.org")
	s := newStack(t, "tls-mismatch", append(append([]string{}, elsewhere...), "domain=example.org", "tls.mode=provided",
		"tls.certificate_file="+certificate, "tls.key_file="+key)...)
	if err := s.build("nginx"); err != nil {
		t.Fatal(err)
	}
	if err := s.up(20*time.Second, "nginx"); err == nil {
		t.Fatal("the web server takes a certificate that does not belong to its key")
	}
	eventually(t, patience, "the log says what is wrong", func() error {
		if log := s.logs(t, "nginx"); !strings.Contains(log, "tls.certificate_file does not belong to the key in tls.key_file") {
			return errors.New(lastLines(log, 10))
		}
		return nil
	})
}

// A renewal puts another file in the place of the one that is mounted: certbot lets a link lead elsewhere. It is served
// within seconds, without a restart.
func TestTLSProvidedIsRenewed(t *testing.T) {
	own := newAuthority(t)
	// Below a folder that everybody may enter, as /etc/letsencrypt is.
	root := filepath.Join(scratch, "letsencrypt")
	live := filepath.Join(root, "live", "example.org")
	number := 0
	renew := func() *big.Int {
		number++
		certificate, key := own.issue(t, "dashboard.example.org", "api.example.org")
		for name, file := range map[string]string{"fullchain": certificate, "privkey": key} {
			archived := filepath.Join(root, "archive", "example.org", fmt.Sprint(name, number, ".pem"))
			if err := writeFile(archived, must(os.ReadFile(file))(t)); err != nil {
				t.Fatal(err)
			}
			link := filepath.Join(live, name+".pem")
			if err := errors.Join(os.MkdirAll(live, 0o755), os.Chmod(archived, 0o644), os.Symlink("../../archive/example.org/"+filepath.Base(archived), link+".new"), os.Rename(link+".new", link)); err != nil {
				t.Fatal(err)
			}
		}
		block, _ := pem.Decode(must(os.ReadFile(certificate))(t))
		return must(x509.ParseCertificate(block.Bytes))(t).SerialNumber
	}
	must("", os.Chmod(scratch, 0o755))(t)
	renew()
	s := edge(t, "tls-renewed", []string{"nginx"}, "domain=example.org", "tls.mode=provided",
		"tls.certificate_file="+filepath.Join(live, "fullchain.pem"), "tls.key_file="+filepath.Join(live, "privkey.pem"))
	started := must(s.container("nginx"))(t).State.StartedAt
	want := renew()
	eventually(t, 30*time.Second, "the renewed certificate is shown", func() error {
		got, err := shown("20443", "dashboard.example.org", own.pool())
		if err == nil && got.SerialNumber.Cmp(want) != 0 {
			err = errors.New("the one before is shown")
		}
		return err
	})
	if again := must(s.container("nginx"))(t); again.State.StartedAt != started {
		t.Error("nginx was started anew")
	}
	if log := s.logs(t, "nginx"); strings.Contains(log, "WARNING: tls.") {
		t.Errorf("the folder is not seen:\n%s", lastLines(log, 10))
	}
}
