//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// webOrigin is the address of a public name of the suite's edge.
func (s *suite) webOrigin(host string) string {
	return "https://" + host + "." + suiteDomain + ":" + s.ports["https"]
}

// client asks the suite's edge, wherever names lead, and follows no redirect.
func (s *suite) client() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{
		Timeout: time.Minute, Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			TLSClientConfig: s.tls("webmail"),
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				_, port, _ := net.SplitHostPort(address)
				return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
			},
		},
	}
}

// asked is what is asked of the edge.
type asked struct {
	method, address string
	who             *login
	header          http.Header
	body            string
}

// ask asks, and returns status, headers and body.
func (s *suite) ask(t testing.TB, c *http.Client, a asked) (int, http.Header, string) {
	t.Helper()
	at, err := url.Parse(a.address)
	if err != nil {
		t.Fatal(err)
	}
	request := must(http.NewRequest(a.method, a.address, bytes.NewReader([]byte(a.body))))(t)
	for name, values := range a.header {
		request.Header[name] = values
	}
	if a.who != nil {
		request.SetBasicAuth(a.who.user, a.who.password)
	}
	transport := c.Transport.(*http.Transport)
	transport.TLSClientConfig = s.tls(strings.TrimSuffix(at.Hostname(), "."+suiteDomain))
	defer transport.CloseIdleConnections()
	response, err := c.Do(request)
	if err != nil {
		t.Fatalf("%s %s: %v", a.method, a.address, err)
	}
	defer response.Body.Close()
	body := must(io.ReadAll(response.Body))(t)
	return response.StatusCode, response.Header, string(body)
}

// signedIn logs in as the page does.
func (s *suite) signedIn(t testing.TB, who login) (*http.Client, int, http.Header) {
	t.Helper()
	s.awaitLogins()
	c := s.client()
	body := must(json.Marshal(map[string]string{"userName": who.user, "password": who.password}))(t)
	status, header, _ := s.ask(t, c, asked{method: "POST", address: s.webOrigin("webmail") + "/SOGo/connect", body: string(body),
		header: http.Header{"Content-Type": {"application/json"}}})
	return c, status, header
}

// Somebody logs in in a browser, reads a mail, writes one that another person gets, and sees what another client has put into the calendar.
func TestWebmailInABrowser(t *testing.T) {
	s := mailSuite(t)
	s.watch(t)
	came := fmt.Sprintf("m%d", time.Now().UnixMilli())
	if err := s.send("submissions", &bert, at("bert"), []string{at("anna")}, letter(at("bert"), at("anna"), came, "Good morning, Anna.")); err != nil {
		t.Fatal(err)
	}
	s.arrived(t, anna, "INBOX", came)

	b := s.webmail(t, anna)
	b.until(t, "the list of mails", fmt.Sprintf("document.body.innerText.includes(%q)", came))
	b.settle(t)
	b.shoot(t, "webmail-inbox")
	b.until(t, "the mail is opened", fmt.Sprintf(`(() => {
		const mail = [...document.querySelectorAll("[ng-click^='mailbox.selectMessage']")].find(e => e.closest('md-list-item').innerText.includes(%q))
		if (mail) mail.click()
		return document.body.innerText.includes('Good morning, Anna.')
	})()`, came))
	b.settle(t)
	b.shoot(t, "webmail-mail")

	wrote := fmt.Sprintf("e%d", time.Now().UnixMilli())
	// The button opens a menu of two, of which this is the first.
	b.until(t, "a mail is begun", "(document.querySelector(\"button[ng-click^='mailbox.newMessage']\").click(), true)")
	b.do(t, "see where it is written", chromedp.WaitVisible(chromedp.CSS("input[name=subject]")))
	b.settle(t)
	b.do(t, "write it", chromedp.SendKeys(chromedp.CSS("md-chips[ng-model='editor.message.editable.to'] input"), at("bert")+"\r"),
		chromedp.SendKeys(chromedp.CSS("input[name=subject]"), wrote))
	b.settle(t)
	b.shoot(t, "webmail-write")
	b.do(t, "send it", chromedp.Click(chromedp.CSS("button[ng-click='editor.send()']")),
		chromedp.WaitNotPresent(chromedp.CSS("input[name=subject]")))
	if mail := s.arrived(t, bert, "INBOX", wrote); !strings.Contains(mail, `From: "Anna Adler" <`+at("anna")+">") {
		t.Errorf("the mail is not as it was written:\n%s", mail)
	}
	s.arrived(t, anna, "Sent", wrote)
	meeting := fmt.Sprintf("c%d", time.Now().UnixMilli())
	if status, address := s.putEvent(t, anna, meeting, event(meeting, meeting)); status != 201 {
		t.Fatalf("the event is not taken at %s: %d", address, status)
	}
	b.do(t, "open the calendar", chromedp.Navigate(s.webOrigin("webmail")+"/SOGo/so/anna/Calendar"))
	b.settle(t)
	b.until(t, "the event is there", fmt.Sprintf("document.body.innerText.includes(%q)", meeting))
	b.shoot(t, "webmail-calendar")

	b.noted(t)

	s.contactsInABrowser(t, b)
}

