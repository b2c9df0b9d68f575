//go:build e2e

package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Folders of somebody else's, laid over the catalogue: a client of the database server that there is gets a database of its
// own on a volume that has been in use, a certificate with its name, a job in its own container, and a client of its own.
func TestFoldersLaidOverGetWhatTheyRequire(t *testing.T) {
	catalog := filepath.Join(scratch, "contract")
	if err := os.CopyFS(catalog, os.DirFS(filepath.Join("..", "testdata", "ten-minutes"))); err != nil {
		t.Fatal(err)
	}
	edit(t, filepath.Join(catalog, "chat", "service.yaml"), `"30 3 * * *"`, "every 5")
	edit(t, filepath.Join(catalog, "chat", "files", "sweep"), "find ", "echo swept by $(id -u)\nexit 3\n#")
	s := &stack{dir: filepath.Join(scratch, "contract-bundle"), catalog: catalog}
	base := append([]string{"project=" + scratchPrefix + "contract"}, elsewhere...)
	if err := s.generate(base...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.remove)
	s.run(t, 2*time.Minute, "postgres")
	if err := s.generate(append(base, "services.chat=true", "services.chat-robot=true")...); err != nil {
		t.Fatal(err)
	}
	s.run(t, 2*time.Minute, "postgres", "authority", "chat", "chat-robot")

	psql := func(database, sql string) (string, error) {
		return s.compose(time.Minute, "exec", "-T", "postgres", "sh", "-c",
			`PGPASSWORD=$(cat /run/secrets/sql_chat_password) psql -XAtq -h 127.0.0.1 -U chat -d `+database+` -c "`+sql+`"`)
	}
	if out, err := psql("chat", "CREATE TABLE said (what text); INSERT INTO said VALUES ('hello'); SELECT what FROM said"); err != nil || strings.TrimSpace(out) != "hello" {
		t.Errorf("its own database: %q, %v", out, err)
	}
	if out, err := psql("openwisp", "SELECT 1"); err == nil || !strings.Contains(out+err.Error(), "permission denied") {
		t.Errorf("the other's database: %q, %v", out, err)
	}
	if got := s.exec(t, "chat", "openssl", "x509", "-in", "/run/chat/fullchain.pem", "-noout", "-ext", "subjectAltName"); !strings.Contains(got, "DNS:chat.openwisp.localhost") {
		t.Errorf("its certificate is for %s", got)
	}
	if got := strings.Fields(s.exec(t, "chat-robot", "ls", "/run/secrets")); len(got) != 1 || got[0] != "chat_token" {
		t.Errorf("the robot sees the secrets %v", got)
	}
	eventually(t, 2*patience, "the job runs, and its failure is seen", func() error {
		log := s.logs(t, "chat")
		if !strings.Contains(log, "swept by 1001") || !strings.Contains(log, "sweep-rooms FAILED with status 3") {
			return errors.New(log)
		}
		return nil
	})
	dump := filepath.Join(scratch, "chat.dump")
	script := `docker compose exec -T postgres pg_dump -Fc chat >` + dump + ` && docker compose exec -T postgres restore chat <` + dump
	if out, err := command(time.Minute, s.dir, "", "sh", "-c", script); err != nil {
		t.Errorf("backup and restore: %s, %v", out, err)
	}
	if out, err := psql("chat", "SELECT what FROM said"); err != nil || strings.TrimSpace(out) != "hello" {
		t.Errorf("after its restore: %q, %v", out, err)
	}
}

// edit replaces a text in a file, which has to be there.
func edit(t testing.TB, path, old, new string) {
	t.Helper()
	text := string(must(os.ReadFile(path))(t))
	if !strings.Contains(text, old) {
		t.Fatalf("%s does not hold %q", path, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(text, old, new, 1)), 0o755); err != nil {
		t.Fatal(err)
	}
}
