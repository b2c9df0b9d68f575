//go:build e2e

package e2e

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser is a headless Chromium that trusts the bundle's authority, and notes all that goes wrong in its pages.
type browser struct {
	context.Context
	s       *stack
	mu      sync.Mutex
	faults  []string
	calm    int // how many of them there were when a page had been loaded last
	pending map[network.RequestID]inquiry
	page    cdp.Frame // that is shown
	sockets map[network.RequestID]string
	joined  []string  // websockets whose handshake succeeded
	changed time.Time // when a request began or ended last
}

// inquiry is what a page asks for.
type inquiry struct {
	address string
	loader  cdp.LoaderID // of the page
}

// browser starts one, with more options than all have, and has it end with the test.
func (s *stack) browser(t testing.TB, more ...chromedp.ExecAllocatorOption) *browser {
	t.Helper()
	s.awaitLogins() // most begin with a login

	binary := "/usr/lib/chromium/chromium" // Debian's, without its wrapper script
	if _, err := os.Stat(binary); err != nil {
		if binary, err = exec.LookPath("chromium"); err != nil {
			t.Fatal("chromium is missing: apt-get install chromium libnss3-tools")
		}
	}
	home := must(os.MkdirTemp(scratch, "browser-"))(t) // which a process of it may still write to when the test ends
	trust(t, home, filepath.Join(s.dir, "ca.crt"))
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(binary),
		chromedp.Env("HOME="+home),
		chromedp.NoSandbox, // the tests run as root
		chromedp.DisableGPU,
		chromedp.WindowSize(1400, 1000),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"), // notifications have a sound
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true),
		// Nothing but this machine is contacted: any other name is not found.
		chromedp.Flag("host-resolver-rules", "MAP *.openwisp.localhost 127.0.0.1, MAP *.mail.localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
	)
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), append(options, more...)...)
	t.Cleanup(cancel)
	tab, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &browser{Context: tab, s: s, pending: map[network.RequestID]inquiry{}, sockets: map[network.RequestID]string{}}
	// The first call starts the browser, so it must not have a deadline.
	if err := chromedp.Listen(tab, b.note); err != nil {
		t.Fatalf("chromium does not start: %v", err)
	}
	return b
}

// trust puts a certificate authority into the store that Chromium looks at.
func trust(t testing.TB, home, certificate string) {
	t.Helper()
	store := filepath.Join(home, ".pki", "nssdb")
	if err := os.MkdirAll(store, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"-N", "--empty-password"}, {"-A", "-n", "bundle", "-t", "C,,", "-i", certificate}} {
		if _, err := command(time.Minute, "", "", "certutil", append([]string{"-d", "sql:" + store}, args...)...); err != nil {
			t.Fatalf("%v\n(certutil is in libnss3-tools)", err)
		}
	}
}

// note keeps what an operator would see in red in the browser's tools.
func (b *browser) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fault := func(format string, args ...any) { b.faults = append(b.faults, fmt.Sprintf(format, args...)) }
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		// What the page before still asked for is dropped, and its end not always told.
		if e.Type == network.ResourceTypeDocument {
			clear(b.pending)
		}
		b.changed = time.Now()
		left := e.Type != network.ResourceTypeDocument && e.FrameID == b.page.ID && e.LoaderID != b.page.LoaderID
		// Of what the page made itself, such as blob:, the end is not always told.
		if strings.HasPrefix(e.Request.URL, "http") && !left {
			b.pending[e.RequestID] = inquiry{e.Request.URL, e.LoaderID}
		}
	case *page.EventFrameNavigated:
		// What a page asks for when it is left goes with it as well.
		if e.Frame.ParentID == "" {
			b.page = *e.Frame
			maps.DeleteFunc(b.pending, func(_ network.RequestID, i inquiry) bool { return i.loader != e.Frame.LoaderID })
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			fault("%d %s", e.Response.Status, e.Response.URL)
		}
	case *network.EventLoadingFinished:
		delete(b.pending, e.RequestID)
		b.changed = time.Now()
	case *network.EventLoadingFailed:
		// A map gives up pieces that are still under way when it turns to another part.
		given := e.Canceled && e.ErrorText == "net::ERR_ABORTED" && e.Type == network.ResourceTypeImage
		if asked, wanted := b.pending[e.RequestID]; wanted && !given || !e.Canceled {
			fault("%s %s", e.ErrorText, asked.address)
		}
		delete(b.pending, e.RequestID)
		b.changed = time.Now()
	case *network.EventWebSocketCreated:
		b.sockets[e.RequestID] = e.URL
	case *network.EventWebSocketHandshakeResponseReceived:
		b.joined = append(b.joined, b.sockets[e.RequestID])
	case *network.EventWebSocketFrameError:
		fault("websocket: %s", e.ErrorMessage)
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		fault("exception: %s", text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			for _, arg := range e.Args {
				fault("console: %s %s", arg.Value, arg.Description)
			}
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			fault("log: %s %s", e.Entry.Text, e.Entry.URL)
		}
	}
}

