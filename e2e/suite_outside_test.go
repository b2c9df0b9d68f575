//go:build e2e

package e2e

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
)

// Mail from outside is judged by what the senders' domains say in the DNS, which a server of this test answers: the settings are
// those of everybody, apart from times that nobody wants to wait for.
func TestMailFromOutside(t *testing.T) {
	s, err := startSuite("groupware", "31", "mail.resolvers=[172.31.5.1]", "mail.greylist=true", "mail.greylist_delay=5",
		"mail.spam_mark=6", "mail.spam_reject=15", "openid.admin_networks=[192.0.2.0/24]", "services.sogo=false", "services.clamav=false")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.remove)
	s.watch(t, "rspamd", "mta")
	key := must(rsa.GenerateKey(rand.Reader, 2048))(t)
	here, nowhere := "v=spf1 ip4:172.16.0.0/12 -all", "v=spf1 -all"
	names := startNameServer(t, "172.31.5.1", &nameServer{address: s.host(), called: "outside.example", broken: "broken.example", silent: "silent.example", texts: map[string]string{
		"good.example": here, "_dmarc.good.example": "v=DMARC1; p=reject",
		"s1._domainkey.good.example": "v=DKIM1; p=" + base64.StdEncoding.EncodeToString(must(x509.MarshalPKIXPublicKey(&key.PublicKey))(t)),
		"strict.example":             nowhere, "_dmarc.strict.example": "v=DMARC1; p=reject",
		"careful.example": nowhere, "_dmarc.careful.example": "v=DMARC1; p=quarantine",
		"unsure.example": "v=spf1 include:broken.example -all", "_dmarc.unsure.example": "v=DMARC1; p=reject",
		"outside.example": here,
	}})
	t.Run("Verdicts", func(t *testing.T) { s.judges(t, key) })
	t.Run("Greylist", s.putsOff)
	t.Run("Administration", s.administersFromThere)
	names.mu.Lock()
	defer names.mu.Unlock()
	for _, name := range []string{"good.example", "_dmarc.strict.example", "s1._domainkey.good.example"} {
		if !names.asked[name] {
			t.Errorf("nobody asked mail.resolvers for %s", name)
		}
	}
}

// administersFromThere looks at the pages of accounts from an address that openid.admin_networks does not name.
func (s *suite) administersFromThere(t *testing.T) {
	for path, want := range map[string]int{"/login": 200, "/users": 403, "/users/": 403, "/Users": 404, "//users": 403, "/x/../users": 403, "/%75sers": 403,
		"/groups": 403, "/admin/": 403, "/admin/mail": 403, "/profile": 403, "/invite": 403, "/register": 403, "/impersonate/anna": 403} {
		status, _, _ := s.ask(t, s.client(), asked{method: "GET", address: s.webOrigin("id") + path, header: http.Header{
			"X-Forwarded-For": {"192.0.2.7"}, "X-Real-IP": {"192.0.2.7"}, "Forwarded": {"for=192.0.2.7"}}})
		if status != want {
			t.Errorf("%s from elsewhere: %d, not %d", path, status, want)
		}
	}
}

