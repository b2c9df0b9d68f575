//go:build e2e

package e2e

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	imapclient "github.com/emersion/go-imap/client"
)

const (
	programName     = "rest-api.e2e"
	programRedirect = "http://127.0.0.1:8765/" // where nobody listens: the code is read from the address
	everyScope      = "mail.read mail.send calendar.read calendar.write"
)

// loggedIn is a browser's session at the provider of logins.
func (s *suite) loggedIn(t testing.TB, who login) (c *http.Client) {
	t.Helper()
	eventually(t, 2*time.Minute, who.user+" logs in", func() error {
		c = s.client()
		if status, body := s.identified(t, c, who); status != http.StatusFound {
			return fmt.Errorf("%d %.200s", status, body)
		}
		return nil
	})
	return c
}

// token asks whoever is logged in whether a client may, says yes, and returns what opens the doors.
func (s *suite) token(t testing.TB, c *http.Client, id, secret, redirect, scope string) string {
	t.Helper()
	verifier := strings.Repeat("e2e-", 12)
	sum := sha256.Sum256([]byte(verifier))
	address := s.webOrigin("id") + "/oauth/authorize?" + url.Values{"response_type": {"code"}, "client_id": {id}, "redirect_uri": {redirect}, "scope": {scope},
		"state": {"e2e"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}}.Encode()
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Referer": {address}, "Origin": {s.webOrigin("id")}}
	status, header, body := s.ask(t, c, asked{method: "GET", address: address})
	if secret == "" && status == http.StatusOK { // otherwise the operator has decided, or the answer is known
		status, header, body = s.ask(t, c, asked{method: "POST", address: address, body: "answer=accept", header: form})
	}
	back := must(url.Parse(header.Get("Location")))(t)
	if status != http.StatusFound || !strings.HasPrefix(back.String(), redirect) || back.Query().Get("code") == "" {
		t.Fatalf("%s is let in by %d %s %.600s", id, status, back, body)
	}
	given := url.Values{"grant_type": {"authorization_code"}, "code": {back.Query().Get("code")}, "client_id": {id}, "redirect_uri": {redirect}, "code_verifier": {verifier}}
	if secret != "" {
		given.Set("client_secret", secret)
	}
	status, _, body = s.ask(t, s.client(), asked{method: "POST", address: s.webOrigin("id") + "/oauth/token", body: given.Encode(), header: form})
	var got struct {
		Token string `json:"access_token"`
		Scope string `json:"scope"`
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusOK || !sameWords(got.Scope, scope) {
		t.Fatalf("%s gets %d %v for %q: scope %q", id, status, err, scope, got.Scope)
	}
	return got.Token
}

// sameWords compares scopes, which have no order.
func sameWords(a, b string) bool {
	return slices.Equal(slices.Sorted(slices.Values(strings.Fields(a))), slices.Sorted(slices.Values(strings.Fields(b))))
}

// rest asks the REST API, and reads its answer into the last argument, if there is one.
func (s *suite) rest(t testing.TB, token, method, path string, body any, into ...any) (int, http.Header, string) {
	t.Helper()
	request := asked{method: method, address: s.webOrigin("rest") + path, header: http.Header{}}
	if token != "" {
		request.header.Set("Authorization", "Bearer "+token)
	}
	if body != nil {
		request.body = string(must(json.Marshal(body))(t))
		request.header.Set("Content-Type", "application/json")
	}
	status, header, answer := s.ask(t, s.client(), request)
	for _, value := range into {
		if err := json.Unmarshal([]byte(answer), value); err != nil || status > 299 {
			t.Fatalf("%s %s: %d %v %.600s", method, path, status, err, answer)
		}
	}
	return status, header, answer
}

// A program that somebody has let in lists and reads mail, and sends some as whoever that is.
func TestMailGatewayMail(t *testing.T) {
	s := mailSuite(t)
	s.watch(t, "rest-api", "canaille", "dovecot", "mta")
	came := fmt.Sprintf("rest%d", time.Now().UnixNano())
	if err := s.send("submissions", &bert, at("bert"), []string{at("anna")}, letter(at("bert"), at("anna"), came, "Good morning, Anna.")); err != nil {
		t.Fatal(err)
	}
	s.arrived(t, anna, "INBOX", came)
	token := s.token(t, s.loggedIn(t, anna), programName, "", programRedirect, everyScope)

	var boxes []struct {
		Name     string
		Messages int
	}
	s.rest(t, token, "GET", "/v1/mailboxes", nil, &boxes)
	if len(boxes) < 5 {
		t.Errorf("the mailboxes are %+v", boxes)
	}
	var page struct {
		Messages []struct {
			UID     int
			Subject string
			From    []struct{ Address string }
		}
	}
	s.rest(t, token, "GET", "/v1/mailboxes/INBOX/messages?limit=10", nil, &page)
	uid := 0
	for _, m := range page.Messages {
		if m.Subject == came && len(m.From) == 1 && m.From[0].Address == at("bert") {
			uid = m.UID
		}
	}
	var mail struct{ Text, Subject string }
	s.rest(t, token, "GET", fmt.Sprintf("/v1/messages/INBOX/%d", uid), nil, &mail)
	if !strings.Contains(mail.Text, "Good morning, Anna.") || mail.Subject != came {
		t.Errorf("the mail is %+v", mail)
	}

	for from, name := range map[string]string{"": at("anna"), "a.adler@" + suiteDomain: "a.adler@" + suiteDomain} {
		wrote := fmt.Sprintf("rest%d", time.Now().UnixNano())
		wish := map[string]any{"to": []string{at("bert")}, "subject": wrote, "text": "Grüße\n"}
		if from != "" {
			wish["from"] = from
		}
		var accepted struct{ Saved bool }
		s.rest(t, token, "POST", "/v1/messages", wish, &accepted)
		if got := s.arrived(t, bert, "INBOX", wrote); !strings.Contains(got, "From: Anna Adler <"+name+">") || !accepted.Saved {
			t.Errorf("the mail is not as it was written, or not in Sent (%v):\n%s", accepted.Saved, got)
		}
		s.arrived(t, anna, "Sent", wrote)
	}
	forged := map[string]any{"from": at("bert"), "to": []string{at("bert")}, "subject": "forged", "text": "x"}
	if status, _, body := s.rest(t, token, "POST", "/v1/messages", forged); status != 422 {
		t.Errorf("a mail in somebody else's name: %d %s", status, body)
	}
	smuggled := map[string]any{"to": []string{at("bert")}, "subject": "x\r\nBcc: " + at("cb"), "text": "x"}
	if status, _, body := s.rest(t, token, "POST", "/v1/messages", smuggled); status != 422 {
		t.Errorf("a header in a subject: %d %s", status, body)
	}
	if logs := s.logs(t, "rest-api", "nginx", "canaille"); strings.Contains(logs, token) {
		t.Error("a token is in the logs")
	}
}

// An event that a program writes is there for CalDAV with a password, and the other way round.
func TestMailGatewayCalendar(t *testing.T) {
	s := mailSuite(t)
	s.watch(t, "rest-api", "sogo")
	token := s.token(t, s.loggedIn(t, anna), programName, "", programRedirect, "calendar.read calendar.write")
	const events = "/v1/calendars/personal/events"
	today := time.Now().UTC().Truncate(24 * time.Hour)
	span := events + "?" + url.Values{"from": {today.Format(time.RFC3339)}, "to": {today.Add(48 * time.Hour).Format(time.RFC3339)}}.Encode()

	var calendars []struct{ ID string }
	s.rest(t, token, "GET", "/v1/calendars", nil, &calendars)
	if !strings.Contains(fmt.Sprint(calendars), "{personal}") {
		t.Errorf("the calendars are %v", calendars)
	}
	title := fmt.Sprintf("rest%d", time.Now().UnixNano())
	wish := map[string]any{"title": title, "start": today.Add(10 * time.Hour), "end": today.Add(11 * time.Hour), "location": "Room 1"}
	var made struct{ ID, Etag, Title string }
	s.rest(t, token, "POST", events, wish, &made)
	dav := asked{method: "GET", address: s.webOrigin("webmail") + "/SOGo/dav/anna/Calendar/personal/" + made.ID, who: &anna}
	if status, _, body := s.ask(t, s.client(), dav); status != 200 || !strings.Contains(body, "SUMMARY:"+title) {
		t.Errorf("CalDAV has %d %s", status, body)
	}
	if status, address := s.putEvent(t, anna, "by-"+title, event("by-"+title, "by-"+title)); status != 201 {
		t.Fatalf("the event is not taken at %s: %d", address, status)
	}
	if status, _, body := s.rest(t, token, "GET", span, nil); status != 200 || !strings.Contains(body, `"title":"`+title) || !strings.Contains(body, `"title":"by-`+title) {
		t.Errorf("the events of today: %d %s", status, body)
	}

	wish["title"] = "changed " + title
	var changed struct{ Etag, Title string }
	s.rest(t, token, "PUT", events+"/"+made.ID, wish, &changed)
	if changed.Title != wish["title"] || changed.Etag == made.Etag {
		t.Errorf("the event is %+v, before %+v", changed, made)
	}
	if status, _, body := s.rest(t, token, "DELETE", events+"/"+made.ID, nil); status != 204 {
		t.Errorf("it is removed by %d %s", status, body)
	}
	if status, _, _ := s.ask(t, s.client(), dav); status != 404 {
		t.Errorf("CalDAV has what was removed: %d", status)
	}
	berts := s.token(t, s.loggedIn(t, bert), programName, "", programRedirect, "calendar.read calendar.write")
	if status, _, body := s.rest(t, berts, "GET", events+"/by-"+title+".ics", nil); status != 404 {
		t.Errorf("somebody else gets %d %s", status, body)
	}
}

// bearer is XOAUTH2.
type bearer struct{ user, token string }

func (b bearer) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + b.user + "\x01auth=Bearer " + b.token + "\x01\x01"), nil
}