// event is an appointment of today, as CalDAV clients write it.
func event(uid, summary string) string { return eventOn(time.Now(), uid, summary) }

// eventOn is one of another day, with more lines in it.
func eventOn(day time.Time, uid, summary string, more ...string) string {
	on := day.UTC().Format("20060102")
	lines := append([]string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:e2e", "BEGIN:VEVENT", "UID:" + uid, "DTSTAMP:" + time.Now().UTC().Format("20060102T150405Z"),
		"DTSTART:" + on + "T100000Z", "DTEND:" + on + "T110000Z", "SUMMARY:" + summary}, more...)
	return strings.Join(append(lines, "END:VEVENT", "END:VCALENDAR", ""), "\r\n")
}

// An event and a contact go in by one client and come out by another: CalDAV, CardDAV, ActiveSync.
func TestWebmailCalendarsAndContacts(t *testing.T) {
	s := mailSuite(t)
	s.watch(t)
	c, dav := s.client(), s.webOrigin("webmail")+"/SOGo/dav/anna/"
	stamp := fmt.Sprint(time.Now().UnixNano())

	for _, kind := range []string{"caldav", "carddav"} {
		if status, header, _ := s.ask(t, c, asked{method: "PROPFIND", address: s.webOrigin("webmail") + "/.well-known/" + kind}); status != 301 || header.Get("Location") != s.webOrigin("webmail")+"/SOGo/dav/" {
			t.Errorf("%s is found at %d %s", kind, status, header.Get("Location"))
		}
	}
	from := dav + "Calendar/personal/e2e-" + stamp + ".ics"
	if status, _, body := s.ask(t, c, asked{method: "PUT", address: from, who: &anna, body: event("e2e-"+stamp, "Planning "+stamp), header: http.Header{"Content-Type": {"text/calendar"}}}); status != 201 {
		t.Fatalf("the event is not taken: %d %s", status, body)
	}
	card := dav + "Contacts/personal/e2e-" + stamp + ".vcf"
	if status, _, body := s.ask(t, c, asked{method: "PUT", address: card, who: &anna, header: http.Header{"Content-Type": {"text/vcard"}},
		body: "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:e2e-" + stamp + "\r\nFN:Zoe Zander\r\nN:Zander;Zoe;;;\r\nEMAIL:zoe@outside.example\r\nEND:VCARD\r\n"}); status != 201 {
		t.Fatalf("the contact is not taken: %d %s", status, body)
	}
	for address, want := range map[string]string{from: "Planning " + stamp, card: "Zoe Zander"} {
		if status, _, body := s.ask(t, c, asked{method: "GET", address: address, who: &anna}); status != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", address, status, body)
		}
		if status, _, body := s.ask(t, c, asked{method: "GET", address: address, who: &bert}); status == 200 || strings.Contains(body, want) {
			t.Errorf("somebody else reads %s: %d", address, status)
		}
	}
	// Paths in answers are such as clients can ask for.
	status, _, body := s.ask(t, c, asked{method: "PROPFIND", address: dav + "Calendar/personal/", who: &anna, header: http.Header{"Depth": {"1"}}})
	if status != 207 || !strings.Contains(body, ">/SOGo/dav/anna/Calendar/personal/e2e-"+stamp+".ics<") {
		t.Errorf("the calendar has %d %.600s", status, body)
	}

	phone := s.device(anna, "e2eevents")
	calendar := phone.folder(t, phone.folders(t, "0"), "vevent/personal")
	answer := phone.sync(t, calendar, phone.start(t, calendar), wbChanges)
	if !strings.Contains(answer, "Planning "+stamp) {
		t.Errorf("a phone does not get the event: %q", answer)
	}
	phone.sync(t, calendar, nextKey(t, answer), wbChanges, wbCommands, wbAdd, wbClientID, "1", wbData, wbPage, wbCalendar, wbStart, "20261202T100000Z", wbSubject, "By phone "+stamp,
		wbStop, "20261202T110000Z", wbEnd, wbPage, 0, wbEnd, wbEnd)
	status, _, body = s.ask(t, c, asked{method: "REPORT", address: dav + "Calendar/personal/", who: &anna, header: http.Header{"Depth": {"1"}, "Content-Type": {"application/xml"}},
		body: `<c:calendar-query xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns="DAV:"><prop><c:calendar-data/></prop><c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"/></c:comp-filter></c:filter></c:calendar-query>`})
	if status != 207 || !strings.Contains(body, "By phone "+stamp) {
		t.Errorf("what a phone wrote is not there: %d %.2000s", status, body)
	}
}

