//go:build e2e

package e2e

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// BenchmarkMail starts the profiles with mail in them, on fresh and on old volumes, weighs them, and counts the mails that come from outside
// and lie in a mailbox in a second; a DNS server of the test answers what the filter asks. A small machine runs mail alone in at most 1.5 GB, everything with OpenWISP is to need no more than 6.
// The scanner has its local signatures; those that it fetches where there is a network take more than 1 GB more.
func BenchmarkMail(b *testing.B) {
	alone := []string{"services.sogo=false", "services.autoconfig=false", "services.canaille=false", "services.rest-api=false", "services.livekit=false", "services.meet=false"}
	for _, c := range []struct {
		name, profile string
		settings      []string
		most          float64 // bytes
	}{
		{"mail-without-scanner", "groupware", append([]string{"services.clamav=false"}, alone...), 1.5e9},
		{"mail", "groupware", alone, 1.5e9},
		{"groupware", "groupware", nil, 6e9},
		{"mail-enabled", "mail-enabled", nil, 6e9},
	} {
		b.Run(c.name, func(b *testing.B) { benchSuite(b, c.profile, c.most, c.settings) })
	}
}

func benchSuite(b *testing.B, profile string, most float64, settings []string) {
	const resolver = "172.31.5.1"
	s, err := startSuite(profile, "31", append([]string{"mail.resolvers=[" + resolver + "]"}, settings...)...)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.remove)
	startNameServer(b, resolver, &nameServer{address: s.host(), called: "outside.example", texts: map[string]string{"outside.example": "v=spf1 ip4:172.16.0.0/12 -all"}})
	b.Run("memory-idle", func(b *testing.B) {
		if used := s.weighMemory(b); used > most {
			b.Errorf("%.0f MB, and at most %.0f are to be used", used/1e6, most/1e6)
		}
	})
	b.Run("mails", func(b *testing.B) { s.delivers(b) })
	b.Run("memory-after-mails", func(b *testing.B) { s.weighMemory(b) })
	if _, err := s.compose(3*time.Minute, "down", "-t", "30"); err != nil {
		b.Fatal(err)
	}
	b.Run("up-on-fresh-volumes", func(b *testing.B) {
		if _, err := s.compose(time.Minute, "down", "-v"); err != nil {
			b.Fatal(err)
		}
		reportSeconds(b, func() error { return s.up(5 * time.Minute) })
	})
	if _, err := s.compose(3*time.Minute, "down", "-t", "30"); err != nil {
		b.Fatal(err)
	}
	b.Run("up-on-old-volumes", func(b *testing.B) { reportSeconds(b, func() error { return s.up(5 * time.Minute) }) })
	b.Run("images", func(b *testing.B) { s.weighImages(b) })
}

// delivers sends mails from outside, five at once, each by a connection of its own, and waits until all lie in the mailbox.
func (s *suite) delivers(b *testing.B) {
	const total, atOnce, about = 300, 5, "A mail of the benchmark"
	body := "It has some words in it, as mails have.\n"
	for range 6 {
		body += body
	}
	began := time.Now()
	var senders errgroup.Group
	senders.SetLimit(atOnce)
	for n := range total {
		senders.Go(func() error {
			return s.send("smtp", nil, "somebody@outside.example", []string{at("anna")},
				letter("somebody@outside.example", at("anna"), fmt.Sprintf("%s, %d", about, n), body))
		})
	}
	if err := senders.Wait(); err != nil {
		b.Fatal(err)
	}
	taken := time.Since(began)
	c, err := s.mailbox(anna, "INBOX")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = c.Logout() }()
	eventually(b, 2*time.Minute, "all mails in the mailbox", func() error {
		if err := c.Noop(); err != nil {
			return err
		}
		found, err := c.UidSearch(subject(about))
		if err == nil && len(found) != total {
			err = fmt.Errorf("%d of %d", len(found), total)
		}
		return err
	})
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(total/taken.Seconds(), "mails-taken/s")
	b.ReportMetric(total/time.Since(began).Seconds(), "mails/s")
}
