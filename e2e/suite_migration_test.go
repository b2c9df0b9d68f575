//go:build e2e

package e2e

import (
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap"
	imapclient "github.com/emersion/go-imap/client"
)

// oldPeople are in testdata/import/kopano.ldif, with this password in different hashes.
const oldPeoplesPassword = "a password of old"

// fromKopano makes a seed of the people of another directory, as docs/mail.md says.
func (s *suite) fromKopano() (string, error) {
	old, err := os.ReadFile(filepath.Join("..", "testdata", "import", "kopano.ldif"))
	if err != nil {
		return "", err
	}
	return command(time.Minute, s.dir, string(old), "sh", "dockerfiles/openldap/files/from-kopano")
}

// People of another directory log in with the passwords that they had, and get the mail that they got.
func TestMailMigrationOfPeople(t *testing.T) {
	s := mailSuite(t)
	for _, name := range []string{"olga", "otto", "sha"} { // by SSHA, crypt and SSHA512
		c, err := s.mailbox(login{name, oldPeoplesPassword}, "INBOX")
		if err != nil {
			t.Errorf("%s cannot log in: %v", name, err)
			continue
		}
		_ = c.Logout()
	}
	for _, name := range []string{"new", "off", "room1"} {
		if c, err := s.mailbox(login{name, oldPeoplesPassword}, "INBOX"); err == nil {
			t.Errorf("%s is let in", name)
			_ = c.Logout()
		}
	}
	about := fmt.Sprintf("old%d", time.Now().UnixNano())
	for name, to := range map[string]string{"olga": at("o.osterreich"), "otto": at("old.team")} {
		if err := s.send("smtp", nil, stranger, []string{to}, letter(stranger, to, about+name, "to "+name)); err != nil {
			t.Fatal(err)
		}
		s.arrived(t, login{name, oldPeoplesPassword}, "INBOX", about+name)
	}
	if quota := s.exec(t, "dovecot", "doveadm", "quota", "get", "-u", "olga"); !strings.Contains(quota, "1171875") {
		t.Errorf("olga's quota is not hers:\n%s", quota)
	}
}

// What stands in the old directory makes no entries or lines of its own here, and names no file that is read.
func TestMailMigrationOfHostilePeople(t *testing.T) {
	s := mailSuite(t)
	quota := base64.StdEncoding.EncodeToString([]byte("5\nmailQuota: 6\n\ndn: uid=smuggled,ou=people,dc=mail,dc=localhost"))
	old := "dn: uid=eve,ou=users,dc=mail,dc=localhost\nobjectClass: kopano-user\nuid: eve\ncn: Eve\nsn: Eve\ntitle:< file:///etc/passwd\n" +
		"mail: eve@mail.localhost\nkopanoAccount: 1\nkopanoQuotaOverride: 1\nkopanoQuotaHard:: " + quota + "\n"
	got := must(command(time.Minute, s.dir, old, "sh", "dockerfiles/openldap/files/from-kopano"))(t)
	if !strings.Contains(got, "mail: eve@mail.localhost\nmailEnabled: TRUE\n") {
		t.Errorf("she is not there:\n%s", got)
	}
	for _, word := range []string{"\ndn: uid=smuggled", "\nmailQuota", "\ntitle"} {
		if strings.Contains(got, word) {
			t.Errorf("there is %q in\n%s", word, got)
		}
	}
}

// oldServer is an IMAP server of another kind of storage, names of folders and password, without TLS.
func (s *suite) oldServer(t testing.TB, password string) (address string) {
	t.Helper()
	dir := t.TempDir()
	config := `dovecot_config_version = 2.4.1
dovecot_storage_version = 2.4.1
base_dir = /tmp/run
state_dir = /tmp/run
log_path = /dev/stderr
protocols = imap
default_internal_user = openwisp
default_internal_group = openwisp
default_login_user = openwisp
mail_uid = openwisp
mail_gid = openwisp
first_valid_uid = 1001
mail_home = /tmp/mail/%{user}
mail_driver = maildir
mail_path = ~/mail
ssl = no
auth_allow_cleartext = yes
passdb static {
  password = </password
}
namespace inbox {
  inbox = yes
  separator = .
}
service imap-login {
  chroot =
  inet_listener imap {
    port = 1143
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`
	for name, text := range map[string]string{"dovecot.conf": config, "password": "{PLAIN.b64}" + base64.StdEncoding.EncodeToString([]byte(password))} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	name := scratchPrefix + "old-imap"
	_, _ = command(time.Minute, "", "", "docker", "rm", "-f", "-v", name)
	t.Cleanup(func() {
		if t.Failed() {
			out, _ := command(time.Minute, "", "", "docker", "logs", "--tail", "25", name)
			t.Logf("--- %s\n%s", name, out)
		}
		_, _ = command(time.Minute, "", "", "docker", "rm", "-f", "-v", name)
	})
	must(command(time.Minute, "", "", "docker", "run", "-d", "--name", name, "--network", s.project+"_edge", "-v", dir+"/dovecot.conf:/old.conf:ro", "-v", dir+"/password:/password:ro",
		s.file.Services["dovecot"].Image, "dovecot", "-F", "-c", "/old.conf"))(t)
	return must(inspect(name))(t).NetworkSettings.Networks[s.project+"_edge"].IPAddress
}