// Nobody gets in by a wrong password or by saying who they are, and a session is the browser's alone.
func TestWebmailRefuses(t *testing.T) {
	s := mailSuite(t)
	s.watch(t)
	wrong := login{anna.user, "not the password"}
	if _, status, _ := s.signedIn(t, wrong); status != 403 {
		t.Errorf("a wrong password gets %d", status)
	}
	for address, method := range map[string]string{"/SOGo/dav/anna/Calendar/": "PROPFIND", "/Microsoft-Server-ActiveSync": "OPTIONS"} {
		if status, _, _ := s.ask(t, s.client(), asked{method: method, address: s.webOrigin("webmail") + address, who: &wrong}); status != 401 {
			t.Errorf("%s with a wrong password: %d", address, status)
		}
		for _, name := range []string{"X-Webobjects-Remote-User", "x_webobjects_remote_user", "Remote-User"} {
			header := http.Header{name: {"anna"}, "X-Webobjects-Auth-Type": {"Basic"}}
			if status, _, body := s.ask(t, s.client(), asked{method: method, address: s.webOrigin("webmail") + address, header: header}); status != 401 && status != 403 {
				t.Errorf("%s for who says by %s to be anna: %d %.200s", address, name, status, body)
			}
		}
	}
	// Browsers log in at the provider, and no password opens a session beside it.
	_, status, header := s.signedIn(t, anna)
	if cookies := header["Set-Cookie"]; status != 403 || slices.ContainsFunc(cookies, func(c string) bool { return !strings.Contains(strings.ToLower(c), "secure") }) {
		t.Errorf("a password gets %d, and cookies that leave by plain HTTP: %q", status, cookies)
	}
	// It would fetch what it is told to, from inside of the deployment.
	for _, path := range []string{"/SOGo/so/anna/Calendar/addWebCalendar", "/SOGo//so/anna/Calendar/%61ddWebCalendar", "/SOGo/so/anna/x/../Calendar/addWebCalendar"} {
		if status, _, _ := s.ask(t, s.client(), asked{method: "POST", address: s.webOrigin("webmail") + path, who: &anna, body: `{"url":"http://postgres:5432/"}`}); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
	// A page of another site has browsers ask for nothing, but by a link to a page that changes nothing.
	const view, remove = "/SOGo/so/anna/view", "/SOGo/so/anna/Mail/0/folderINBOX/delete"
	for _, x := range []struct {
		method, path, mode, to, from string
		refused                      bool
	}{
		{"POST", view, "cors", "empty", "cross-site", true}, {"POST", view, "navigate", "document", "cross-site", true}, {"GET", view, "no-cors", "image", "cross-site", true},
		{"POST", view, "cors", "empty", "same-site", true}, {"GET", view, "navigate", "iframe", "cross-site", true}, {"GET", view, "navigate", "", "cross-site", true},
		{"GET", remove, "navigate", "document", "cross-site", true}, {"GET", remove, "navigate", "document", "same-site", true}, {"GET", remove, "navigate", "iframe", "cross-site", true},
		{"GET", "/SOGo/so/anna/Calendar/personal/delete", "navigate", "document", "cross-site", true}, {"GET", remove + "/..%2f..%2f..%2f..%2fview", "navigate", "document", "cross-site", true},
		{"GET", "/SOGo/?Cmd=so", "navigate", "document", "cross-site", true}, {"GET", view + "?delete:method=", "navigate", "document", "cross-site", true},
		{"GET", "/SOGo/?code=abc&delete%3Amethod=", "navigate", "document", "cross-site", true},
		{"GET", view, "navigate", "document", "cross-site", false}, {"GET", "/SOGo/?code=a-b&state=c.d", "navigate", "document", "same-site", false},
		{"GET", "/SOGo/so/anna/Mail/view", "navigate", "document", "same-site", false}, {"POST", view, "cors", "empty", "same-origin", false},
		{"GET", "/SOGo/so/anna/Mail/0/folderINBOX/1/popupview", "navigate", "document", "same-site", false},
		{"GET", remove + "/view", "navigate", "document", "cross-site", true}, {"GET", "/SOGo/so/anna/Mail/0/folderINBOX/1/delete/view", "navigate", "document", "cross-site", true},
		{"GET", remove, "navigate", "document", "same-origin", false}, {"GET", view, "navigate", "document", "none", false},
	} {
		header := http.Header{"Sec-Fetch-Mode": {x.mode}, "Sec-Fetch-Site": {x.from}, "Sec-Fetch-Dest": {x.to}}
		status, _, body := s.ask(t, s.client(), asked{method: x.method, address: s.webOrigin("webmail") + x.path, header: header})
		if refused := status == 403 && strings.Contains(body, "nginx"); refused != x.refused {
			t.Errorf("%s %s %s %s from %s: %d %.200s", x.method, x.path, x.mode, x.to, x.from, status, body)
		}
	}
	_, header, _ = s.ask(t, s.client(), asked{method: "GET", address: s.webOrigin("webmail") + "/SOGo/"})
	if policy := header["Content-Security-Policy"]; len(policy) != 1 || !strings.Contains(policy[0], "form-action 'self'") || header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers of a page: %q", header)
	}
	// A host that somebody makes up is in no link.
	if status, header, body := s.ask(t, s.client(), asked{method: "GET", address: s.webOrigin("webmail") + "/SOGo/", header: http.Header{"X-Forwarded-Host": {"evil.example"}, "X-Webobjects-Server-Url": {"https://evil.example"}}}); status != 302 || strings.Contains(body+header.Get("Location"), "evil.example") {
		t.Errorf("%d %s, with what a client said", status, header.Get("Location"))
	}
}

