//go:build e2e

package e2e

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap"
	"github.com/emersion/go-msgauth/dkim"
)

const (
	gtube = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
	// In two parts, so that no scanner takes this file for what it is about.
	eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

	stranger = "somebody@outside.example"
)

// Mail from outside is read: that to a person, to a further address, to a group and to the address that every domain has.
func TestMailIsDelivered(t *testing.T) {
	s := mailSuite(t)
	s.watch(t)
	for _, to := range []struct {
		address string
		readers []login
	}{
		{at("anna"), []login{anna}},
		{"A.Adler@" + strings.ToUpper(suiteDomain), []login{anna}},
		{at("staff"), []login{anna, s.postmaster(t)}},
		{at("abuse"), []login{s.postmaster(t)}},
		{"Postmaster@" + suiteSecond, []login{s.postmaster(t)}},
		{"abuse@" + suiteSecond, []login{s.postmaster(t)}},
		// Whose name is another one than the address has
		{at("bert.brown"), []login{{"cb", suitePassword}, {at("bert.brown"), suitePassword}}},
	} {
		about := fmt.Sprintf("to %s %d", to.address, time.Now().UnixNano())
		if err := s.send("smtp", nil, stranger, []string{to.address}, letter(stranger, to.address, about, "hello")); err != nil {
			t.Errorf("%s: %v", to.address, err)
			continue
		}
		for _, reader := range to.readers {
			if mail := s.arrived(t, reader, "INBOX", about); !strings.Contains(mail, "with ESMTPS") || strings.Contains(mail, "X-Spam: Yes") {
				t.Errorf("the mail to %s is not as it should be:\n%s", to.address, mail)
			}
		}
	}
	if out, err := pop3(s, anna); err != nil || out < 2 {
		t.Errorf("by POP3 there are %d mails: %v", out, err)
	}
}

// pop3 counts the mails of somebody.
func pop3(s *suite, who login) (count int, err error) {
	conn, err := dialTLS(s.ports["pop3s"], s.tls("imap"))
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	text := conn.text
	for _, line := range []string{"USER " + who.user, "PASS " + who.password, "STAT"} {
		if _, err := text.ReadLine(); err != nil { // the answer to the one before, or the greeting
			return 0, err
		}
		if err := text.PrintfLine("%s", line); err != nil {
			return 0, err
		}
	}
	answer, err := text.ReadLine()
	if err == nil {
		_, err = fmt.Sscanf(answer, "+OK %d", &count)
	}
	return count, err
}

// Nobody gets a mail to others through this server, claims to be one of us, or reaches who is not there.
func TestMailIsRefused(t *testing.T) {
	s := mailSuite(t)
	attached := func(name string, content []byte) string {
		return strings.Replace(letter(stranger, at("anna"), "virus", "--x\nContent-Type: text/plain\n\nsee there\n--x\nContent-Type: application/octet-stream; name="+name+
			"\nContent-Transfer-Encoding: base64\n\n"+wrapped(base64.StdEncoding.EncodeToString(content))+"\n--x--"), "\n\n", "\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n", 1)
	}
	plain := letter(stranger, at("anna"), "refused", "hello")
	for _, c := range []struct {
		name, from, to, mail string
		code                 string
	}{
		{"somebody else's domain", stranger, "user@elsewhere.example", plain, "554 5.7.1"},
		{"somebody else's domain, as one of us", at("anna"), "user@elsewhere.example", plain, "550 5.7.1"},
		{"as one of us", at("anna"), at("bert"), plain, "550 5.7.1"},
		{"as one of us by a further address", at("a.adler"), at("bert"), plain, "550 5.7.1"},
		{"as a group", at("staff"), at("anna"), plain, "550 5.7.1"},
		{"as somebody of us who is not there", at("nobody"), at("anna"), plain, "550 5.1.0"},
		{"as what each domain of ours has", "postmaster@" + suiteSecond, at("anna"), plain, "550 5.7.1"},
		{"as somebody of a further domain who is not there", "anna@" + suiteSecond, at("anna"), plain, "550 5.1.0"},
		{"nobody of a further domain", stranger, "anna@" + suiteSecond, plain, "550 5.1.1"},
		{"percent", stranger, "user%elsewhere.example@" + suiteDomain, plain, "55"},
		{"bang", stranger, "elsewhere.example!user@" + suiteDomain, plain, "55"},
		{"quoted", stranger, `"user@elsewhere.example"@` + suiteDomain, plain, "55"},
		{"address literal", stranger, "anna@[127.0.0.1]", plain, "55"},
		{"without a domain", stranger, "anna", plain, "504 5.5.2"},
		{"nobody", stranger, at("nobody"), plain, "550 5.1.1"},
		{"somebody who left", stranger, at("gone"), plain, "550 5.1.1"},
		{"a name that is no address", stranger, at("cb"), plain, "550 5.1.1"},
		{"GTUBE", stranger, at("anna"), letter(stranger, at("anna"), "gtube", gtube), "554 5.7.1"},
		{"EICAR", stranger, at("anna"), attached("e.com", []byte(eicar)), "554 5.7.1"},
		{"EICAR in gzip", stranger, at("anna"), attached("e.gz", gzipped(t, eicar)), "554 5.7.1"},
		{"EICAR in the largest mail", stranger, at("anna"), attached("e.com", []byte(eicar)) + strings.Repeat("this line and its like make the mail large\n", 1_185_000), "554 5.7.1"},
		{"EICAR in zip", stranger, at("anna"), attached("e.zip", zipped(t, eicar)), "554 5.7.1"},
	} {
		err := s.send("smtp", nil, c.from, []string{c.to}, c.mail)
		if !refusedWith(err, c.code) {
			t.Errorf("%s: %v, and not %s", c.name, err, c.code)
		}
	}
	// And what is right is taken: a table of refusals alone would pass with a server that takes nothing.
	if err := s.send("smtp", nil, stranger, []string{at("anna")}, plain); err != nil {
		t.Error(err)
	}
}

