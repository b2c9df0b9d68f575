//go:build e2e

package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// errPutOff is the answer to a try whose password nobody looked at.
var errPutOff = errors.New("put off")

// Somebody tries a login a thousand times, eight at once and for at most half a minute, and hits the right password half-way. That opens
// nothing: either few tries are looked at, since each takes long or the rest are put off, or the account is closed by then. Two ways go at
// once. The two that share a limit of the edge's come early, so that it is far from used up for the tests after this one.
func TestMailLoginTriedAThousandTimes(t *testing.T) {
	s := mailSuite(t)
	web := func(path string) func(login) error {
		return func(who login) error {
			status, _, _ := s.ask(t, s.client(), asked{method: "OPTIONS", address: s.webOrigin("webmail") + path, who: &who})
			switch {
			case status == http.StatusTooManyRequests || status >= http.StatusInternalServerError:
				return errPutOff
			case status == http.StatusUnauthorized || status == http.StatusForbidden:
				return fmt.Errorf("status %d", status)
			}
			return nil
		}
	}
	ways := []wayIn{
		{name: "imap", most: 100, opens: s.readsMail},
		{name: "calendars", most: 1000, opens: web("/SOGo/dav/")},
		{name: "phones", most: 1000, opens: web("/Microsoft-Server-ActiveSync")},
		{name: "submission", most: 100, opens: func(who login) error {
			err := s.handsIn("submissions", &who, at(who.user), []string{at(who.user)}, letter(at(who.user), at(who.user), "guessed", "hello"))
			if refusedWith(err, "4") {
				return errPutOff
			}
			return err
		}},
	}
	for _, way := range ways {
		who := guessed(way.name)
		s.adds(t, who, "Guessed By "+way.name)
		eventually(t, 2*time.Minute, "the right password opens "+way.name, func() error { return way.opens(who) })
	}
	var all sync.WaitGroup
	for _, some := range [][]wayIn{ways[:1], ways[1:]} {
		all.Go(func() {
			for i, way := range some {
				some[i].tried, some[i].opened = guess(guessed(way.name), way.opens)
			}
		})
	}
	all.Wait()
	for _, way := range ways {
		t.Logf("%s: %d tries looked at in half a minute", way.name, way.tried)
		if way.opened != 0 || way.tried > way.most || way.tried == 0 {
			t.Errorf("%s: %d tries (at most %d), of which %d got in", way.name, way.tried, way.most, way.opened)
		}
	}
}

// wayIn is one by which somebody tries a login.
type wayIn struct {
	name          string
	opens         func(login) error
	most          int64 // tries that are looked at in half a minute; 1000 where the account is closed instead
	tried, opened int64
}

// guessed is whose password is guessed by some way.
func guessed(way string) login { return login{"guess-" + way, "the right one of a thousand"} }

// guess tries wrong passwords and, as the 500th, the right one: how many tries were looked at, and how many of those got in. One that is put off
// comes again.
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
			for ; ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
				err := opens(login{who.user, password})
				if errors.Is(err, errPutOff) {
					continue
				}
				if err == nil {
					got.Add(1)
				}
				counted.Add(1)
				break
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
