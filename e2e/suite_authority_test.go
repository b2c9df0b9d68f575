//go:build e2e

package e2e

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A new authority, by the step of the runbook: all services believe one another afterwards. Who was not made anew still has the former
// ca.crt, and the provider of logins says that it reaches the directory no more.
func TestMailNewAuthority(t *testing.T) {
	s := mailSuite(t)
	anew := func() {
		t.Helper()
		must(s.compose(6*time.Minute, "up", "-d", "--wait", "--force-recreate"))(t)
		s.trusted = x509.NewCertPool()
		s.trusted.AppendCertsFromPEM(must(os.ReadFile(filepath.Join(s.dir, "ca.crt")))(t))
	}
	// However this ends, the tests after it meet services that believe one another.
	t.Cleanup(func() {
		if t.Failed() {
			anew()
		}
	})
	s.watch(t, "authority", "canaille", "dovecot", "mta")
	if runbook := string(must(os.ReadFile(filepath.Join(s.dir, "README.md")))(t)); !strings.Contains(runbook, "`owgen generate && docker compose up -d --wait --force-recreate`") {
		t.Error("the runbook has another step for a new authority")
	}
	must("", errors.Join(os.Remove(filepath.Join(s.dir, "ca.crt")), os.Remove(filepath.Join(s.dir, "secrets", "ca_key"))))(t)
	s.again(t, nil)
	must(s.compose(2*time.Minute, "up", "-d", "--wait", "--no-deps", "--force-recreate", "authority"))(t)
	eventually(t, 2*time.Minute, "canaille's probe believes the directory no more", func() error {
		if out, err := s.in(time.Minute, "canaille", "health"); err == nil {
			return fmt.Errorf("it says %q", out)
		}
		return nil
	})
	anew()

	s.worksTogether(t)
}