// Who sends has a login, and sends as themselves.
func TestMailIsSentAsOneself(t *testing.T) {
	s := mailSuite(t)
	s.watch(t)
	mail := func(from string) string { return letter(from, at("postmaster"), "as oneself", "hello") }
	for _, c := range []struct {
		name, port   string
		who          *login
		from, header string
		want         string
	}{
		{"587", "submission", &anna, at("anna"), at("anna"), ""},
		{"465", "submissions", &anna, at("anna"), at("anna"), ""},
		{"further address", "submissions", &anna, at("a.adler"), at("a.adler"), ""},
		{"by the address", "submissions", &login{at("bert.brown"), suitePassword}, at("bert.brown"), at("bert.brown"), ""},
		{"another's address", "submissions", &anna, at("bert"), at("bert"), "553 5.7.1"},
		{"what each domain of ours has", "submissions", &anna, "postmaster@" + suiteSecond, "postmaster@" + suiteSecond, "553 5.7.1"},
		{"outside address", "submission", &anna, stranger, stranger, "553 5.7.1"},
		{"another's header", "submissions", &anna, at("anna"), at("bert"), "554 5.7.1"},
		{"no sender", "submissions", &anna, "", at("anna"), "554 5.7.1"},
		{"no login at 587", "submission", nil, at("anna"), at("anna"), "554 5.7.1"},
		{"no login at 465", "submissions", nil, at("anna"), at("anna"), "554 5.7.1"},
		{"login at 25", "smtp", &anna, at("anna"), at("anna"), "503 5.5.1"},
		{"wrong password", "submissions", &login{"anna", "wrong"}, at("anna"), at("anna"), "535 5.7.8"},
		{"somebody who left", "submissions", &login{"gone", suitePassword}, at("gone"), at("gone"), "535 5.7.8"},
	} {
		err := s.send(c.port, c.who, c.from, []string{at("postmaster")}, mail(c.header))
		if c.want == "" && err != nil || c.want != "" && !refusedWith(err, c.want) {
			t.Errorf("%s: %v, and not %q", c.name, err, c.want)
		}
	}
}

// What is sent to others leaves signed, and the signature is that of the DNS record that the operator is told to publish.
func TestMailToOthersIsSigned(t *testing.T) {
	s := mailSuite(t)
	s.watch(t)
	sink := startSink(t, net.JoinHostPort(s.host(), suiteSink))
	if err := s.send("submissions", &anna, at("anna"), []string{"friend@elsewhere.example"}, letter(at("anna"), "friend@elsewhere.example", "signed", "hello")); err != nil {
		t.Fatal(err)
	}
	mail := sink.await(t, "friend@elsewhere.example")
	records := s.exec(t, "rspamd", "dns-records")
	for _, host := range []string{"mail", "imap", "webmail", "id", "rest", "meet", "autoconfig", "autodiscover"} {
		if !strings.Contains(records, "; "+host+"."+suiteDomain+". IN A ") {
			t.Errorf("nobody is told that %s needs an address:\n%s", host, records)
		}
	}
	name := "owgen._domainkey." + suiteDomain
	at := regexp.MustCompile(`(?s)` + regexp.QuoteMeta(name) + `\. IN TXT \(.*?\)`).FindString(records)
	var key strings.Builder
	for _, part := range regexp.MustCompile(`"([^"]*)"`).FindAllStringSubmatch(at, -1) {
		key.WriteString(part[1])
	}
	lookup := func(asked string) ([]string, error) {
		if asked != name {
			return nil, fmt.Errorf("asked for %s", asked)
		}
		return []string{key.String()}, nil
	}
	found, err := dkim.VerifyWithOptions(strings.NewReader(strings.ReplaceAll(strings.ReplaceAll(mail.content, "\r\n", "\n"), "\n", "\r\n")), &dkim.VerifyOptions{LookupTXT: lookup})
	if err != nil || len(found) != 1 || found[0].Err != nil || found[0].Domain != suiteDomain {
		t.Errorf("the signature: %+v, %v\n%s\n%s", found, err, at, mail.content)
	}
}

