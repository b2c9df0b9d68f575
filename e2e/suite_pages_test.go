//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// webmail logs somebody in in a browser of their own.
func (s *suite) webmail(t testing.TB, who login) *browser {
	t.Helper()
	b := s.browser(t)
	b.do(t, "open the login page", chromedp.Navigate(s.webOrigin("webmail")+"/"))
	b.settle(t)
	b.identify(t, who)
	b.do(t, "see the mailbox", chromedp.WaitVisible(chromedp.CSS("md-fab-trigger")))
	b.settle(t)
	return b
}

// mailPage is the address of a folder of somebody's, or of a mail in it. Webmail decodes the name of the folder twice.
func (s *suite) mailPage(who login, folder string, mail ...uint32) string {
	address := s.webOrigin("webmail") + "/SOGo/so/" + who.user + "/Mail/view#!/Mail/0/" + url.PathEscape(url.PathEscape(folder))
	for _, id := range mail {
		address += fmt.Sprintf("/%d", id)
	}
	return address
}

// turnTo opens a page anew, also one that differs from the page before in what follows # alone.
func (b *browser) turnTo(t testing.TB, what, address string) {
	t.Helper()
	b.do(t, "leave the page", chromedp.Navigate("about:blank"))
	b.left()
	b.do(t, what, chromedp.Navigate(address))
	b.settle(t)
}

// reads waits until a text is on the page.
func (b *browser) reads(t testing.TB, what, text string) {
	t.Helper()
	b.until(t, what, fmt.Sprintf("document.body.innerText.includes(%q)", text))
}

// press clicks the first thing in sight that a selector finds and that has a text in it, or in its line of a list.
func (b *browser) press(t testing.TB, what, selector, text string) {
	t.Helper()
	b.until(t, what, fmt.Sprintf(`(() => {
		const found = [...document.querySelectorAll(%q)].find(e => e.offsetParent !== null && (e.closest('md-list-item') ?? e).textContent.includes(%q))
		if (found) found.click()
		return !!found
	})()`, selector, text))
	b.settle(t)
}

// noted fails the test for what webmail's pages complained of. One asks whether passwords can be recovered, and takes the refusal for a no.
func (b *browser) noted(t testing.TB) {
	t.Helper()
	b.mu.Lock()
	b.faults = slices.DeleteFunc(b.faults, func(fault string) bool { return strings.Contains(fault, "/passwordRecoveryEnabled") })
	b.mu.Unlock()
	b.blameless(t)
}

// contactsInABrowser sees a contact that another client put in, and writes one, which other clients and a phone get.
func (s *suite) contactsInABrowser(t testing.TB, b *browser) {
	t.Helper()
	stamp := fmt.Sprint(time.Now().UnixMilli())
	book := s.webOrigin("webmail") + "/SOGo/dav/anna/Contacts/personal/"
	if status, _, body := s.ask(t, s.client(), asked{method: "PUT", address: book + "e2e-" + stamp + ".vcf", who: &anna, header: http.Header{"Content-Type": {"text/vcard"}},
		body: card("e2e-"+stamp, "Aa", "Came"+stamp, "aa@outside.example")}); status != 201 {
		t.Fatalf("the contact is not taken: %d %s", status, body)
	}
	page := s.webOrigin("webmail") + "/SOGo/so/anna/Contacts/view#!/addressbooks/personal"
	b.turnTo(t, "open the address book", page)
	b.reads(t, "the contact is there", "Came"+stamp)
	b.shoot(t, "webmail-contacts")

	b.turnTo(t, "begin a contact", page+"/card/new")
	const given, family = "input[ng-model='editor.card.c_givenname']", "input[ng-model='editor.card.c_sn']"
	b.do(t, "write the contact", chromedp.WaitVisible(chromedp.CSS(given)), chromedp.SendKeys(chromedp.CSS(given), "Bb"), chromedp.SendKeys(chromedp.CSS(family), "Wrote"+stamp))
	b.shoot(t, "webmail-contact")
	b.press(t, "save the contact", "button[ng-click='editor.save(contactForm)']:not([disabled])", "")
	eventually(t, 2*patience, "other clients get the contact", func() error {
		status, _, body := s.ask(t, s.client(), asked{method: "REPORT", address: book, who: &anna, header: http.Header{"Depth": {"1"}, "Content-Type": {"application/xml"}},
			body: `<c:addressbook-query xmlns:c="urn:ietf:params:xml:ns:carddav" xmlns="DAV:"><prop><c:address-data/></prop><c:filter/></c:addressbook-query>`})
		if status != 207 || !strings.Contains(body, "Wrote"+stamp+";Bb") {
			return fmt.Errorf("%d %.3000s", status, body)
		}
		return nil
	})
	phone := s.device(anna, "e2ebook")
	folder := phone.folder(t, phone.folders(t, "0"), "vcard/personal")
	if answer := phone.sync(t, folder, phone.start(t, folder), wbChanges); !strings.Contains(answer, "Wrote"+stamp) || !strings.Contains(answer, "Came"+stamp) {
		t.Errorf("a phone does not get the contacts: %q", answer)
	}
}
