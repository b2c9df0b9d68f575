//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// TestDocsSearch reads the reference as people do: from a file, with the search, in a browser.
func TestDocsSearch(t *testing.T) {
	dir := t.TempDir()
	must(command(time.Minute, "", "", owgen, "docs", "-o", dir))(t)
	b := reader(t)
	page := "file://" + filepath.Join(dir, "reference.html")
	b.do(t, "open the page", chromedp.Navigate(page), chromedp.WaitVisible(chromedp.CSS("#search")))
	all := b.count(t, "article:not([hidden])")
	if all < 300 {
		t.Errorf("the page shows %d entries", all)
	}

	// As a key that is really pressed: chromedp would type the character after the page has refused it.
	focused := must(chromedp.Run(b.Context, chromedp.Evaluate[string](`document.dispatchEvent(new KeyboardEvent("keydown", {key: "/"})); document.activeElement.id`)))(t)
	if focused != "search" {
		t.Errorf("a slash leads to %q", focused)
	}
	b.do(t, "search", chromedp.SendKeys(chromedp.CSS("#search"), "Publish VPN"))
	if shown := b.count(t, "article:not([hidden])"); shown == 0 || shown > 20 {
		t.Errorf("%d of %d entries are left", shown, all)
	}
	if marked := b.text(t, `article[id="publish.vpn"] h4`); marked != "publish.vpn" {
		t.Errorf("the name reads %q", marked)
	}
	if n := b.count(t, `article[id="publish.vpn"] mark`); n != 2 {
		t.Errorf("%d words are marked", n)
	}
	b.shoot(t, "docs-search")
	b.do(t, "go to the first", chromedp.KeyEvent("\r"))
	if address := must(chromedp.Run(b.Context, chromedp.Location()))(t); !strings.HasSuffix(address, "#publish.vpn") {
		t.Errorf("enter leads to %s", address)
	}

	b.do(t, "search for nothing that is", chromedp.SendKeys(chromedp.CSS("#search"), " zzzz"))
	if text := b.text(t, "#count"); text != "0 entries" {
		t.Errorf("the count reads %q", text)
	}
	b.do(t, "leave the search", chromedp.KeyEvent("\u001b"))
	if shown := b.count(t, "article:not([hidden])"); shown != all {
		t.Errorf("%d of %d entries are back", shown, all)
	}

	b.do(t, "open a link with a search", chromedp.Navigate(page+"?q=subnet-overlap"), chromedp.WaitVisible(chromedp.CSS("#rule-subnet-overlap")))
	if n := len(b.asked); n != 2 {
		t.Errorf("the page asked for more than itself: %v", b.asked)
	}
	b.blameless(t)
}

// A pageReader is a browser without a stack, which notes what it asks for.
type pageReader struct {
	*browser
	asked []string
}

func reader(t *testing.T) *pageReader {
	t.Helper()
	binary, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is missing: apt-get install chromium")
	}
	if real := "/usr/lib/chromium/chromium"; fileExists(real) {
		binary = real
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(binary), chromedp.Env("HOME="+must(os.MkdirTemp(scratch, "browser-"))(t)),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1300, 1000), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"))
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	tab, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	r := &pageReader{browser: &browser{Context: tab, pending: map[network.RequestID]inquiry{}, sockets: map[network.RequestID]string{}}}
	err = chromedp.Listen(tab, func(event any) {
		if e, ok := event.(*network.EventRequestWillBeSent); ok {
			r.asked = append(r.asked, e.Request.URL)
		}
		r.note(event)
	})
	if err != nil {
		t.Fatalf("chromium does not start: %v", err)
	}
	return r
}

// count counts what a selector finds.
func (r *pageReader) count(t *testing.T, selector string) int {
	t.Helper()
	return must(chromedp.Run(r.Context, chromedp.Evaluate[int]("document.querySelectorAll(`"+selector+"`).length")))(t)
}

func fileExists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
