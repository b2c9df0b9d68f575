//go:build e2e

package e2e

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// nameServer answers for a world of its own: what TXT records say, who does not know, and who does not answer.
type nameServer struct {
	texts          map[string]string
	address        string // of all names that it has texts for, whose own name is called
	called         string
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
	answer := func(body dnsmessage.ResourceBody) {
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 60}, Body: body}}
	}
	address := netip.MustParseAddr(s.address).As4()
	switch {
	case below(s.silent):
		return nil
	case below(s.broken):
		m.RCode = dnsmessage.RCodeServerFailure
	case q.Type == dnsmessage.TypePTR && name == fmt.Sprintf("%d.%d.%d.%d.in-addr.arpa", address[3], address[2], address[1], address[0]):
		answer(&dnsmessage.PTRResource{PTR: dnsmessage.MustNewName(s.called + ".")})
	case !known:
		m.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeTXT:
		body := &dnsmessage.TXTResource{}
		for len(text) > 255 {
			body.TXT, text = append(body.TXT, text[:255]), text[255:]
		}
		body.TXT = append(body.TXT, text)
		answer(body)
	case q.Type == dnsmessage.TypeA:
		answer(&dnsmessage.AResource{A: address})
	}
	packed, err := m.Pack()
	if err != nil {
		return nil
	}
	return packed
}
