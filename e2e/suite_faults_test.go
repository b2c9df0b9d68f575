//go:build e2e

package e2e

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap"
	"github.com/google/go-cmp/cmp"
)

// A mail a second comes from outside while one part after the other is killed, and some are away for a while. What the server has
// taken is in the mailbox once, and what it put off, its sender still has.
func TestMailFaults(t *testing.T) {
	s := mailSuite(t)
	s.mendedAfter(t)
	about := fmt.Sprintf("fault %d", time.Now().UnixNano())
	stop, done := make(chan struct{}), make(chan struct{})
	halt := sync.OnceFunc(func() { close(stop); <-done })
	t.Cleanup(halt) // however this ends, the tests after it get none of these mails
	var taken, put atomic.Int64
	had, unsure := map[string]bool{}, map[string]bool{} // by number: what was taken, and what may have been when its sender was cut off
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			number := fmt.Sprintf("number %d.", i)
			mail := letter(stranger, at("anna"), about+" "+number, "hello")
			// As a real server does: what is put off is sent again, until it is taken.
			for err := s.send("smtp", nil, stranger, []string{at("anna")}, mail); err != nil; err = s.send("smtp", nil, stranger, []string{at("anna")}, mail) {
				put.Add(1)
				if errors.Is(err, errUnanswered) {
					unsure[number] = true
				}
				time.Sleep(time.Second)
				select {
				case <-stop:
					return
				default:
				}
			}
			had[number] = true
			taken.Add(1)
			select {
			case <-stop:
				return
			case <-time.After(time.Second):
			}
		}
	}()

	for _, service := range s.services() {
		before := must(s.container(service))(t).State.StartedAt
		s.kill(t, service)
		s.restarted(t, service, before)
		eventually(t, recovery, service+" killed, and all healthy again", s.problems)
	}
	for _, service := range []string{"openldap", "postgres", "rspamd", "dovecot"} {
		must(s.compose(time.Minute, "stop", service))(t)
		time.Sleep(awhile(service))
		must(s.compose(time.Minute, "start", service))(t)
		eventually(t, recovery, service+" was away, and is healthy again", s.problems)
	}
	// Something arrives after all of that, and then nothing more is sent.
	after := taken.Load()
	eventually(t, recovery, "another mail is taken", func() error {
		if taken.Load() == after {
			return fmt.Errorf("%d so far, %d put off", after, put.Load())
		}
		return nil
	})
	halt()
	// What waits in the queue is tried again now, instead of when its time has come.
	must(s.compose(time.Minute, "exec", "-T", "-u", "1001", "mta", "postqueue", "-f"))(t)

	numbers := regexp.MustCompile(regexp.QuoteMeta(about) + ` (number \d+\.)`)
	seen := map[string]int{}
	eventually(t, again, "all that was taken is there", func() error {
		mails, err := s.found(anna, "INBOX", subject(about))
		clear(seen)
		for _, mail := range mails {
			if match := numbers.FindStringSubmatch(mail); match != nil {
				seen[match[1]]++
			}
		}
		for number := range had {
			if err == nil && seen[number] == 0 {
				err = fmt.Errorf("%s is not there, %d of %d are", number, len(seen), len(had))
			}
		}
		return err
	})
	// Who is cut off after the last line, before the answer, sends it once more; so does Postfix to the mailboxes, and says so.
	twice := strings.Count(s.logs(t, "mta"), "message may be sent more than once")
	for number, times := range seen {
		if times > 1 && !unsure[number] {
			if twice--; twice < 0 {
				t.Errorf("%s is there %d times", number, times)
			}
		}
	}
	t.Logf("%d mails taken, %d times put off, %d in the mailbox, %d times a sender was cut off at the end", taken.Load(), put.Load(), len(seen), len(unsure))
}

// After a stop of the machine the directory, the database and the mailboxes come last, and the rest waits for them.
func TestMailPartsComeLate(t *testing.T) {
	s := mailSuite(t)
	s.mendedAfter(t)
	late := []string{"openldap", "postgres", "dovecot"}
	must(s.compose(3*time.Minute, "stop"))(t)
	early := slices.DeleteFunc(s.services(), func(service string) bool { return slices.Contains(late, service) })
	must(s.compose(time.Minute, append([]string{"up", "-d", "--no-deps", "--no-build"}, early...)...))(t)
	time.Sleep(awhile(late[0]))
	for _, service := range late {
		must(s.compose(time.Minute, "up", "-d", "--no-deps", "--no-build", service))(t)
	}
	started := time.Now()
	eventually(t, recovery, "all healthy", s.problems)
	t.Logf("all healthy %s after the last came", time.Since(started).Round(time.Second))
	about := fmt.Sprintf("late %d", time.Now().UnixNano())
	if err := s.send("smtp", nil, stranger, []string{at("anna")}, letter(stranger, at("anna"), about, "hello")); err != nil {
		t.Fatal(err)
	}
	s.arrived(t, anna, "INBOX", about)
}

