//go:build e2e

package e2e

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestOverload has far more devices send metrics than two processors can take: these are put off, with word of when to come back.
// Nobody's configuration is lost or late, the dashboard answers, and afterwards all is as before.
func TestOverload(t *testing.T) {
	s := shared(t)
	s.watch(t, "nginx", "api", "dashboard", "celery-monitoring")
	devices := s.enrolled(t, "e2e-overload", 4)
	l := newLoad(s.client(t), devices)
	held := s.slowPosts(t, devices[0], 20)
	devices[0].post(t, time.Now())
	for _, c := range held {
		c.Close()
	}

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	rates := map[string]int{"metrics": 150, "checksum": 5, "page": 2} // a second
	found := map[string]*tally{}
	var all sync.WaitGroup
	for kind, rate := range rates {
		found[kind] = &tally{}
		all.Go(func() { l.steadily(ctx, kind, rate, found[kind]) })
	}
	all.Wait()
	for kind, tally := range found {
		t.Logf("%s, %d a second: %s", kind, rates[kind], tally)
	}
	for _, kind := range []string{"checksum", "page"} {
		if got := slices.Collect(maps.Keys(found[kind].statuses)); !slices.Equal(got, []int{http.StatusOK}) {
			t.Errorf("%s: %s", kind, found[kind])
		}
		if p95 := found[kind].p95(); p95 > 3*time.Second {
			t.Errorf("%s: 95 of 100 in %v, because of metrics", kind, p95)
		}
	}
	metrics := found["metrics"].statuses
	if metrics[http.StatusOK] == 0 || metrics[http.StatusServiceUnavailable] == 0 || len(metrics) != 2 {
		t.Errorf("metrics were not taken or put off: %v", metrics)
	}
	// Once what waits has been written, all is as before.
	a := s.agent(t, "e2e-overload-after")
	a.enroll(t)
	after := newLoad(s.client(t), []*agent{a})
	eventually(t, 2*patience, "metrics are taken again", func() error {
		if status := after.send(t.Context(), "metrics"); status != http.StatusOK {
			return fmt.Errorf("%d", status)
		}
		return nil
	})
	a.charted(t, 4*patience, "disk", 40)
}

// steadily sends so many requests a second, whether or not earlier ones were answered.
func (l *load) steadily(ctx context.Context, kind string, rate int, t *tally) {
	var all sync.WaitGroup
	defer all.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(rand.ExpFloat64() * float64(time.Second) / float64(rate))):
		}
		all.Go(func() { l.timed(context.Background(), kind, t) })
	}
}

// slowPosts begins to send metrics on so many connections, and leaves it at that. No place may be held by it.
func (s *stack) slowPosts(t *testing.T, a *agent, connections int) []*tls.Conn {
	t.Helper()
	base := must(url.Parse(a.base))(t)
	var held []*tls.Conn
	for range connections {
		c, err := tls.Dial("tcp", "127.0.0.1:"+cmp.Or(base.Port(), "443"), &tls.Config{ServerName: base.Hostname(), RootCAs: s.authorities(t)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		request := "POST /api/v1/monitoring/device/" + a.id + "/?" + url.Values{"key": {a.key}}.Encode() + " HTTP/1.1\r\nHost: " + base.Host +
			"\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n" + strings.Repeat(" ", 100)
		if _, err := c.Write([]byte(request)); err != nil {
			t.Fatal(err)
		}
		held = append(held, c)
	}
	return held
}
