//go:build e2e

package e2e

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// sink is a mail server that takes every mail and keeps it.
type sink struct {
	mu    sync.Mutex
	mails []sunk
	open  []net.Conn
	login string // what AUTH PLAIN has to say, if it asks for a login
}

type sunk struct{ from, to, content string }

// startSink listens on the host's address on the bundle's network for mail.
func startSink(t testing.TB, address string) *sink {
	t.Helper()
	s := &sink{}
	s.listen(t, must(net.Listen("tcp", address))(t))
	return s
}

// startClosedSink listens for mail over TLS from whoever logs in.
func startClosedSink(t testing.TB, address, certificate, key, user, password string) *sink {
	t.Helper()
	pair := must(tls.LoadX509KeyPair(certificate, key))(t)
	s := &sink{login: base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + password))}
	s.listen(t, must(tls.Listen("tcp", address, &tls.Config{Certificates: []tls.Certificate{pair}}))(t))
	return s
}

// listen serves until the test ends, and then ends what is open as well: a server that keeps a connection would hand the next sink's mail to this
// one.
func (s *sink) listen(t testing.TB, listener net.Listener) {
	t.Cleanup(func() {
		listener.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, conn := range s.open {
			conn.Close()
		}
	})
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.open = append(s.open, conn)
			s.mu.Unlock()
			go s.serve(conn)
		}
	}()
}

// serve speaks as much SMTP as it takes to be given a mail.
func (s *sink) serve(conn net.Conn) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	in := bufio.NewReader(conn)
	say := func(text string) { fmt.Fprint(conn, text+"\r\n") }
	say("220 sink ESMTP")
	var one sunk
	open := s.login == ""
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch strings.ToUpper(verb) {
		case "EHLO", "HELO":
			say("250-sink")
			say("250 AUTH PLAIN")
		case "AUTH":
			if open = rest == "PLAIN "+s.login; open {
				say("235 welcome")
			} else {
				say("535 wrong login")
			}
		case "MAIL":
			if !open {
				say("530 log in first")
				return
			}
			one = sunk{from: rest}
			say("250 ok")
		case "RCPT":
			one.to += rest
			say("250 ok")
		case "DATA":
			say("354 go on")
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if strings.TrimRight(line, "\r\n") == "." {
					break
				}
				one.content += strings.TrimPrefix(line, ".")
			}
			s.mu.Lock()
			s.mails = append(s.mails, one)
			s.mu.Unlock()
			say("250 kept")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// got is what has come so far.
func (s *sink) got() []sunk {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// again is how long a mail may take that could not be handed over at once: Postfix leaves a server alone for a minute that did not answer, and
// looks once a minute for what it may try again.
const again = 3 * time.Minute

// await waits for a mail to an address.
func (s *sink) await(t testing.TB, address string) (found sunk) {
	t.Helper()
	eventually(t, again, "the mail arrives", func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, one := range s.mails {
			if strings.Contains(one.to, "<"+address+">") {
				found = one
				return nil
			}
		}
		return fmt.Errorf("the sink has %d mails, but none for %s", len(s.mails), address)
	})
	return found
}

// parts returns a mail's header, and its parts by media type.
func (m sunk) parts() (mail.Header, map[string]string, error) {
	message, err := mail.ReadMessage(strings.NewReader(m.content))
	if err != nil {
		return nil, nil, err
	}
	found := map[string]string{}
	return message.Header, found, collect(found, message.Header.Get, message.Body)
}

func collect(found map[string]string, header func(string) string, body io.Reader) error {
	kind, parameters, err := mime.ParseMediaType(header("Content-Type"))
	if err != nil {
		return err
	}
	if !strings.HasPrefix(kind, "multipart/") {
		found[kind] = decode(header("Content-Transfer-Encoding"), body)
		return nil
	}
	for reader := multipart.NewReader(body, parameters["boundary"]); ; {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = collect(found, part.Header.Get, part)
		}
		if err != nil {
			return err
		}
	}
}

func decode(encoding string, body io.Reader) string {
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, _ := io.ReadAll(body)
	return string(content)
}
