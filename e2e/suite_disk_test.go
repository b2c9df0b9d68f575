//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A disk that is full: what was taken waits until there is room, and what cannot be kept is put off. Nothing is lost, and nothing
// comes back to who sent it.
func TestMailDiskIsFull(t *testing.T) {
	small := func(name string) string {
		return "  " + name + ":\n    driver_opts: {type: tmpfs, device: tmpfs, o: \"size=160m,uid=1001,gid=1001,mode=0755\"}\n"
	}
	override := "volumes:\n" + small("mailboxes") + small("mta_spool")
	file := filepath.Join(scratch, "suite-29", "docker-compose.override.yml")
	if err := writeFile(file, []byte(override)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(file) }) // after the stack
	s, err := startSuite("groupware", "29", "services.sogo=false", "services.clamav=false")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.remove)
	s.watch(t, "mta", "dovecot")
	send := func(about string) error {
		return s.send("smtp", nil, stranger, []string{at("anna")}, letter(stranger, at("anna"), about, strings.Repeat("twenty characters..\n", 5000)))
	}
	fill := func(service, folder string) {
		_, _ = s.in(time.Minute, service, "sh", "-c", "dd if=/dev/zero of="+folder+"/fill bs=64k 2>/dev/null; dd if=/dev/zero of="+folder+"/fill2 bs=1k 2>/dev/null")
	}
	empty := func(service, folder string) { s.exec(t, service, "rm", "-f", folder+"/fill", folder+"/fill2") }

	fill("dovecot", "/srv/mail")
	about := fmt.Sprintf("no room in the mailbox %d", time.Now().UnixNano())
	if err := send(about); err != nil && !refusedWith(err, "4") {
		t.Errorf("with full mailboxes: %v", err)
	}
	eventually(t, patience, "the mail waits", func() error {
		if queue := s.exec(t, "mta", "setpriv", "--reuid", "1001", "--regid", "1001", "--clear-groups", "postqueue", "-j"); !strings.Contains(queue, "anna@") || !strings.Contains(queue, `"deferred"`) {
			return fmt.Errorf("the queue: %s", queue)
		}
		return nil
	})
	empty("dovecot", "/srv/mail")
	must(s.compose(time.Minute, "exec", "-T", "-u", "1001", "mta", "postqueue", "-f"))(t)
	s.arrived(t, anna, "INBOX", about)

	_, _ = s.compose(time.Minute, "exec", "-T", "-u", "1001", "mta", "sh", "-c", "dd if=/dev/zero of=/var/spool/postfix/fill bs=64k 2>/dev/null")
	if err := send("no room in the queue"); !refusedWith(err, "452 4.3.1") {
		t.Errorf("with a full queue: %v", err)
	}
	must(s.compose(time.Minute, "exec", "-T", "-u", "1001", "mta", "rm", "-f", "/var/spool/postfix/fill"))(t)
	about = fmt.Sprintf("room again %d", time.Now().UnixNano())
	if err := send(about); err != nil {
		t.Error(err)
	}
	s.arrived(t, anna, "INBOX", about)
}