// While the provider of logins is away the edge says so of each request, such as who opens a link for a new password, and not what opens it.
func TestMailLinksAreInNoLog(t *testing.T) {
	s := mailSuite(t)
	s.watch(t, "nginx")
	code := fmt.Sprintf("e2e%d", time.Now().UnixNano())
	must(s.compose(time.Minute, "stop", "canaille"))(t)
	status, _, _ := s.ask(t, s.client(), asked{method: "GET", address: s.webOrigin("id") + "/reset/anna/" + code})
	must(s.compose(time.Minute, "start", "canaille"))(t)
	eventually(t, 2*time.Minute, "the provider of logins was away, and is healthy again", s.problems)
	if status < 502 || status > 504 {
		t.Errorf("without the provider the link gives %d", status)
	}
	log := s.logs(t, "nginx")
	if !strings.Contains(log, `"GET /reset/*** `) { // the other log has the whole address
		t.Error("nginx says nothing about the request that failed")
	}
	if strings.Contains(log, code) {
		t.Error("what opens the page is in a log")
	}
}

// awhile is how long a part is away: some seconds, or what OWGEN_E2E_AWAY says, and for others than the mailboxes no more than a minute.
func awhile(service string) time.Duration {
	d, err := time.ParseDuration(os.Getenv("OWGEN_E2E_AWAY"))
	switch {
	case err != nil:
		return 15 * time.Second
	case service != "dovecot":
		return min(d, time.Minute)
	}
	return d
}

// The mailboxes and the directory come back from a backup as the runbook makes it.
func TestMailRestored(t *testing.T) {
	s := mailSuite(t)
	s.mendedAfter(t)
	about := fmt.Sprintf("kept %d", time.Now().UnixNano())
	if err := s.send("smtp", nil, stranger, []string{at("anna")}, letter(stranger, at("anna"), about, "hello")); err != nil {
		t.Fatal(err)
	}
	s.arrived(t, anna, "INBOX", about)
	// Who is in no seed file, and what services keep in the directory, come back as well.
	s.exec(t, "openldap", "sh", "-c", "echo a password of later | account add later 'Later Added'")
	backup := filepath.Join(scratch, "mail-backup")
	if err := os.MkdirAll(backup, 0o700); err != nil {
		t.Fatal(err)
	}
	save := func(service, program, file string) {
		must(command(time.Minute, s.dir, "", "sh", "-c", fmt.Sprintf("docker compose exec -T %s %s > %s/%s", service, program, backup, file)))(t)
	}
	save("openldap", "export", "directory.ldif")
	save("dovecot", "backup", "mailboxes.tar")

	directory := string(must(os.ReadFile(filepath.Join(backup, "directory.ldif")))(t))
	if hashed := base64.StdEncoding.EncodeToString([]byte("{ARGON2}")[:6]); strings.Contains(directory, suitePassword) ||
		strings.Contains(directory, base64.StdEncoding.EncodeToString([]byte(suitePassword))) || strings.Count(directory, "userPassword:: "+hashed) < 5 {
		t.Errorf("not all passwords are hashed:\n%s", directory)
	}
	must(s.compose(time.Minute, "stop", "dovecot", "openldap"))(t)
	must(s.compose(time.Minute, "rm", "-f", "dovecot", "openldap"))(t)
	for _, volume := range []string{"mailboxes", "directory_data"} {
		must(command(time.Minute, "", "", "docker", "volume", "rm", s.project+"_"+volume))(t)
	}
	restore := func(service, program, file string) {
		must(command(time.Minute, s.dir, "", "sh", "-c", fmt.Sprintf("docker compose run --rm -T --no-deps %s %s < %s/%s", service, program, backup, file)))(t)
	}
	entries := func(ldif string) []string {
		return slices.Sorted(slices.Values(slices.DeleteFunc(strings.Split(ldif, "\n"), func(line string) bool { return !strings.HasPrefix(line, "dn: ") })))
	}
	restore("openldap", "import", "directory.ldif")
	restore("dovecot", "restore", "mailboxes.tar")
	if err := s.up(2 * time.Minute); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(entries(directory), entries(s.exec(t, "openldap", "export"))); diff != "" {
		t.Errorf("the directory (-before +after)\n%s", diff)
	}
	// Whoever brings the file itself over has no mark of this service beside it.
	s.exec(t, "openldap", "sh", "-c", "rm /var/lib/ldap/made /var/lib/ldap/seeded")
	must(s.compose(time.Minute, "restart", "openldap"))(t)
	if err := s.up(2 * time.Minute); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(entries(directory), entries(s.exec(t, "openldap", "export"))); diff != "" {
		t.Errorf("the directory without a mark (-before +after)\n%s", diff)
	}
	s.arrived(t, anna, "INBOX", about)
	text := imap.NewSearchCriteria()
	text.Text = []string{about}
	eventually(t, 2*patience, "the search finds the mail", func() error {
		mails, err := s.found(anna, "INBOX", text)
		if err == nil && len(mails) != 1 {
			err = fmt.Errorf("it finds %d mails", len(mails))
		}
		return err
	})
}
