//go:build e2e

package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/smtp"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap"
	imapclient "github.com/emersion/go-imap/client"
)

// suite is a stack of the profile groupware, which the tests of mail share.
type suite struct {
	*stack
	trusted *x509.CertPool
	ports   map[string]string
	pool    string
}

const (
	suiteDomain   = "mail.localhost"
	suiteSecond   = "second.localhost"  // a further domain, of which nobody has an address
	suitePassword = "a password of e2e" // of everybody in suiteSeed
	suiteSink     = "2526"
)

// suiteSeed are people and a group of the first start.
const suiteSeed = `dn: uid=anna,ou=people,dc=mail,dc=localhost
objectClass: inetOrgPerson
objectClass: mailAccount
uid: anna
cn: Anna Adler
sn: Adler
mail: anna@mail.localhost
mailAlias: a.adler@mail.localhost
mailEnabled: TRUE
userPassword: a password of e2e

dn: uid=bert,ou=people,dc=mail,dc=localhost
objectClass: inetOrgPerson
objectClass: mailAccount
uid: bert
cn: Bert Braun
sn: Braun
mail: bert@mail.localhost
mailQuota: 1048576
mailEnabled: TRUE
userPassword: a password of e2e

dn: uid=cb,ou=people,dc=mail,dc=localhost
objectClass: inetOrgPerson
objectClass: mailAccount
uid: cb
cn: Carl Brown
sn: Brown
mail: bert.brown@mail.localhost
mailEnabled: TRUE
userPassword: a password of e2e

dn: uid=paul,ou=people,dc=mail,dc=localhost
objectClass: inetOrgPerson
objectClass: mailAccount
uid: paul
cn: Paul Peters
sn: Peters
mail: paul@mail.localhost
mailEnabled: TRUE
userPassword: a password of e2e

dn: uid=rita,ou=people,dc=mail,dc=localhost
objectClass: inetOrgPerson
objectClass: mailAccount
uid: rita
cn: Rita Reed
sn: Reed
mail: rita@mail.localhost
mail: rita@elsewhere.example
mailEnabled: TRUE
userPassword: a password of e2e

dn: uid=dora,ou=people,dc=mail,dc=localhost
objectClass: inetOrgPerson
objectClass: mailAccount
uid: dora
cn: Dora Dorn
sn: Dorn
mail: d.dorn@mail.localhost
mail: dora@private.example
mailAlias: dorn@mail.localhost
mailEnabled: TRUE
userPassword: a password of e2e

dn: uid=gone,ou=people,dc=mail,dc=localhost
objectClass: inetOrgPerson
objectClass: mailAccount
uid: gone
cn: Somebody who left
sn: Gone
mail: gone@mail.localhost
mailEnabled: FALSE
userPassword: a password of e2e

dn: cn=staff,ou=groups,dc=mail,dc=localhost
objectClass: groupOfNames
objectClass: mailAccount
cn: staff
mail: staff@mail.localhost
mailEnabled: TRUE
member: uid=anna,ou=people,dc=mail,dc=localhost
member: uid=postmaster,ou=people,dc=mail,dc=localhost
member: uid=gone,ou=people,dc=mail,dc=localhost

dn: uid=partner,ou=people,dc=mail,dc=localhost
objectClass: inetOrgPerson
objectClass: mailAccount
uid: partner
cn: Somebody elsewhere
sn: Partner
mail: partner@elsewhere.example
mailAlias: partner@mail.localhost
mailEnabled: TRUE

dn: cn=project,ou=groups,dc=mail,dc=localhost
objectClass: groupOfNames
objectClass: mailAccount
cn: project
mail: project@mail.localhost
mailEnabled: TRUE
member: uid=anna,ou=people,dc=mail,dc=localhost
member: uid=partner,ou=people,dc=mail,dc=localhost

dn: cn=choir,ou=groups,dc=mail,dc=localhost
objectClass: groupOfNames
objectClass: mailAccount
cn: choir
mail: choir@mail.localhost
mailEnabled: TRUE
member: uid=dora,ou=people,dc=mail,dc=localhost
`

// mailStack is the stack that the tests of mail use, from the first that asks for it on.
var mailStack = sync.OnceValues(func() (*suite, error) { return startSuite("groupware", "26", "mail.domains=["+suiteSecond+"]") })

func mailSuite(t testing.TB) *suite {
	t.Helper()
	return must(mailStack())(t)
}