func (bearer) Next([]byte) ([]byte, error) { return nil, nil }

// opens says whether a token opens somebody's mailbox without the REST API.
func (s *suite) opens(t testing.TB, who login, token string) error {
	t.Helper()
	c := must(imapclient.DialTLS(net.JoinHostPort("127.0.0.1", s.ports["imaps"]), s.tls("imap")))(t)
	c.Timeout, c.ErrorLog = 30*time.Second, log.New(io.Discard, "", 0)
	defer func() { _ = c.Logout() }()
	return c.Authenticate(bearer{who.user, token})
}

// A token is for whom and for what it was given, for as long, and opens no mailbox beside the REST API.
func TestMailGatewayRefuses(t *testing.T) {
	s := mailSuite(t)
	s.watch(t, "rest-api", "canaille")
	session := s.loggedIn(t, anna)
	webmails := s.token(t, session, "sogo", s.secret(t, "openid_sogo_secret"), s.webOrigin("webmail")+"/SOGo/", "openid profile email")
	calendars := s.token(t, session, programName, "", programRedirect, "calendar.read")
	ended := s.token(t, session, programName, "", programRedirect, everyScope)
	s.exec(t, "canaille", "python", "-c", `import datetime, sys, identity
app = identity.create_app()
from canaille.app import models
from canaille.backends import Backend
with app.app_context(), app.backend.session():
    token = Backend.instance.get(models.Token, access_token=sys.argv[1])
    token.issue_date -= datetime.timedelta(days=1)
    Backend.instance.save(token)`, ended)

	for why, token := range map[string]string{"none": "", "made up": strings.Repeat("x", 48), "of webmail": webmails, "over": ended} {
		for _, path := range []string{"/v1/mailboxes", "/v1/calendars"} {
			if status, header, body := s.rest(t, token, "GET", path, nil); status != 401 || !strings.HasPrefix(header.Get("Www-Authenticate"), "Bearer") || !strings.Contains(header.Get("Content-Type"), "problem+json") {
				t.Errorf("a token that is %s opens %s: %d %s", why, path, status, body)
			}
		}
	}
	for path, body := range map[string]any{"/v1/mailboxes": nil, "/v1/messages": map[string]any{"to": []string{at("bert")}, "subject": "x", "text": "x"},
		"/v1/calendars/personal/events": map[string]any{"title": "x", "start": "2026-12-01", "end": "2026-12-02"}} {
		method := "POST"
		if body == nil {
			method = "GET"
		}
		if status, header, answer := s.rest(t, calendars, method, path, body); status != 403 || !strings.Contains(header.Get("Www-Authenticate"), "insufficient_scope") {
			t.Errorf("a token for reading calendars, %s %s: %d %s", method, path, status, answer)
		}
	}
	if status, _, body := s.rest(t, calendars, "GET", "/v1/calendars", nil); status != 200 {
		t.Errorf("a token for reading calendars reads none: %d %s", status, body)
	}
	whole := s.token(t, session, programName, "", programRedirect, everyScope)
	if err := s.opens(t, anna, whole); err == nil {
		t.Error("a program's token opens the mailbox without the REST API")
	}
	if err := s.opens(t, anna, webmails); err != nil {
		t.Errorf("webmail's opens it as little: %v", err)
	}
	if status, _, body := s.rest(t, "", "GET", "/openapi.json", nil); status != 200 || !strings.Contains(body, `"mail.send"`) {
		t.Errorf("it describes itself by %d %.200s", status, body)
	}
	if status, _, _ := s.rest(t, "", "GET", "/healthz", nil); status != 404 {
		t.Errorf("the outside gets %d of what the probe asks", status)
	}
}

