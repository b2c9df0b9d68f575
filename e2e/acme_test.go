//go:build e2e

package e2e

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const pebblePort, pebbleManagement = "14000", "15000"

// certificateLife is short enough for a renewal within a test: one is due when a third is left, and the service looks twice a minute. It does so
// soon after the renewal is due, which leaves a slow machine most of that third.
const certificateLife = 135 * time.Second

// pebble runs Let's Encrypt's test server for ACME on the host, with a name server that sends each name to this machine.
func pebble(t *testing.T, address string) (ca string) {
	t.Helper()
	own := newAuthority(t)
	certificate, key := own.issue(t, address, "127.0.0.1")
	config := filepath.Join(own.dir, "pebble.json")
	content := must(json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress":           "0.0.0.0:" + pebblePort,
		"managementListenAddress": "127.0.0.1:" + pebbleManagement,
		"certificate":             certificate,
		"privateKey":              key,
		"httpPort":                20080,
		"tlsPort":                 20443,
		"retryAfter":              map[string]int{"authz": 1, "order": 1},
		"profiles": map[string]any{"default": map[string]any{
			"description": "short", "validityPeriod": int(certificateLife.Seconds()),
		}},
	}}))(t)
	if err := writeFile(config, content); err != nil {
		t.Fatal(err)
	}
	background(t, tool(t, "pebble-challtestsrv"), "-defaultIPv6", "", "-defaultIPv4", "127.0.0.1", "-dnsserver", "127.0.0.1:8053",
		"-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "", "-management", "127.0.0.1:8055")
	background(t, tool(t, "pebble"), "-config", config, "-dnsserver", "127.0.0.1:8053")
	return own.file
}

// tool builds one of the programs in tools/go.mod.
func tool(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(scratch, name)
	build := exec.Command("go", "build", "-o", path, "github.com/letsencrypt/pebble/v2/cmd/"+name)
	build.Dir = "tools"
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%s does not build: %v\n%s", name, err, out)
	}
	return path
}

// background runs a program until the test ends, and shows what it said if that fails.
func background(t testing.TB, name string, args ...string) {
	t.Helper()
	var said bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("--- %s\n%s", filepath.Base(name), lastLines(said.String(), 25))
		}
	})
}

// pebbleRoots are the authorities that Pebble made up at its start.
func pebbleRoots() (*x509.CertPool, error) {
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // only loopback
	got, err := fetch(client, "GET", "https://127.0.0.1:"+pebbleManagement+"/roots/0", "")
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(got.body)) {
		return nil, errors.New("no root: " + got.String())
	}
	return pool, nil
}

func TestTLSACMEIssuesAndRenewsWithoutAStop(t *testing.T) {
	s := newStack(t, "tls-acme", append(append([]string{}, elsewhere...), "domain=acme.test", "tls.mode=acme", "tls.acme_directory=https://pebble.test/dir")...)
	address := s.gateway(t, "edge").String()
	ca := pebble(t, address)
	// The address of Pebble follows from the bundle's networks, so it is known only now.
	if err := s.generate("project="+s.project, "domain=acme.test", "tls.mode=acme", "tls.acme_ca_file="+ca,
		"tls.acme_directory=https://"+address+":"+pebblePort+"/dir"); err != nil {
		t.Fatal(err)
	}
	s.watch(t, "acme", "nginx")
	if err := s.build("nginx", "acme"); err != nil {
		t.Fatal(err)
	}
	var roots *x509.CertPool
	eventually(t, patience, "Pebble starts", func() (err error) {
		roots, err = pebbleRoots()
		return err
	})
	if err := s.up(3*time.Minute, "nginx", "acme"); err != nil {
		t.Fatal(err)
	}
	var first *x509.Certificate
	eventually(t, patience, "the certificate is shown", func() (err error) {
		first, err = shown("20443", "dashboard.acme.test", roots)
		return err
	})
	if err := first.VerifyHostname("api.acme.test"); err != nil {
		t.Errorf("the certificate is not for all public names: %v", err)
	}
	// Challenges are answered under any name: a mail server's is in the certificate as well, and no route leads there.
	s.exec(t, "acme", "sh", "-c", "echo answer >/srv/acme/.well-known/acme-challenge/e2e && chmod 0644 /srv/acme/.well-known/acme-challenge/e2e")
	asked := must(http.NewRequest("GET", "http://127.0.0.1:20080/.well-known/acme-challenge/e2e", nil))(t)
	asked.Host = "mail.acme.test"
	answer := must(http.DefaultClient.Do(asked))(t)
	defer answer.Body.Close()
	if body := must(io.ReadAll(answer.Body))(t); answer.StatusCode != 200 || string(body) != "answer\n" {
		t.Errorf("a challenge for a mail server's name is answered with %d %q", answer.StatusCode, body)
	}

	// From here on each connection has to succeed, with a valid certificate, until the next one is in use.
	started, failures := must(s.container("nginx"))(t).State.StartedAt, 0
	tried := 0
	eventually(t, certificateLife+patience, "the certificate is renewed", func() error {
		tried++
		now, err := shown("20443", "dashboard.acme.test", roots)
		if err != nil {
			failures++
			t.Errorf("connection %d: %v", tried, err)
			return err
		}
		if now.SerialNumber.Cmp(first.SerialNumber) == 0 {
			return fmt.Errorf("it is still that of %s", first.NotBefore)
		}
		return nil
	})
	if now := must(s.container("nginx"))(t).State.StartedAt; now != started {
		t.Errorf("nginx was started anew at %s", now)
	}
	t.Logf("%d connections, %d failed", tried, failures)
}
