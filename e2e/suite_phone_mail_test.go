//go:build e2e

package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap"
)

// Tags of ActiveSync's pages for mails.
const (
	wbMail, wbRead                     = 2, 0x55
	wbOptions, wbBase, wbPreference    = 0x57, 17, 0x45
	wbBodyType                         = 0x46
	wbPinging, wbPing, wbSeconds       = 13, 0x45, 0x48
	wbPingFolders, wbPingFolder        = 0x49, 0x4a
	wbPingID, wbPingClass              = 0x4b, 0x4c
	wbCompose, wbSend, wbSendID, wbRaw = 21, 0x45, 0x51, 0x50
	wbKeepSent                         = 0x08
)

// inboxID is what an answer calls the folder of that name; for those of mail it is no readable one.
var inboxID = regexp.MustCompile(`\x48\x03([^\x00]+)\x00\x01\x49\x030\x00\x01\x47\x03INBOX\x00`)

// asText has a phone ask for what is new, with mails as plain text.
var asText = []any{wbChanges, wbOptions, wbPage, wbBase, wbPreference, wbBodyType, "1", wbEnd, wbPage, 0, wbEnd}

// hears asks until the phone is told something, and returns the answer. An empty one says that there is nothing new yet, and leaves the key.
func (d *device) hears(t testing.TB, folder, key, what string, told func(string) bool) (answer string) {
	t.Helper()
	eventually(t, 2*patience, "the phone hears of "+what, func() error {
		if answer = d.sync(t, folder, key, asText...); answer != "" {
			key = nextKey(t, answer)
		}
		if !told(answer) {
			return fmt.Errorf("it is told %q", answer)
		}
		return nil
	})
	return answer
}

// does has the phone do something with a mail, and returns the key that it goes on with.
func (d *device) does(t testing.TB, folder, key string, commands ...any) string {
	t.Helper()
	return nextKey(t, d.sync(t, folder, key, append(append([]any{wbChanges, wbCommands}, commands...), wbEnd)...))
}

// mailPhone is a phone of somebody new with a mail, and what it calls the inbox. No mail program has been there, which would have had
// Dovecot count the changes.
func (s *suite) mailPhone(t testing.TB, about string) (phone *device, inbox string) {
	t.Helper()
	who := login{fmt.Sprint("phone", time.Now().UnixNano()), suitePassword}
	s.adds(t, who, "Paula "+who.user)
	phone = s.device(who, "e2emails")
	if err := phone.mailed(about); err != nil {
		t.Fatal(err)
	}
	return phone, only(t, inboxID, phone.folders(t, "0"))
}

// mailed sends a mail to whose phone it is, from outside.
func (d *device) mailed(about string) error {
	return d.s.send("smtp", nil, stranger, []string{at(d.who.user)}, letter(stranger, at(d.who.user), about, "text of "+about))
}

// comes waits for a mail on the phone, whole, and returns what the phone calls it and the key to go on with.
func (d *device) comes(t testing.TB, folder, key, about string) (id, next string) {
	t.Helper()
	answer := d.hears(t, folder, key, about, func(told string) bool {
		return strings.Contains(told, "\x03"+about+"\x00") && strings.Contains(told, "text of "+about)
	})
	if strings.Count(answer, "text of ") != 1 {
		t.Errorf("the phone gets more than %s: %q", about, answer)
	}
	return only(t, serverID, answer), nextKey(t, answer)
}

// A mail that was there comes to a phone, and one that arrives later; what the phone reads and deletes is read and deleted.
func TestWebmailPhoneMails(t *testing.T) {
	s := mailSuite(t)
	s.watch(t, "sogo", "dovecot")
	phone, inbox := s.mailPhone(t, "the first")
	first, key := phone.comes(t, inbox, phone.start(t, inbox), "the first")
	if err := phone.mailed("the second"); err != nil {
		t.Fatal(err)
	}
	second, key := phone.comes(t, inbox, key, "the second")
	if first == second {
		t.Errorf("both mails are %s", first)
	}

	has := func(what string, criteria *imap.SearchCriteria, about string) {
		t.Helper()
		if mails, err := s.found(phone.who, "INBOX", criteria); err != nil || len(mails) != 1 || !strings.Contains(mails[0], "text of "+about) {
			t.Errorf("%s is not %s: %v %q", what, about, err, mails)
		}
	}
	key = phone.does(t, inbox, key, wbChange, wbServerID, first, wbData, wbPage, wbMail, wbRead, "1", wbPage, 0, wbEnd, wbEnd)
	read := imap.NewSearchCriteria()
	read.WithFlags = []string{imap.SeenFlag}
	has("what the phone has read", read, "the first")
	phone.does(t, inbox, key, wbDelete, wbServerID, first, wbEnd)
	has("what the phone has left", imap.NewSearchCriteria(), "the second")
	s.arrived(t, phone.who, "Trash", "the first")
}