// startSuite starts a profile with mail in it, with the people of suiteSeed and those of another directory.
func startSuite(profile, number string, settings ...string) (*suite, error) {
	seed := filepath.Join(scratch, "seed.ldif")
	if err := os.WriteFile(seed, []byte(suiteSeed), 0o644); err != nil {
		return nil, err
	}
	s, err := newSuite(profile, number, append([]string{"directory.seed_file=" + seed}, settings...)...)
	if err != nil {
		return nil, err
	}
	moved, err := s.fromKopano()
	if err == nil {
		err = os.WriteFile(seed, []byte(suiteSeed+"\n"+moved), 0o644)
	}
	if err != nil {
		return nil, err
	}
	return s, s.start()
}

// startOpenWISP starts OpenWISP with mail beside it, and without what its dashboard does not need.
func startOpenWISP(number string, settings ...string) (*suite, error) {
	without := slices.DeleteFunc(slices.Clone(everythingOff), func(off string) bool {
		return strings.HasPrefix(off, "services.postfix") // the profile has none
	})
	return startSuite("mail-enabled", number, append(without, settings...)...) // the caller's own come last, and count
}

// newSuite makes a bundle with mail in it, whose ports and networks begin with that number, so that several run side by side.
// 28 and 30 are the networks of other stacks.
func newSuite(profile, number string, settings ...string) (*suite, error) {
	s := &suite{stack: &stack{dir: filepath.Join(scratch, "suite-"+number), profile: profile}, pool: "172." + number + ".0.0/16",
		ports: map[string]string{"smtp": "025", "submission": "587", "submissions": "465", "imaps": "993", "pop3s": "995", "sieve": "190",
			"https": "443", "http": "080", "media_udp": "882", "media_tcp": "881", "turn": "478", "turn_tls": "349"}}
	settings = append([]string{"project=" + scratchPrefix + "suite-" + number, "domain=" + suiteDomain, "network.pool=" + s.pool,
		"antivirus.update=false", "mail.greylist=false", "mail.spam_mark=25", "mail.spam_reject=50", // the sender has no DNS here
		"mail.relayhost=[" + s.host() + "]:" + suiteSink, "rest.programs={e2e: " + programRedirect + "}"}, settings...) // the test's own come last, and count
	for name, port := range s.ports {
		s.ports[name] = number + port
		settings = append(settings, "publish."+name+"="+s.ports[name])
	}
	// What the one before with that number was told does not count for this one, and an override that lies there already does.
	if err := os.RemoveAll(filepath.Join(s.dir, "owgen.yaml")); err != nil {
		return nil, err
	}
	return s, s.generate(settings...)
}

// start builds what is missing of it, and waits until all is healthy.
func (s *suite) start() error {
	started := time.Now()
	if err := s.build(); err != nil {
		return err
	}
	built := time.Now()
	if err := s.up(5 * time.Minute); err != nil {
		return err
	}
	fmt.Printf("e2e: mail: images %.0f s, up to all healthy %.0f s (%s)\n", built.Sub(started).Seconds(), time.Since(built).Seconds(), s.project)
	if s.trusted != nil { // a certificate of the test's own
		return nil
	}
	authority, err := os.ReadFile(filepath.Join(s.dir, "ca.crt"))
	if err != nil {
		return err
	}
	s.trusted = x509.NewCertPool()
	s.trusted.AppendCertsFromPEM(authority)
	return nil
}

// host is this machine's address on the stack's first network.
func (s *suite) host() string { return strings.TrimSuffix(s.pool, "0/16") + "1" }

func (s *suite) tls(host string) *tls.Config {
	return &tls.Config{RootCAs: s.trusted, ServerName: host + "." + suiteDomain}
}

// adds makes an account, as an administrator does.
func (s *suite) adds(t testing.TB, who login, name string) {
	t.Helper()
	must(command(time.Minute, s.dir, who.password+"\n", "docker", "compose", "exec", "-T", "openldap", "account", "add", who.user, name))(t)
}

// login is who sends.
type login struct{ user, password string }

// send hands a mail in, and does so again where the mail server has had enough logins of this minute from here: another test may have
// guessed.
func (s *suite) send(port string, who *login, from string, to []string, mail string) (err error) {
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(5 * time.Second) {
		err = s.handsIn(port, who, from, to, mail)
		if err == nil || !strings.Contains(err.Error(), "too many AUTH commands") || time.Now().After(deadline) {
			return err
		}
	}
}

