//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// pressure is a constant load of devices: a request each quarter of a second at each machine, each on a connection of its own.
type pressure struct {
	sync.Mutex
	stop   context.CancelFunc
	done   sync.WaitGroup
	sent   int
	failed []time.Time
	causes map[string]int
}

func (w *swarm) pressure(t testing.TB, s *stack) *pressure { return s.pressureAt(t, w.edges()) }

func (s *stack) pressureAt(t testing.TB, edges []string) *pressure {
	t.Helper()
	a := s.agent(t, "pressure")
	a.enroll(t)
	ctx, cancel := context.WithCancel(t.Context())
	p := &pressure{stop: cancel, causes: map[string]int{}}
	t.Cleanup(cancel)
	for _, address := range edges {
		client := clientFor(s.authorities(t), address)
		client.Transport.(*http.Transport).DisableKeepAlives = true
		client.Timeout = 20 * time.Second
		p.done.Go(func() { p.run(ctx, client, a) })
	}
	return p
}

// run asks for the checksum, as agents do, and for the page of the login, which the dashboard makes.
func (p *pressure) run(ctx context.Context, client *http.Client, a *agent) {
	asked := *a
	asked.client = client
	login := strings.Replace(a.base, "//api.", "//dashboard.", 1) + "/admin/login/"
	for i := 0; ctx.Err() == nil; i++ {
		p.done.Go(func() {
			at := time.Now()
			what, ask := "checksum", func() (answer, error) { return asked.checksum("") }
			if i%4 == 3 {
				what, ask = "login page", func() (answer, error) { return fetch(client, "GET", login, "") }
			}
			got, err := ask()
			p.Lock()
			defer p.Unlock()
			p.sent++
			if err != nil || got.status != 200 {
				p.failed = append(p.failed, at)
				cause := got.String()
				if err != nil {
					cause = err.Error()
				}
				p.causes[abridge(what+": "+cause)]++
			}
		})
		time.Sleep(250 * time.Millisecond)
	}
}

// settle waits until nothing fails for ten seconds.
func (p *pressure) settle(t testing.TB, limit time.Duration) {
	t.Helper()
	eventually(t, limit, "requests are answered again", func() error {
		p.Lock()
		defer p.Unlock()
		if n := len(p.failed); n > 0 && time.Since(p.failed[n-1]) < 10*time.Second {
			return fmt.Errorf("%d of %d failed, the last one just now", n, p.sent)
		}
		return nil
	})
}

// halt stops it, waits for what is under way, and returns how long requests have failed, from the first to the last.
func (p *pressure) halt() time.Duration {
	p.stop()
	p.done.Wait()
	if len(p.failed) == 0 {
		return 0
	}
	return slices.MaxFunc(p.failed, time.Time.Compare).Sub(slices.MinFunc(p.failed, time.Time.Compare))
}

// end stops it; no more requests than allowed may have failed.
func (p *pressure) end(t testing.TB, allowed int) {
	t.Helper()
	p.halt()
	t.Logf("%d requests, %d failed", p.sent, len(p.failed))
	if len(p.failed) > allowed || p.sent < 20 {
		t.Errorf("%d of %d requests failed: %v", len(p.failed), p.sent, p.causes)
	}
}

// endWithin stops it; requests may have failed for some time alone.
func (p *pressure) endWithin(t testing.TB, limit time.Duration) {
	t.Helper()
	took := p.halt()
	t.Logf("%d requests, %d failed within %.1f s: %v", p.sent, len(p.failed), took.Seconds(), p.causes)
	if took > limit {
		t.Errorf("requests failed for %s", took)
	}
}