// A mail as it lies in a folder.
type lying struct {
	folder, subject, body string
	flags                 []string
	date                  time.Time
}

// put appends mails to the folders of a mailbox.
func put(c *imapclient.Client, mails ...lying) error {
	for _, m := range mails {
		if m.folder != "INBOX" {
			_ = c.Create(m.folder) // it may be there
		}
		text := fmt.Sprintf("From: %s\r\nSubject: %s\r\n\r\n%s\r\n", stranger, m.subject, m.body)
		if err := c.Append(m.folder, m.flags, m.date, strings.NewReader(text)); err != nil {
			return fmt.Errorf("%s: %w", m.folder, err)
		}
	}
	return nil
}

// lyingIn lists all mails of a mailbox, in a line each.
func lyingIn(c *imapclient.Client) (out []string, err error) {
	folders, names := make(chan *imap.MailboxInfo, 100), []string{}
	if err := c.List("", "*", folders); err != nil {
		return nil, err
	}
	for f := range folders {
		names = append(names, f.Name)
	}
	for _, name := range names {
		status, err := c.Select(name, true)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if status.Messages == 0 {
			out = append(out, name+" is empty")
			continue
		}
		all, messages, section := new(imap.SeqSet), make(chan *imap.Message, status.Messages), &imap.BodySectionName{Peek: true}
		all.AddRange(1, status.Messages)
		if err := c.Fetch(all, []imap.FetchItem{imap.FetchEnvelope, imap.FetchFlags, imap.FetchInternalDate, section.FetchItem()}, messages); err != nil {
			return nil, err
		}
		for m := range messages {
			body, err := io.ReadAll(m.GetBody(section))
			if err != nil {
				return nil, err
			}
			m.Flags = slices.DeleteFunc(m.Flags, func(flag string) bool { return strings.EqualFold(flag, imap.RecentFlag) })
			slices.Sort(m.Flags)
			_, text, _ := strings.Cut(string(body), "\r\n\r\n")
			out = append(out, fmt.Sprintf("%s: %s, %s, %v, %s", name, m.Envelope.Subject, m.InternalDate.UTC().Format(time.DateTime), m.Flags, strings.TrimSpace(text)))
		}
	}
	slices.Sort(out)
	return out, nil
}