// Mail programs find the servers by an address.
func TestMailProgramsFindTheServers(t *testing.T) {
	s := mailSuite(t)
	s.watch(t)
	status, _, body := s.ask(t, s.client(), asked{method: "GET", address: s.webOrigin("autoconfig") + "/mail/config-v1.1.xml?emailaddress=" + at("anna")})
	var config struct {
		Provider struct {
			Incoming []struct {
				Type     string `xml:"type,attr"`
				Hostname string `xml:"hostname"`
				Port     string `xml:"port"`
				Socket   string `xml:"socketType"`
			} `xml:"incomingServer"`
		} `xml:"emailProvider"`
	}
	if err := xml.Unmarshal([]byte(body), &config); err != nil || status != 200 || len(config.Provider.Incoming) == 0 {
		t.Fatalf("autoconfig: %d %v %s", status, err, body)
	}
	if first := config.Provider.Incoming[0]; first.Type != "imap" || first.Hostname != "imap."+suiteDomain || first.Port != s.ports["imaps"] || first.Socket != "SSL" {
		t.Errorf("autoconfig says %+v", first)
	}
	for schema, want := range map[string]string{
		"mobilesync/responseschema/2006": "<Url>" + s.webOrigin("webmail") + "/Microsoft-Server-ActiveSync</Url>",
		"outlook/responseschema/2006a":   "<Type>SMTP</Type><Server>mail." + suiteDomain + "</Server><Port>" + s.ports["submissions"] + "</Port>",
	} {
		for _, path := range []string{"/autodiscover/autodiscover.xml", "/Autodiscover/Autodiscover.xml", "/AutoDiscover/AutoDiscover.xml"} {
			status, _, body := s.ask(t, s.client(), asked{method: "POST", address: s.webOrigin("autodiscover") + path, header: http.Header{"Content-Type": {"text/xml"}},
				body: "<Autodiscover><Request><EMailAddress>" + at("anna") + "</EMailAddress><AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/" +
					schema + "</AcceptableResponseSchema></Request></Autodiscover>"})
			if status != 200 || !strings.Contains(body, want) || !strings.Contains(body, at("anna")) {
				t.Errorf("%s: %d %s", path, status, body)
			}
		}
	}
	status, _, body = s.ask(t, s.client(), asked{method: "POST", address: s.webOrigin("autodiscover") + "/autodiscover/autodiscover.xml",
		body: "<EMailAddress>&lt;x&gt;@" + suiteDomain + "</EMailAddress>"})
	if status != 200 || !strings.Contains(body, "<ErrorCode>600</ErrorCode>") || strings.Contains(body, "&lt;x") {
		t.Errorf("what is no address: %d %s", status, body)
	}
}

// The database begins anew under webmail, and calendars are there again.
func TestWebmailOutlivesItsDatabase(t *testing.T) {
	s := mailSuite(t)
	s.mendedAfter(t)
	c, calendar := s.client(), s.webOrigin("webmail")+"/SOGo/dav/anna/Calendar/personal/"
	must(s.compose(time.Minute, "restart", "postgres"))(t)
	good := 0
	eventually(t, 2*patience, "the calendar again", func() error {
		// Each process notices once that its connection is gone.
		status, _, body := s.ask(t, c, asked{method: "PROPFIND", address: calendar, who: &anna, header: http.Header{"Depth": {"0"}}})
		if good++; status != 207 {
			good = 0
			return fmt.Errorf("%d %.200s", status, body)
		}
		if good < 10 {
			return fmt.Errorf("%d in a row", good)
		}
		return nil
	})
	eventually(t, recovery, "webmail is healthy", func() error {
		out, err := s.compose(time.Minute, "ps", "--format", "{{.Health}}", "sogo")
		if err == nil && strings.TrimSpace(out) != "healthy" {
			err = fmt.Errorf("it is %s", out)
		}
		return err
	})
}
