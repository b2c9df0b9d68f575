//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What of the suite of Kopano's programs is built without them: its database, and what says the mail server who somebody is.
func TestMailKopanoWithoutKopano(t *testing.T) {
	seed := filepath.Join(t.TempDir(), "seed.ldif")
	if err := writeFile(seed, []byte(suiteSeed)); err != nil {
		t.Fatal(err)
	}
	settings := []string{"mail.suite=kopano", "directory.seed_file=" + seed}
	for _, image := range []string{"core", "webapp", "zpush"} {
		settings = append(settings, "kopano.images."+image+"=registry.example.org/"+image+"@sha256:"+strings.Repeat("0", 64))
	}
	s, err := newSuite("groupware", "24", settings...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.remove)
	s.watch(t, "mariadb", "mail-login", "openldap")
	s.run(t, 2*time.Minute, "authority")
	s.run(t, 3*time.Minute, "mariadb", "openldap", "mail-login")

	t.Run("Logins", func(t *testing.T) {
		for who, right := range map[login]bool{
			{"anna", suitePassword}:                   true,
			{"a.adler@mail.localhost", suitePassword}: true,
			{"anna", "wrong"}:                         false,
			{"gone", suitePassword}:                   false,
		} {
			out, err := s.in(time.Minute, "mail-login", "doveadm", "auth", "test", who.user, who.password)
			if right != (err == nil) {
				t.Errorf("%s with %q: %v\n%s", who.user, who.password, err, out)
			}
		}
	})
	t.Run("Database", s.keepsKopano)
}

// asKopano asks the database as its client does, by the network and with the password of the file.
func (s *suite) asKopano(database, sql string) (string, error) {
	return s.in(time.Minute, "mariadb", "sh", "-c",
		`MYSQL_PWD=$(cat /run/secrets/sql_kopano_password) exec mariadb --protocol=tcp --host=127.0.0.1 --user=kopano --skip-column-names --execute="$1" "$2"`, "sh", sql, database)
}

// keepsKopano is about what the database keeps: for its client alone, through a kill, a restore and another password.
func (s *suite) keepsKopano(t *testing.T) {
	const count = "SELECT COUNT(*) FROM said WHERE what = 'hällo'"
	if _, err := s.asKopano("kopano", "CREATE TABLE said (what VARCHAR(20)); INSERT INTO said VALUES ('hällo')"); err != nil {
		t.Fatal(err)
	}
	if out, err := s.asKopano("mysql", "SELECT 1"); err == nil {
		t.Errorf("its client reads what is the server's: %s", out)
	}
	there := func(when string) {
		t.Helper()
		eventually(t, 2*patience, "what was written is there "+when, func() error {
			out, err := s.asKopano("kopano", count)
			if err == nil && strings.TrimSpace(out) != "1" {
				t.Fatalf("%s: %s are there", when, out)
			}
			return err
		})
	}
	there("at once")
	s.kill(t, "mariadb")
	there("after a kill")

	dump := filepath.Join(t.TempDir(), "kopano.sql")
	script := func(text string) error {
		_, err := command(time.Minute, s.dir, "", "sh", "-c", text)
		return err
	}
	if err := script("docker compose exec -T mariadb dump kopano >" + dump); err != nil {
		t.Fatal(err)
	}
	if _, err := s.asKopano("kopano", "DELETE FROM said; CREATE TABLE later (what INT)"); err != nil {
		t.Fatal(err)
	}
	if script("head -n 9 "+dump+" | docker compose exec -T mariadb restore kopano") == nil {
		t.Error("half a dump is taken")
	}
	if err := script("docker compose exec -T mariadb restore kopano <" + dump); err != nil {
		t.Fatal(err)
	}
	there("after a restore")
	if out, err := s.asKopano("kopano", "SELECT COUNT(*) FROM later"); err == nil {
		t.Errorf("what came after the backup is there after its restore: %s", out)
	}

	if err := os.WriteFile(filepath.Join(s.dir, "secrets", "sql_kopano_password"), []byte("another password of e2e\n"), 0o444); err != nil {
		t.Fatal(err)
	}
	if _, err := s.compose(2*time.Minute, "restart", "mariadb"); err != nil {
		t.Fatal(err)
	}
	there("with another password")
}
