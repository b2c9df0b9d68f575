//go:build e2e

package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Tags of ActiveSync's pages (MS-ASWBXML), those with content.
const (
	wbEnd, wbPage                           = 0x01, 0x00
	wbSync, wbAdd, wbKey, wbClientID        = 0x45, 0x47, 0x4b, 0x4c
	wbChange, wbDelete, wbServerID          = 0x48, 0x49, 0x4d
	wbCollection, wbCollectionID, wbChanges = 0x4f, 0x52, 0x13
	wbCommands, wbCollections, wbData       = 0x56, 0x5c, 0x5d
	wbContacts, wbEmail, wbFileAs           = 1, 0x5b, 0x5e
	wbFirst, wbLast                         = 0x5f, 0x69
	wbCalendar, wbSubject, wbStart, wbStop  = 4, 0x66, 0x67, 0x52
	wbFolders, wbFolderSync, wbFolderKey    = 7, 0x56, 0x52
	wbFolderCreate, wbParent                = 0x53, 0x49
	wbName, wbType                          = 0x47, 0x4a
)

var (
	syncKey    = regexp.MustCompile(`\x4b\x03([^\x00]+)\x00`)
	serverID   = regexp.MustCompile(`\x4d\x03([^\x00]+)\x00`)
	foldersKey = regexp.MustCompile(`\x52\x03([^\x00]+)\x00`)
	folderID   = regexp.MustCompile(`\x48\x03([^\x00]+)\x00`)
)

// device is a phone of somebody's, which speaks ActiveSync.
type device struct {
	s    *suite
	c    *http.Client
	who  login
	name string
}

func (s *suite) device(who login, name string) *device { return &device{s, s.client(), who, name} }

// ask sends a command in the binary XML that it is written in, and returns the answer as it comes, in which texts stand as they are.
func (d *device) ask(t testing.TB, command string, body ...any) string {
	t.Helper()
	var wbxml bytes.Buffer
	wbxml.Write([]byte{3, 1, 0x6a, 0})
	for _, part := range body {
		switch part := part.(type) {
		case int:
			wbxml.WriteByte(byte(part))
		case string: // within its element, which it ends
			wbxml.WriteByte(3)
			wbxml.WriteString(part)
			wbxml.Write([]byte{0, 1})
		case []byte: // as it is (OPAQUE), likewise
			wbxml.WriteByte(0xc3)
			if high := len(part) >> 7; high > 0 { // shorter than 16 kB
				wbxml.WriteByte(byte(high | 0x80))
			}
			wbxml.WriteByte(byte(len(part) & 0x7f))
			wbxml.Write(part)
			wbxml.WriteByte(1)
		}
	}
	status, _, answer := d.s.ask(t, d.c, asked{method: "POST", who: &d.who, body: wbxml.String(),
		address: d.s.webOrigin("webmail") + "/Microsoft-Server-ActiveSync?Cmd=" + command + "&User=" + d.who.user + "&DeviceId=" + d.name + "&DeviceType=test",
		header:  http.Header{"Content-Type": {"application/vnd.ms-sync.wbxml"}, "Ms-Asprotocolversion": {"14.1"}, "X-Ms-Policykey": {"0"}, "User-Agent": {"e2e"}}})
	if status != 200 {
		t.Fatalf("a phone that sends %s gets %d %q", command, status, answer)
	}
	return answer
}

// folders asks which folders there are, or what has become of them since an answer with that key.
func (d *device) folders(t testing.TB, key string) string {
	t.Helper()
	return d.ask(t, "FolderSync", wbPage, wbFolders, wbFolderSync, wbFolderKey, key, wbEnd)
}

// folder is what an answer calls the folder of that name, which stands in it as in an address.
func (d *device) folder(t testing.TB, answer, name string) string {
	t.Helper()
	for _, found := range folderID.FindAllStringSubmatch(answer, -1) {
		if plain, err := url.PathUnescape(found[1]); err == nil && plain == name {
			return found[1]
		}
	}
	t.Fatalf("a phone gets no folder %s: %q", name, answer)
	return ""
}

// sync synchronizes a folder, from an answer with that key on.
func (d *device) sync(t testing.TB, folder, key string, more ...any) string {
	t.Helper()
	body := append([]any{wbSync, wbCollections, wbCollection, wbKey, key, wbCollectionID, folder}, more...)
	return d.ask(t, "Sync", append(body, wbEnd, wbEnd, wbEnd)...)
}

// start begins to synchronize a folder, and returns the first key.
func (d *device) start(t testing.TB, folder string) string {
	t.Helper()
	return nextKey(t, d.sync(t, folder, "0"))
}

func nextKey(t testing.TB, answer string) string { t.Helper(); return only(t, syncKey, answer) }