// do performs actions within a minute.
func (b *browser) do(t testing.TB, what string, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.Context, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.shoot(t, "failed")
		b.mu.Lock()
		defer b.mu.Unlock()
		t.Fatalf("%s: %v; seen so far: %s", what, err, strings.Join(b.faults, "; "))
	}
}

// text reads what a part of the page shows.
func (b *browser) text(t testing.TB, selector string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.Context, patience)
	defer cancel()
	return must(chromedp.Run(ctx, chromedp.Text(chromedp.CSS(selector))))(t)
}

// until waits until something is true on whatever page the browser is by then. Where it never is, it says what is there instead.
func (b *browser) until(t testing.TB, what, expression string) {
	t.Helper()
	come := false
	defer func() {
		if !come {
			b.shoot(t, "failed-"+strings.ReplaceAll(t.Name(), "/", "-"))
		}
	}()
	eventually(t, 2*patience, what, func() error {
		// An expression may do something, which a slow machine must not have done twice.
		ctx, cancel := context.WithTimeout(b.Context, 20*time.Second)
		defer cancel()
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		if err != nil || is {
			return err
		}
		page, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href + ': ' + document.body.innerText"))
		if err == nil {
			err = errors.New("not yet at " + page)
		}
		return err
	})
	come = true
}

// settle waits until no request was under way for half a second. Containers that come and go on this machine make
// Chromium drop what it was loading; then the page is loaded once more.
func (b *browser) settle(t testing.TB) {
	t.Helper()
	for range 5 {
		b.loaded(t)
		if !b.disturbed() {
			return
		}
		b.do(t, "load the page again", chromedp.Reload())
	}
	t.Log("the machine's networks never stood still")
}

func (b *browser) loaded(t testing.TB) {
	t.Helper()
	eventually(t, patience, "the page loads", func() error {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, asked := range b.pending {
			return errors.New("still loading " + asked.address)
		}
		if time.Since(b.changed) < 500*time.Millisecond {
			return errors.New("still asking for more")
		}
		return nil
	})
}

// networkChanged is said of what Chromium drops because a network of this machine came or went.
const networkChanged = "net::ERR_NETWORK_CHANGED"

// disturbed forgets all faults of a page that was loaded while the machine's networks changed: its scripts complain of what was dropped as well.
func (b *browser) disturbed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calm = min(b.calm, len(b.faults))
	is := slices.ContainsFunc(b.faults[b.calm:], func(fault string) bool { return strings.Contains(fault, networkChanged) })
	if is {
		b.faults = b.faults[:b.calm]
	}
	b.calm = len(b.faults)
	return is
}

// open shows a page of the dashboard, waits until a part of it is visible and all of it loaded, and takes its picture.
func (b *browser) open(t testing.TB, name, path, visible string) {
	t.Helper()
	b.do(t, "open "+path, chromedp.Navigate(b.s.origin("dashboard")+path))
	b.settle(t)
	b.do(t, "look at "+path, chromedp.WaitVisible(chromedp.CSS(visible)))
	b.settle(t)
	b.shoot(t, name)
}

func (b *browser) shoot(t testing.TB, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.Context, 20*time.Second)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = writeFile(filepath.Join(artifacts(t), name+".png"), picture)
	}
	if err != nil {
		t.Logf("no picture of %s: %v", name, err)
	}
}

// blameless fails the test if a request failed or a page complained.
func (b *browser) blameless(t testing.TB) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, fault := range b.faults {
		if !strings.Contains(fault, networkChanged) {
			t.Errorf("the browser says: %s", fault)
		}
	}
}

// signIn logs in by the form, with the generated password.
func (b *browser) signIn(t testing.TB) {
	t.Helper()
	b.open(t, "login", "/admin/", "#id_username")
	b.do(t, "log in",
		chromedp.SendKeys(chromedp.CSS("#id_username"), "admin"),
		chromedp.SendKeys(chromedp.CSS("#id_password"), b.s.secret(t, "admin_password")),
		chromedp.Submit(chromedp.CSS("#id_password")))
	b.settle(t) // and send it once more if the machine's networks changed meanwhile
	b.do(t, "be logged in", chromedp.WaitVisible(chromedp.CSS("#user-tools, .account")))
	b.settle(t)
}
