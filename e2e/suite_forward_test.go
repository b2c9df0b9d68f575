//go:build e2e

package e2e

import (
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"
)

// What a rule, a further address or a group passes on to others has a return address of ours, by which what comes back finds who wrote it.
// Nobody else gets anything anywhere by an address like it.
func TestMailIsPassedOn(t *testing.T) {
	s := mailSuite(t)
	s.watch(t, "mta")
	sink := startSink(t, net.JoinHostPort(s.host(), suiteSink))
	sieve := must(dialSieve(s, anna))(t)
	defer sieve.Close()
	t.Cleanup(func() { _ = must(dialSieve(s, anna))(t).put("e2e", "keep;\r\n") })
	if err := sieve.put("e2e", "redirect \"byrule@elsewhere.example\";\r\nkeep;\r\n"); err != nil {
		t.Fatal(err)
	}
	back := regexp.MustCompile(`FROM:<(SRS0=[^>]+@` + regexp.QuoteMeta(suiteDomain) + `)>`)
	var addresses []string
	for _, way := range []struct{ writer, to, gets string }{
		{"one@outside.example", at("anna"), "byrule@elsewhere.example"},
		{"two@outside.example", at("partner"), "partner@elsewhere.example"},
	} {
		about := fmt.Sprintf("passed on %d", time.Now().UnixNano())
		if err := s.send("smtp", nil, way.writer, []string{way.to}, letter(way.writer, way.to, about, "hello")); err != nil {
			t.Fatal(err)
		}
		mail := sink.await(t, way.gets)
		match := back.FindStringSubmatch(mail.from)
		if match == nil || !strings.Contains(mail.content, "From: "+way.writer) {
			t.Fatalf("to %s it is from %q:\n%s", way.gets, mail.from, mail.content)
		}
		addresses = append(addresses, match[1])
		if err := s.send("smtp", nil, "", []string{match[1]}, letter("mailer-daemon@elsewhere.example", match[1], "it came back", "hello")); err != nil {
			t.Errorf("what comes back to %s: %v", match[1], err)
			continue
		}
		if mail := sink.await(t, way.writer); !strings.Contains(mail.from, "<>") {
			t.Errorf("what comes back is from %q", mail.from)
		}
	}
	// A group gets it here and elsewhere; what is sent by one of us keeps its sender.
	about := fmt.Sprintf("to a group %d", time.Now().UnixNano())
	if err := s.send("submissions", &anna, at("anna"), []string{at("project")}, letter(at("anna"), at("project"), about, "hello")); err != nil {
		t.Fatal(err)
	}
	s.arrived(t, anna, "INBOX", about)
	eventually(t, patience, "the partner gets it from anna", func() error {
		for _, mail := range sink.got() {
			if strings.Contains(mail.to, "<partner@") && strings.Contains(mail.from, "<"+at("anna")+">") {
				return nil
			}
		}
		return fmt.Errorf("not among %d mails", len(sink.got()))
	})

	for name, address := range map[string]string{
		"another hash":      regexp.MustCompile(`SRS0=....`).ReplaceAllString(addresses[0], "SRS0=abcd"),
		"another person":    strings.Replace(addresses[0], "=one@", "=victim@", 1),
		"another domain":    strings.Replace(addresses[0], "=outside.example=", "=elsewhere.example=", 1),
		"another day":       regexp.MustCompile(`(SRS0=[^=]+)=..=`).ReplaceAllString(addresses[0], "$1=AA="),
		"no hash":           "SRS0=outside.example=one@" + suiteDomain,
		"a second time":     "SRS1=" + strings.TrimPrefix(addresses[0], "SRS0="),
		"not of our domain": strings.Replace(addresses[0], "@"+suiteDomain, "@elsewhere.example", 1),
	} {
		if address == addresses[0] {
			t.Fatalf("%s: nothing of %s was changed", name, address)
		}
		if err := s.send("smtp", nil, "", []string{address}, letter(stranger, address, "forged", "hello")); !refusedWith(err, "550 5.1.1") && !refusedWith(err, "554 5.7.1") {
			t.Errorf("%s: %s: %v", name, address, err)
		}
	}
	for _, mail := range sink.got() {
		if strings.Contains(mail.to, "victim@") || strings.Contains(mail.content, "Subject: forged") {
			t.Errorf("a forged return address led to %s", mail.to)
		}
	}
}

// Somebody in a group who is switched off gets nothing, and nobody is told that it could not be delivered.
func TestMailToAGroupWithSomebodyWhoLeft(t *testing.T) {
	s := mailSuite(t)
	sink := startSink(t, net.JoinHostPort(s.host(), suiteSink))
	about := fmt.Sprintf("to the staff %d", time.Now().UnixNano())
	if err := s.send("smtp", nil, "colleague@outside.example", []string{at("staff")}, letter("colleague@outside.example", at("staff"), about, "hello")); err != nil {
		t.Fatal(err)
	}
	s.arrived(t, anna, "INBOX", about)
	s.arrived(t, s.postmaster(t), "INBOX", about)
	// A mail of later would come after what comes back.
	if err := s.send("submissions", &anna, at("anna"), []string{"last@elsewhere.example"}, letter(at("anna"), "last@elsewhere.example", "last", "hello")); err != nil {
		t.Fatal(err)
	}
	sink.await(t, "last@elsewhere.example")
	for _, mail := range sink.got() {
		if strings.Contains(mail.to, "colleague@") {
			t.Errorf("it came back to its sender:\n%s", mail.content)
		}
	}
}

// Somebody's address elsewhere, to which a mail about a password goes, is none of ours: no copy of other mail goes there, who has it writes to us
// as anybody does, and nobody sends from it here.
func TestMailToAPrivateAddress(t *testing.T) {
	s := mailSuite(t)
	sink := startSink(t, net.JoinHostPort(s.host(), suiteSink))
	dora, private := login{"dora", suitePassword}, "dora@private.example"
	for _, to := range []string{at("dorn"), at("choir")} {
		about := fmt.Sprintf("to %s %d", to, time.Now().UnixNano())
		if err := s.send("smtp", nil, stranger, []string{to}, letter(stranger, to, about, "hello")); err != nil {
			t.Fatal(err)
		}
		s.arrived(t, dora, "INBOX", about)
	}
	about := fmt.Sprintf("from elsewhere %d", time.Now().UnixNano())
	if err := s.send("smtp", nil, private, []string{at("anna")}, letter(private, at("anna"), about, "hello")); err != nil {
		t.Errorf("from outside: %v", err)
	} else {
		s.arrived(t, anna, "INBOX", about)
	}
	if err := s.send("submissions", &dora, private, []string{at("anna")}, letter(private, at("anna"), "from here", "hello")); !refusedWith(err, "553 5.7.1") {
		t.Errorf("with a login: %v", err)
	}
	// What is meant for it goes there, after all that was not.
	if err := s.send("submissions", &anna, at("anna"), []string{private}, letter(at("anna"), private, "meant for it", "hello")); err != nil {
		t.Fatal(err)
	}
	sink.await(t, private)
	for _, mail := range sink.got() {
		if strings.Contains(mail.to, private) && !strings.Contains(mail.content, "Subject: meant for it") {
			t.Errorf("a copy went elsewhere:\n%s", mail.content)
		}
	}
}