// only is what stands first in an answer in a place of that kind.
func only(t testing.TB, place *regexp.Regexp, answer string) string {
	t.Helper()
	found := place.FindStringSubmatch(answer)
	if found == nil {
		t.Fatalf("there is no %s in %q", place, answer)
	}
	return found[1]
}

// tells says whether an answer has a command for a phone about something.
func tells(answer string, command int, id string) bool {
	return strings.Contains(answer, string([]byte{byte(command), wbServerID, 3})+id+"\x00")
}

// card is a contact, as CardDAV clients write it.
func card(uid, first, last, address string) string {
	return "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:" + uid + "\r\nFN:" + first + " " + last + "\r\nN:" + last + ";" + first + ";;;\r\nEMAIL:" + address + "\r\nEND:VCARD\r\n"
}

// A contact goes in by CardDAV and comes out at a phone, and the other way round; so do changes and deletions.
func TestWebmailPhoneContacts(t *testing.T) {
	s := mailSuite(t)
	s.watch(t, "sogo")
	c, stamp := s.client(), fmt.Sprint(time.Now().UnixNano())
	book := s.webOrigin("webmail") + "/SOGo/dav/anna/Contacts/personal/"
	dav := func(method, name, body string) (int, string) {
		t.Helper()
		status, _, answer := s.ask(t, c, asked{method: method, address: book + name, who: &anna, body: body, header: http.Header{"Content-Type": {"text/vcard"}}})
		return status, answer
	}
	first := "e2e-" + stamp + ".vcf"
	if status, body := dav("PUT", first, card("e2e-"+stamp, "Dav", stamp, "dav@outside.example")); status != 201 {
		t.Fatalf("the contact is not taken: %d %s", status, body)
	}
	phone := s.device(anna, "e2econtacts")
	folder := phone.folder(t, phone.folders(t, "0"), "vcard/personal")
	answer := phone.sync(t, folder, phone.start(t, folder), wbChanges)
	if !tells(answer, wbAdd, first) || !strings.Contains(answer, "dav@outside.example") {
		t.Fatalf("a phone does not get the contact: %q", answer)
	}

	written := func(last string) []any {
		return []any{wbData, wbPage, wbContacts, wbEmail, "phone@outside.example", wbFileAs, "Phone " + last, wbFirst, "Phone", wbLast, last, wbPage, 0, wbEnd, wbEnd, wbEnd}
	}
	answer = phone.sync(t, folder, nextKey(t, answer), append([]any{wbChanges, wbCommands, wbAdd, wbClientID, "1"}, written(stamp)...)...)
	second, key := only(t, serverID, answer), nextKey(t, answer)
	if status, body := dav("GET", second, ""); status != 200 || !strings.Contains(body, stamp+";Phone") || !strings.Contains(body, "phone@outside.example") {
		t.Errorf("what a phone wrote is not there: %d %s", status, body)
	}

	time.Sleep(1100 * time.Millisecond) // what changes within the second of an answer is in none: its key is that second
	if status, body := dav("DELETE", first, ""); status >= 300 {
		t.Fatalf("the contact is not deleted: %d %s", status, body)
	}
	answer = phone.sync(t, folder, key, wbChanges)
	if !tells(answer, wbDelete, first) {
		t.Errorf("a phone does not hear that the contact is gone: %q", answer)
	}
	answer = phone.sync(t, folder, nextKey(t, answer), append([]any{wbChanges, wbCommands, wbChange, wbServerID, second}, written("Changed"+stamp)...)...)
	if status, body := dav("GET", second, ""); status != 200 || !strings.Contains(body, "Changed"+stamp+";Phone") {
		t.Errorf("what a phone changed is as it was: %d %s; it was told %q", status, body, answer)
	}
}

// A folder that a phone makes is there by IMAP, and one made by IMAP comes to the phone.
func TestWebmailPhoneFolders(t *testing.T) {
	s := mailSuite(t)
	s.watch(t, "sogo", "dovecot")
	stamp := fmt.Sprint(time.Now().UnixNano())
	byPhone, byIMAP := "Phone"+stamp, "Imap"+stamp
	phone := s.device(carl, "e2email")
	created := phone.ask(t, "FolderCreate", wbPage, wbFolders, wbFolderCreate, wbFolderKey, only(t, foldersKey, phone.folders(t, "0")), wbParent, "0", wbName, byPhone, wbType, "12", wbEnd)
	c, err := s.mailbox(carl, byPhone)
	if err != nil {
		t.Fatalf("there is no folder that a phone made, which was told %q: %v", created, err)
	}
	defer func() { _ = c.Logout() }()
	if err := c.Create(byIMAP); err != nil {
		t.Fatal(err)
	}
	if answer := phone.folders(t, only(t, foldersKey, created)); !strings.Contains(answer, byIMAP) {
		t.Errorf("a phone does not get a new folder: %q", answer)
	}
}
