//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// BenchmarkDevices says what agents cost, and how many of them are borne: by one machine in each size that fits it, and by a Swarm where
// there is one. The agents work on the machine that it measures, as is said with its figures.
func BenchmarkDevices(b *testing.B) {
	for _, size := range []string{"small", "medium"} {
		b.Run(size, func(b *testing.B) {
			s := newStack(b, "devices-"+size, append([]string{"size=" + size, "postfix.relayhost=[" + mailGateway(smallPool) + "]:" + sinkPort}, elsewhere...)...)
			s.run(b, 10*time.Minute)
			s.bears(b)
		})
	}
	b.Run("swarm", func(b *testing.B) { newSwarm(b).bundle(b).bears(b) })
}

// bears counts requests of each kind that are answered in a second, 20 at once, and the devices at which still 19 of 20 requests take less than
// a second and each is answered with 200.
func (s *stack) bears(b *testing.B) {
	devices := s.enrolled(b, "bench-devices", 20)
	l := newLoad(s.client(b), devices)
	b.ReportMetric(0, "ns/op")
	for _, kind := range []string{"checksum", "download-config", "metrics"} {
		// The first ones make what later ones find.
		l.atOnce(b.Context(), kind, 4, 2*len(devices))
		s.quiet(b)
		const total = 400
		began := time.Now()
		t := l.atOnce(b.Context(), kind, 20, total)
		b.ReportMetric(total/time.Since(began).Seconds(), kind+"/s")
		fmt.Printf("  %-16s %s\n", kind, t)
	}
	held := 0
	for n := 1000; n <= 32000; n *= 2 {
		s.quiet(b)
		ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
		found := l.asDevices(ctx, n)
		cancel()
		good := true
		for kind, t := range found {
			fmt.Printf("  %5d devices, %-8s %s\n", n, kind, t)
			good = good && t.p95() < time.Second && len(t.statuses) == 1 && t.statuses[200] > 0
		}
		if !good {
			break
		}
		held = n
	}
	b.ReportMetric(float64(held), "devices")
}

// BenchmarkMachineLost counts the requests at another machine that fail when one is gone at once, and for how long they do.
func BenchmarkMachineLost(b *testing.B) {
	w := newSwarm(b)
	s := w.bundle(b)
	p, _ := w.loses(b, s, func() {})
	// What comes up elsewhere takes processors from what is left.
	eventually(b, 4*time.Minute, "the API runs twice on what is left", func() error { return w.runsOn(s.project+"_api", 2, w.names[0]) })
	p.settle(b, 4*time.Minute)
	failing := p.halt()
	w.revive(b, w.names[1])
	w.ready(b, w.names[1], "ready")
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(p.sent), "requests")
	b.ReportMetric(float64(len(p.failed)), "requests-lost")
	b.ReportMetric(failing.Seconds(), "s-from-first-to-last")
}