// handsIn hands a mail in as a mail program or another server does: at 465 with TLS from the start, at 587 and 25 after STARTTLS.
// Without a login it goes to 25.
func (s *suite) handsIn(port string, who *login, from string, to []string, mail string) error {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", s.ports[port]), 10*time.Second)
	if err != nil {
		return err
	}
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	if port == "submissions" {
		conn = tls.Client(conn, s.tls("mail"))
	}
	c, err := smtp.NewClient(conn, "mail."+suiteDomain)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Hello("outside.example"); err != nil {
		return err
	}
	if port != "submissions" {
		if err := c.StartTLS(s.tls("mail")); err != nil {
			return err
		}
	}
	if who != nil {
		if err := c.Auth(smtp.PlainAuth("", who.user, who.password, "mail."+suiteDomain)); err != nil {
			return err
		}
	}
	if err := c.Mail(from); err != nil {
		return err
	}
	for _, one := range to {
		if err := c.Rcpt(one); err != nil {
			return err
		}
	}
	body, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := body.Write([]byte(strings.ReplaceAll(mail, "\n", "\r\n"))); err != nil {
		return err
	}
	if err := body.Close(); err != nil {
		if errors.As(err, new(*textproto.Error)) {
			return err
		}
		return fmt.Errorf("%w: %w", errUnanswered, err)
	}
	return nil
}

// errUnanswered is what a sender knows that was cut off after the last line of a mail: it may have been taken.
var errUnanswered = errors.New("the mail was sent, and no answer came")

// letter is a mail with a subject, by which a test finds it.
func letter(from, to, subject, body string) string {
	return fmt.Sprintf("From: %s\nTo: %s\nSubject: %s\nMessage-ID: <%d@e2e.example>\nDate: %s\n\n%s\n", from, to, subject, time.Now().UnixNano(),
		time.Now().Format(time.RFC1123Z), body)
}

// mailbox opens somebody's folder by IMAP. Who calls it closes it.
func (s *suite) mailbox(who login, folder string) (*imapclient.Client, error) {
	c, err := imapclient.DialTLS(net.JoinHostPort("127.0.0.1", s.ports["imaps"]), s.tls("imap"))
	if err != nil {
		return nil, err
	}
	c.Timeout, c.ErrorLog = 30*time.Second, log.New(io.Discard, "", 0)
	if err = c.Login(who.user, who.password); err == nil {
		_, err = c.Select(folder, false)
	}
	if err != nil {
		_ = c.Logout()
		return nil, err
	}
	return c, nil
}

// found are the mails in a folder that match, whole.
func (s *suite) found(who login, folder string, criteria *imap.SearchCriteria) (mails []string, err error) {
	c, err := s.mailbox(who, folder)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.Logout() }()
	ids, err := c.UidSearch(criteria)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	set := new(imap.SeqSet)
	set.AddNum(ids...)
	section := &imap.BodySectionName{Peek: true}
	messages := make(chan *imap.Message, len(ids))
	if err := c.UidFetch(set, []imap.FetchItem{section.FetchItem()}, messages); err != nil {
		return nil, err
	}
	for message := range messages {
		body, err := io.ReadAll(message.GetBody(section))
		if err != nil {
			return nil, err
		}
		mails = append(mails, string(body))
	}
	return mails, nil
}

func subject(text string) *imap.SearchCriteria {
	criteria := imap.NewSearchCriteria()
	criteria.Header.Add("Subject", text)
	return criteria
}

// arrived waits for one mail of that subject, and returns it.
func (s *suite) arrived(t testing.TB, who login, folder, about string) string {
	t.Helper()
	var mails []string
	eventually(t, again, fmt.Sprintf("a mail %q in %s of %s", about, folder, who.user), func() (err error) {
		if mails, err = s.found(who, folder, subject(about)); err == nil && len(mails) != 1 {
			err = fmt.Errorf("%d mails", len(mails))
		}
		return err
	})
	return mails[0]
}

var anna, bert = login{"anna", suitePassword}, login{"bert", suitePassword}

func (s *suite) postmaster(t testing.TB) login {
	return login{"postmaster", s.secret(t, "postmaster_password")}
}

func at(name string) string { return name + "@" + suiteDomain }