// What looks like spam, but may be none, is filed apart, and nobody from outside says what is.
func TestMailThatLooksLikeSpam(t *testing.T) {
	s := mailSuite(t)
	about := fmt.Sprintf("looks like spam %d", time.Now().UnixNano())
	// The filter's own test text for a mail that is marked.
	if err := s.send("smtp", nil, stranger, []string{at("anna")}, letter(stranger, at("anna"), about, "Y"+gtube[1:])); err != nil {
		t.Fatal(err)
	}
	s.arrived(t, anna, "Junk", about)
	about += " not"
	if err := s.send("smtp", nil, stranger, []string{at("anna")}, "X-Spam: Yes\n"+letter(stranger, at("anna"), about, "hello")); err != nil {
		t.Fatal(err)
	}
	if mail := s.arrived(t, anna, "INBOX", about); strings.Contains(mail, "X-Spam:") {
		t.Errorf("the sender's own mark is still there:\n%s", mail)
	}
}

// A mail from outside that says to be from one of us, without our signature, is not beside those that are.
func TestMailInOurNameIsFiledApart(t *testing.T) {
	s := mailSuite(t)
	for name, from := range map[string]string{
		"one":        at("bert"),
		"the second": stranger + ", " + at("bert"),
		"the first":  at("bert") + ", " + stranger,
		"two fields": stranger + "\nFrom: " + at("bert"),
		"turned":     at("bert") + "\nFrom: " + stranger,
	} {
		about := fmt.Sprintf("in our name: %s %d", name, time.Now().UnixNano())
		err := s.send("smtp", nil, stranger, []string{at("anna")}, letter(from, at("anna"), about, "hello"))
		if refusedWith(err, "554 5.7.1") && strings.Contains(from, "\n") {
			continue // the filter has words of its own for that, which add up
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		s.arrived(t, anna, "Junk", about)
	}
	// Several of whom none is one of us are as they ever were.
	about := fmt.Sprintf("in others' names %d", time.Now().UnixNano())
	if err := s.send("smtp", nil, stranger, []string{at("anna")}, letter(stranger+", else@outside.example", at("anna"), about, "hello")); err != nil {
		t.Fatal(err)
	}
	s.arrived(t, anna, "INBOX", about)
}

// What the rules of a person send is theirs: nobody else's name on it, and no signature of ours on what somebody else began.
func TestMailOfRulesIsTheirOwners(t *testing.T) {
	s := mailSuite(t)
	sink := startSink(t, net.JoinHostPort(s.host(), suiteSink))
	sieve := must(dialSieve(s, anna))(t)
	defer sieve.Close()
	t.Cleanup(func() { _ = must(dialSieve(s, anna))(t).put("e2e", "keep;\r\n") })
	if err := sieve.put("e2e", "require \"enotify\";\r\nnotify :from \"bert@"+suiteDomain+"\" \"mailto:victim@elsewhere.example\";\r\n"); err == nil {
		t.Error("a rule may notify in anybody's name")
	}
	writes := func(from, envelope string) {
		t.Helper()
		if err := s.send("smtp", nil, envelope, []string{at("anna")}, letter(from, at("anna"), "for the rules", "hello")); err != nil {
			t.Fatal(err)
		}
	}

	if err := sieve.put("e2e", "require \"vacation\";\r\nvacation :from \"bert@"+suiteDomain+"\" \"I am away, says bert\";\r\n"); err != nil {
		t.Fatal(err)
	}
	writes("first@outside.example", "first@outside.example")
	if err := sieve.put("e2e", "require \"vacation\";\r\nvacation \"I am away\";\r\n"); err != nil {
		t.Fatal(err)
	}
	writes("second@outside.example", "second@outside.example")
	if answer := sink.await(t, "second@outside.example"); !strings.Contains(answer.from, "<"+at("anna")+">") || !strings.Contains(answer.content, "DKIM-Signature:") {
		t.Errorf("the answer is from %q:\n%s", answer.from, answer.content)
	}

	// What says to be from one of us never comes to a person's own rules, and other mail is passed on as it is, without our signature.
	if err := sieve.put("e2e", "redirect \"victim@elsewhere.example\";\r\n"); err != nil {
		t.Fatal(err)
	}
	writes(at("bert"), "")
	writes("third@outside.example", "third@outside.example")
	sink.await(t, "victim@elsewhere.example")
	for _, mail := range sink.got() {
		header, _, _ := strings.Cut(mail.content, "\r\n\r\n")
		if strings.Contains(header, "From: bert@") || strings.Contains(header, "From: <bert@") {
			t.Errorf("in another's name:\n%s", mail.content)
		}
		if strings.Contains(mail.to, "victim@") && strings.Contains(header, "DKIM-Signature:") {
			t.Errorf("what a stranger began has our signature:\n%s", mail.content)
		}
	}
}

// A mailbox that fills up says so once, takes no more when it is full, and takes mail again when there is room.
func TestMailQuota(t *testing.T) {
	s := mailSuite(t)
	t.Cleanup(func() { s.empties(t, bert) }) // however this ends, others write to bert
	filler := strings.Repeat("0123456789abcdef0123456789abcde\n", 3000)
	var err error
	for i := 0; i < 20 && err == nil; i++ {
		err = s.send("smtp", nil, stranger, []string{at("bert")}, letter(stranger, at("bert"), fmt.Sprintf("filler %d", i), filler))
	}
	if !refusedWith(err, "552 5.2.2") {
		t.Errorf("20 mails of 96 kB went into 1 MiB, or: %v", err)
	}
	s.arrived(t, bert, "INBOX", "Your mailbox is 80% full")

	s.empties(t, bert)
	if err := s.send("smtp", nil, stranger, []string{at("bert")}, letter(stranger, at("bert"), "room again", filler)); err != nil {
		t.Error(err)
	}
	s.arrived(t, bert, "INBOX", "room again")
}

// empties removes all mails of somebody's inbox.
func (s *suite) empties(t testing.TB, who login) {
	t.Helper()
	c := must(s.mailbox(who, "INBOX"))(t)
	defer func() { _ = c.Logout() }()
	if c.Mailbox().Messages == 0 {
		return
	}
	all := new(imap.SeqSet)
	all.AddRange(1, 0)
	if err := c.Store(all, imap.FormatFlagsOp(imap.AddFlags, true), []any{imap.DeletedFlag}, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Expunge(nil); err != nil {
		t.Fatal(err)
	}
}

// Rules of a person file a mail, and a word inside an attachment is found.
func TestMailRulesAndSearch(t *testing.T) {
	s := mailSuite(t)
	s.watch(t)
	sieve := must(dialSieve(s, anna))(t)
	defer sieve.Close()
	if err := sieve.put("e2e", "require [\"fileinto\", \"mailbox\"];\r\nif header :contains \"subject\" \"invoice\" { fileinto :create \"Invoices\"; }\r\n"); err != nil {
		t.Fatal(err)
	}
	word := fmt.Sprintf("xylophone%d", time.Now().UnixNano())
	about := "invoice " + word[9:]
	mail := strings.Replace(letter(stranger, at("anna"), about, "--x\nContent-Type: text/plain\n\nsee there\n--x\nContent-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment; filename=a.pdf\nContent-Transfer-Encoding: base64\n\n"+
		wrapped(base64.StdEncoding.EncodeToString(pdf(word)))+"\n--x--"), "\n\n", "\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n", 1)
	if err := s.send("smtp", nil, stranger, []string{at("anna")}, mail); err != nil {
		t.Fatal(err)
	}
	s.arrived(t, anna, "Invoices", about)
	inside := imap.NewSearchCriteria()
	inside.Text = []string{word}
	eventually(t, 2*patience, "the word inside the attachment", func() error {
		mails, err := s.found(anna, "Invoices", inside)
		if err == nil && len(mails) != 1 {
			err = fmt.Errorf("%d mails have it", len(mails))
		}
		return err
	})
}

// refusedWith tells whether a server refused with that code, such as "550 5.7.1".
func refusedWith(err error, code string) bool {
	return err != nil && strings.HasPrefix(strings.Replace(err.Error(), ` "`, " ", 1), code)
}

func wrapped(text string) string {
	var out strings.Builder
	for len(text) > 76 {
		out.WriteString(text[:76] + "\n")
		text = text[76:]
	}
	return out.String() + text
}

func gzipped(t testing.TB, text string) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	must(w.Write([]byte(text)))(t)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zipped(t testing.TB, text string) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	must(must(w.Create("e.com"))(t).Write([]byte(text)))(t)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// pdf is a page with a word on it.
func pdf(word string) []byte {
	content := "BT /F1 24 Tf 72 700 Td (" + word + ") Tj ET"
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content), "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"}
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n")
	var offsets []int
	for i, o := range objects {
		offsets = append(offsets, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&out, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return out.Bytes()
}