func (s *suite) judges(t *testing.T, key crypto.Signer) {
	signed := func(domain, mail string) string {
		var out bytes.Buffer
		options := &dkim.SignOptions{Domain: domain, Selector: "s1", Signer: key}
		if err := dkim.Sign(&out, strings.NewReader(strings.ReplaceAll(mail, "\n", "\r\n")), options); err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(out.String(), "\r\n", "\n")
	}
	for _, c := range []struct {
		name, envelope, from string
		sign, spoil          bool
		refused, folder      string
		results              []string
	}{
		{name: "all right", envelope: "a@good.example", from: "a@good.example", sign: true, folder: "INBOX",
			results: []string{"spf=pass", "dkim=pass", "dmarc=pass"}},
		{name: "passed on by a list, signature whole", envelope: "list@outside.example", from: "a@good.example", sign: true, folder: "INBOX",
			results: []string{"dkim=pass", "dmarc=pass"}},
		{name: "signature of something else", envelope: "list@outside.example", from: "a@good.example", sign: true, spoil: true, refused: "554 5.7.1"},
		{name: "sender's domain says no", envelope: "a@strict.example", from: "a@strict.example", refused: "554 5.7.1"},
		{name: "another's header", envelope: "a@outside.example", from: "a@strict.example", refused: "554 5.7.1"},
		{name: "sender's domain is careful", envelope: "a@careful.example", from: "a@careful.example", folder: "Junk", results: []string{"spf=fail", "dmarc=fail"}},
		{name: "in our name, with papers of one's own", envelope: "a@good.example", from: at("bert"), sign: true, folder: "Junk",
			results: []string{"spf=pass", "dkim=pass"}},
		{name: "nothing is known", envelope: "a@broken.example", from: "a@broken.example"},
		{name: "nothing is known of SPF", envelope: "a@unsure.example", from: "a@unsure.example", results: []string{"spf=temperror"}},
		{name: "no answer comes", envelope: "a@silent.example", from: "a@silent.example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			about := fmt.Sprintf("%s %d", c.name, time.Now().UnixNano())
			forged := "Authentication-Results: mail." + suiteDomain + "; spf=pass (forged) smtp.mailfrom=forged.example\nAuthentication-Results: other.example; dkim=pass (forged)\n"
			mail := letter(c.from, at("anna"), about, "hello, this is about "+c.name)
			if c.sign {
				mail = signed("good.example", mail)
			}
			if c.spoil {
				mail = strings.Replace(mail, "hello, this", "hello, that", 1)
			}
			send := func() error { return s.send("smtp", nil, c.envelope, []string{at("anna")}, forged+mail) }
			err := send()
			if c.refused != "" {
				if !refusedWith(err, c.refused) || !strings.Contains(err.Error(), "DMARC") {
					t.Errorf("%v, and not %s with DMARC as the reason", err, c.refused)
				}
				return
			}
			// What nobody can say now may be put off, and is let in when it comes again.
			for deadline := time.Now().Add(patience); err != nil && refusedWith(err, "4") && time.Now().Before(deadline); err = send() {
				t.Logf("put off: %v", err)
				time.Sleep(3 * time.Second)
			}
			if err != nil {
				t.Fatal(err)
			}
			got := s.somewhere(t, about, c.folder)
			header, _, _ := strings.Cut(got, "\r\n\r\n")
			if strings.Contains(header, "forged") {
				t.Errorf("what the sender says that others have found is still there:\n%s", header)
			}
			_, found, _ := strings.Cut(strings.ReplaceAll(header, "\r\n\t", " "), "Authentication-Results: mail."+suiteDomain)
			found, _, _ = strings.Cut(found, "\r\n")
			for _, want := range c.results {
				if !strings.Contains(found, want) {
					t.Errorf("no %s in %q of\n%s", want, found, header)
				}
			}
		})
	}
}

// What looks a little like spam comes in at a later try, and no earlier than that is wanted.
func (s *suite) putsOff(t *testing.T) {
	const delay = 5 * time.Second // mail.greylist_delay
	var about string
	from := "stranger@nowhere.example"
	send := func() error {
		// Without a date and an identity, and from a domain that is not there.
		mail := fmt.Sprintf("From: %s\nTo: %s\nSubject: %s\n\nhello %s\n", from, at("anna"), about, about)
		return s.send("smtp", nil, from, []string{at("anna")}, mail)
	}
	eventually(t, 2*patience, "the machine sends twice before the delay is over", func() error {
		about = fmt.Sprintf("a little suspicious %d", time.Now().UnixNano())
		began := time.Now()
		if err := send(); !refusedWith(err, "451 4.7.1") {
			t.Fatalf("at the first try: %v", err)
		}
		err := send()
		if took := time.Since(began); took >= delay {
			from = "another." + from // this one is known by now
			return fmt.Errorf("that took %s", took)
		}
		if !refusedWith(err, "451 4.7.1") {
			t.Fatalf("at once again: %v", err)
		}
		return nil
	})
	if size := strings.TrimSpace(s.exec(t, "filter-store", "redis-cli", "dbsize")); size == "0" {
		t.Error("the filter's store has nothing of it")
	}
	eventually(t, patience, "it is let in after the delay", func() error {
		time.Sleep(delay + time.Second)
		return send()
	})
	s.somewhere(t, about, "")
}

// somewhere waits for a mail to anna in a folder, or in that of spam as well as in the other.
func (s *suite) somewhere(t *testing.T, about, folder string) (mail string) {
	t.Helper()
	if folder != "" {
		return s.arrived(t, anna, folder, about)
	}
	eventually(t, again, "the mail is there", func() error {
		for _, folder := range []string{"INBOX", "Junk"} {
			if mails, err := s.found(anna, folder, subject(about)); err == nil && len(mails) == 1 {
				mail = mails[0]
				return nil
			}
		}
		return fmt.Errorf("it is nowhere")
	})
	return mail
}