// The Python code of the REST API, by its own tests, inside the image that it is part of.
func TestMailGatewayCode(t *testing.T) {
	s := mailSuite(t)
	must(command(5*time.Minute, "", "", "sh", "../dockerfiles/rest-api/tests/run.sh", s.file.Services["rest-api"].Image))(t)
}

// What one address sends is bounded as it is at the mail server, which sees the REST API's own address alone.
func TestMailGatewaySendsNoMoreThanOthers(t *testing.T) {
	s := mailSuite(t)
	const most = 120 // mail.send_rate, and so many at once
	began := time.Now()
	for i := 0; ; i++ {
		status, _, body := s.rest(t, "none", "POST", "/v1/messages", map[string]any{})
		if status == 429 && i >= most/2 {
			break
		}
		// However slow the machine is, so many have come back since.
		if took := time.Since(began); status != 401 || i > most+1+int(took.Minutes()*most+1) || took > 3*time.Minute {
			t.Fatalf("mail %d after %s: %d %.200s", i, took, status, body)
		}
	}
	if status, _, body := s.rest(t, "none", "GET", "/v1/mailboxes", nil); status != 401 {
		t.Errorf("what sends nothing: %d %.200s", status, body)
	}
	// Two come back a second: the other tests send some.
	time.Sleep(4 * time.Second)
}