// A mailbox comes over from another server by the commands of docs/mail.md, twice, and nothing is lost or doubled.
func TestMailMigrationOfMailboxes(t *testing.T) {
	s := mailSuite(t)
	there := login{"olga@old.example", `old "p$w" \1 # %{user} <x`}
	here := login{"sha", oldPeoplesPassword}
	server := s.oldServer(t, there.password)
	day := func(year int) time.Time { return time.Date(year, 3, 4, 5, 6, 7, 0, time.UTC) }

	var old *imapclient.Client
	eventually(t, 2*patience, "the old server answers", func() (err error) {
		if old, err = imapclient.Dial(server + ":1143"); err == nil {
			old.ErrorLog = log.New(io.Discard, "", 0)
			err = old.Login(there.user, there.password)
		}
		return err
	})
	defer func() { _ = old.Logout() }()
	if err := put(old,
		lying{"INBOX", "first", "one", []string{imap.SeenFlag, imap.FlaggedFlag}, day(2011)},
		lying{"INBOX", "first", "the same subject, another mail", nil, day(2012)},
		lying{"Archive.2019.Spring", "deep", strings.Repeat("0123456789\r\n", 20_000) + "end", []string{imap.AnsweredFlag, "own-keyword"}, day(2019)},
		lying{"Sent Items", "sent", "by me", []string{imap.SeenFlag}, day(2020)},
		lying{"Öde & leer", "umlaut", "ü", []string{imap.DraftFlag}, day(2021)},
	); err != nil {
		t.Fatal(err)
	}
	if err := s.send("smtp", nil, stranger, []string{at("sha")}, letter(stranger, at("sha"), "came before", "new here")); err != nil {
		t.Fatal(err)
	}
	s.arrived(t, here, "INBOX", "came before")

	fetch := func(password string, args ...string) (string, error) {
		return command(5*time.Minute, s.dir, password, "docker", append([]string{"compose", "exec", "-T", "dovecot", "fetch"}, args...)...)
	}
	plain := []string{"-s", "none", "-p", "1143", "-l", there.user, "sha", server}
	mailbox := func() []string {
		t.Helper()
		c := must(s.mailbox(here, "INBOX"))(t)
		defer func() { _ = c.Logout() }()
		return must(lyingIn(c))(t)
	}
	// Certificates are verified against those of public authorities, which have to be there for that.
	s.exec(t, "dovecot", "test", "-s", "/etc/ssl/certs/ca-certificates.crt")
	before := mailbox()
	for what, args := range map[string][]string{"no TLS there": {"-p", "1143", "-l", there.user, "sha", server}, "nobody here": {"-s", "none", "-p", "1143", "nobody-here", server},
		"a certificate of nobody": {"-p", "1993", "sha", "127.0.0.1"}, "an option as a server": {"-s", "none", "sha", "-oProxy"}, "a setting as a port": {"-p", "1\nx=y", "sha", server}} {
		if out, err := fetch(there.password, args...); err == nil || strings.Contains(out+err.Error(), there.password) {
			t.Errorf("%s: %v\n%s", what, err, out)
		}
	}
	if _, err := fetch("wrong", plain...); err == nil {
		t.Error("a wrong password does")
	}
	if got := mailbox(); !slices.Equal(got, before) {
		t.Errorf("what failed left %q", got)
	}

	want := func(when string, first ...string) {
		t.Helper()
		var got []string
		for _, line := range mailbox() {
			if !strings.HasSuffix(line, " is empty") && !strings.Contains(line, "came before") {
				got = append(got, line)
			}
		}
		slices.Sort(first)
		if !slices.Equal(got, first) {
			short := func(lines []string) (out []string) {
				for _, line := range lines {
					out = append(out, abridge(line))
				}
				return out
			}
			t.Errorf("%s there is\n%s\nnot\n%s", when, strings.Join(short(got), "\n"), strings.Join(short(first), "\n"))
		}
		s.arrived(t, here, "INBOX", "came before")
	}
	deep := "Archive/2019/Spring: deep, 2019-03-04 05:06:07, [\\Answered own-keyword], " + strings.Repeat("0123456789\r\n", 20_000) + "end"
	rest := []string{"INBOX: first, 2012-03-04 05:06:07, [], the same subject, another mail", deep, "Sent Items: sent, 2020-03-04 05:06:07, [\\Seen], by me", "Öde & leer: umlaut, 2021-03-04 05:06:07, [\\Draft], ü"}
	must(fetch(there.password+"\n", plain...))(t)
	want("after the first time", append([]string{"INBOX: first, 2011-03-04 05:06:07, [\\Flagged \\Seen], one"}, rest...)...)
	must(fetch(there.password, plain...))(t)
	want("after the second time", append([]string{"INBOX: first, 2011-03-04 05:06:07, [\\Flagged \\Seen], one"}, rest...)...)

	s.exec(t, "dovecot", "doveadm", "move", "-u", "sha", "Sent", "mailbox", "Sent Items", "all")
	s.exec(t, "dovecot", "doveadm", "mailbox", "delete", "-u", "sha", "Sent Items")
	rest[2] = strings.Replace(rest[2], "Sent Items", "Sent", 1)
	want("after the move", append([]string{"INBOX: first, 2011-03-04 05:06:07, [\\Flagged \\Seen], one"}, rest...)...)
	if left := s.exec(t, "dovecot", "sh", "-c", "ls -a /tmp"); strings.Contains(left, "fetch.") {
		t.Errorf("fetch left in /tmp: %s", left)
	}
}