// A phone that waits is woken by a mail, and hears what a mail program reads and deletes.
func TestWebmailPhoneWaits(t *testing.T) {
	s := mailSuite(t)
	s.watch(t, "sogo", "dovecot")
	phone, inbox := s.mailPhone(t, "the first")
	first, key := phone.comes(t, inbox, phone.start(t, inbox), "the first")
	if answer := phone.sync(t, inbox, key, asText...); answer != "" { // that there is nothing more
		key = nextKey(t, answer)
	}

	sent, began := make(chan error, 1), make(chan struct{})
	go func() {
		time.Sleep(2 * time.Second) // the phone is waiting by then
		close(began)
		sent <- phone.mailed("the second")
	}()
	answer := phone.ask(t, "Ping", wbPage, wbPinging, wbPing, wbSeconds, "60", wbPingFolders, wbPingFolder, wbPingID, inbox, wbPingClass, "Email", wbEnd, wbEnd, wbEnd)
	select {
	case <-began:
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
	default:
		t.Fatalf("a phone that waits is woken by nothing: %q", answer)
	}
	if !strings.Contains(answer, "\x47\x032\x00") || !strings.Contains(answer, inbox) {
		t.Errorf("a phone that waits is not told of a mail: %q", answer)
	}
	_, key = phone.comes(t, inbox, key, "the second")

	s.marks(t, phone.who, "the first", imap.SeenFlag)
	answer = phone.hears(t, inbox, key, "that a mail is read", func(told string) bool { return tells(told, wbChange, first) })
	if !strings.Contains(answer, "\x55\x031\x00") {
		t.Errorf("the mail is not read there: %q", answer)
	}
	s.marks(t, phone.who, "the first", imap.DeletedFlag)
	phone.hears(t, inbox, nextKey(t, answer), "that a mail is gone", func(told string) bool { return tells(told, wbDelete, first) })
}

// marks marks a mail in somebody's inbox as a mail program does, which removes what is marked as deleted.
func (s *suite) marks(t testing.TB, who login, about, flag string) {
	t.Helper()
	c := must(s.mailbox(who, "INBOX"))(t)
	defer func() { _ = c.Logout() }()
	mails := new(imap.SeqSet)
	mails.AddNum(must(c.UidSearch(subject(about)))(t)...)
	if err := c.UidStore(mails, imap.FormatFlagsOp(imap.AddFlags, true), []any{flag}, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Expunge(nil); err != nil {
		t.Fatal(err)
	}
}

// A mail that a phone sends arrives, and a copy is among those sent.
func TestWebmailPhoneSends(t *testing.T) {
	s := mailSuite(t)
	s.watch(t, "sogo", "dovecot")
	about := fmt.Sprint("sent by a phone ", time.Now().UnixNano())
	mail := strings.ReplaceAll(letter(at("anna"), at("postmaster"), about, "hello"), "\n", "\r\n")
	answer := s.device(anna, "e2esends").ask(t, "SendMail", wbPage, wbCompose, wbSend, wbSendID, about, wbKeepSent, wbRaw, []byte(mail), wbEnd)
	if answer != "" {
		t.Errorf("a phone that sends is told %q", answer)
	}
	if got := s.arrived(t, s.postmaster(t), "INBOX", about); !strings.Contains(got, "hello") || !strings.Contains(got, "From: Anna Adler <"+at("anna")+">") {
		t.Errorf("the mail of a phone is not what it sent:\n%s", got)
	}
	s.arrived(t, anna, "Sent", about)
}
