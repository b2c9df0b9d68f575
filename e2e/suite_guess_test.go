//go:build e2e

package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// errPutOff is the answer to a try whose password nobody looked at.
var errPutOff = errors.New("put off")

// Somebody tries a login a thousand times, eight at once and for at most half a minute, and hits the right password half-way. That opens
// nothing: either few tries are looked at, since each takes long or the rest are put off, or the account is closed by then.
func TestMailLoginTriedAThousandTimes(t *testing.T) {
	s := mailSuite(t)
	web := func(host, path string) func(login) error {
		return func(who login) error {
			status, _, _ := s.ask(t, s.client(), asked{method: "OPTIONS", address: s.webOrigin(host) + path, who: &who})
			switch status {
			case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
				return fmt.Errorf("status %d", status)
			}
			return nil
		}
	}
	for name, c := range map[string]struct {
		opens func(login) error
		most  int64 // tries that are looked at in half a minute; 1000 where the account is closed instead
	}{
		"imap": {most: 100, opens: func(who login) error {
			c, err := s.mailbox(who, "INBOX")
			if err == nil {
				_ = c.Logout()
			}
			return err
		}},
		"submission": {most: 100, opens: func(who login) error {
			err := s.send("submissions", &who, at(who.user), []string{at(who.user)}, letter(at(who.user), at(who.user), "guessed", "hello"))
			if err != nil && strings.Contains(err.Error(), "too many AUTH commands") {
				return errPutOff
			}
			return err
		}},
		"calendars": {most: 1000, opens: web("webmail", "/SOGo/dav/")},
		"phones":    {most: 1000, opens: web("webmail", "/Microsoft-Server-ActiveSync")},
	} {
		who := login{"guess-" + name, "the right one of a thousand"}
		s.adds(t, who, "Guessed By "+name)
		if err := c.opens(who); err != nil {
			t.Fatalf("%s: the right password does not open it either: %v", name, err)
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tried, opened := guess(who, c.opens)
			t.Logf("%d tries looked at in half a minute", tried)
			if opened != 0 || tried > c.most || tried < 8 {
				t.Errorf("%d tries (at most %d), of which %d got in", tried, c.most, opened)
			}
		})
	}
}

// guess tries wrong passwords and, as the 500th, the right one: how many tries were looked at, and how many of those got in.
func guess(who login, opens func(login) error) (tried, opened int64) {
	const total, atOnce = 1000, 8
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var counted, got atomic.Int64
	var all errgroup.Group
	all.SetLimit(atOnce)
	for n := range total {
		password := fmt.Sprintf("wrong %d", n)
		if n == total/2 {
			password = who.password
		}
		all.Go(func() error {
			if ctx.Err() != nil {
				return nil
			}
			err := opens(login{who.user, password})
			if err == nil {
				got.Add(1)
			}
			if !errors.Is(err, errPutOff) {
				counted.Add(1)
			}
			return nil
		})
	}
	_ = all.Wait()
	return counted.Load(), got.Load()
}

// Nobody becomes somebody else by a name that is a search of the directory, with the right password of one of those whom it finds.
func TestWebmailNamesAreNoSearches(t *testing.T) {
	s := mailSuite(t)
	for _, path := range []string{"/SOGo/dav/anna/Calendar/", "/SOGo/dav/postmaster/Calendar/", "/SOGo/dav/bert/Calendar/", "/Microsoft-Server-ActiveSync"} {
		for _, name := range []string{"a.adler@" + suiteDomain + ")(uid=bert", "abuse@" + suiteDomain + ")(uid=bert", "anna)(uid=bert", "ber*", "*", "b(ert", `bert\`, `b\65rt`} {
			method := "PROPFIND"
			if strings.HasPrefix(path, "/Microsoft") {
				method = "OPTIONS"
			}
			status, _, body := s.ask(t, s.client(), asked{method: method, address: s.webOrigin("webmail") + path, who: &login{name, bert.password}})
			if status != http.StatusUnauthorized {
				t.Errorf("%s as %q: %d %s", path, name, status, body)
			}
		}
	}
	// And bert is let in by his own name, after all of that.
	if status, _, body := s.ask(t, s.client(), asked{method: "PROPFIND", address: s.webOrigin("webmail") + "/SOGo/dav/bert/Calendar/", who: &bert}); status != http.StatusMultiStatus {
		t.Errorf("bert: %d %s", status, body)
	}
}

// A new password opens calendars at once, and from then on the former one does not, though a program has just used that. (SOGo remembers
// what it was told last, for a minute.)
func TestWebmailFormerPassword(t *testing.T) {
	s := mailSuite(t)
	who := login{"former", "the password of before"}
	s.adds(t, who, "Former Password")
	enter := func(who login) int {
		status, _, _ := s.ask(t, s.client(), asked{method: "PROPFIND", address: s.webOrigin("webmail") + "/SOGo/dav/former/Calendar/", who: &who})
		return status
	}
	if status := enter(who); status != http.StatusMultiStatus {
		t.Fatalf("the password of before: %d", status)
	}
	now := login{who.user, "the password of now"}
	must(command(time.Minute, s.dir, now.password+"\n", "docker", "compose", "exec", "-T", "openldap", "account", "password", who.user))(t)
	if status := enter(now); status != http.StatusMultiStatus {
		t.Errorf("the password of now: %d", status)
	}
	if status := enter(who); status != http.StatusUnauthorized {
		t.Errorf("the password of before, after the one of now: %d", status)
	}
}
