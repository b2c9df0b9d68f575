//go:build e2e

package e2e

import (
	"net"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// nameServer answers for a world of its own: what TXT records say, who does not know, and who does not answer.
type nameServer struct {
	texts          map[string]string
	broken, silent string // below these domains nothing is found out
	mu             sync.Mutex
	asked          map[string]bool
}

// startNameServer listens for questions of containers at an address of this machine.
func startNameServer(t testing.TB, address string, s *nameServer) *nameServer {
	t.Helper()
	s.asked = map[string]bool{}
	conn := must(net.ListenPacket("udp", net.JoinHostPort(address, "53")))(t)
	t.Cleanup(func() { conn.Close() })
	go func() {
		for buffer := make([]byte, 4096); ; {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			if answer := s.answer(buffer[:n]); answer != nil {
				_, _ = conn.WriteTo(answer, from)
			}
		}
	}()
	return s
}

func (s *nameServer) answer(question []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(question) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	name := strings.TrimSuffix(strings.ToLower(q.Name.String()), ".")
	s.mu.Lock()
	s.asked[name] = true
	s.mu.Unlock()
	below := func(domain string) bool { return name == domain || strings.HasSuffix(name, "."+domain) }
	m.Header = dnsmessage.Header{ID: m.ID, Response: true, RecursionDesired: m.RecursionDesired, RecursionAvailable: true}
	m.Additionals = nil
	text, known := s.texts[name]
	switch {
	case below(s.silent):
		return nil
	case below(s.broken):
		m.RCode = dnsmessage.RCodeServerFailure
	case !known:
		m.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeTXT:
		body := &dnsmessage.TXTResource{}
		for len(text) > 255 {
			body.TXT, text = append(body.TXT, text[:255]), text[255:]
		}
		body.TXT = append(body.TXT, text)
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 60}, Body: body}}
	}
	packed, err := m.Pack()
	if err != nil {
		return nil
	}
	return packed
}
