//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A secret that was lost, and made anew over the volumes of before, ends the start with a message that says which file
// is wrong; with the old one back, everything runs again.
func TestLostSecretIsNamed(t *testing.T) {
	s := newStack(t, "lost", slices.Concat(everythingOff, elsewhere)...)
	s.run(t, 4*time.Minute)
	password := s.secret(t, "admin_password")
	must(s.compose(2*time.Minute, "down"))(t)
	secret, kept := filepath.Join(s.dir, "secrets", "sql_password"), filepath.Join(scratch, "kept-secret")
	if err := os.Rename(secret, kept); err != nil {
		t.Fatal(err)
	}
	must(command(time.Minute, s.dir, "", owgen, "generate"))(t)

	if err := s.up(2 * time.Minute); err == nil {
		t.Error("it starts with another password than its database was made with")
	}
	log := s.logs(t, "migrate") + s.logs(t, "postgres")
	if !strings.Contains(log, "secrets/sql_password") {
		t.Errorf("nobody names secrets/sql_password:\n%s", lastLines(log, 20))
	}
	t.Log(lastLines(log, 12))

	must(s.compose(2*time.Minute, "down"))(t)
	if err := os.Rename(kept, secret); err != nil {
		t.Fatal(err)
	}
	if err := s.up(4 * time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := s.tryLogin(s.client(t), password); err != nil {
		t.Error(err)
	}
}
