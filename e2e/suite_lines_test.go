//go:build e2e

package e2e

import (
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"time"
)

// linesConn is a connection of a protocol that speaks in lines.
type linesConn struct {
	net.Conn
	text *textproto.Conn
}

func lines(conn net.Conn) *linesConn {
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	return &linesConn{conn, textproto.NewConn(conn)}
}

func dialTLS(port string, config *tls.Config) (*linesConn, error) {
	conn, err := tls.Dial("tcp", net.JoinHostPort("127.0.0.1", port), config)
	if err != nil {
		return nil, err
	}
	return lines(conn), nil
}

// sieveConn is a connection of ManageSieve (RFC 5804) with a login.
type sieveConn struct{ *linesConn }

func dialSieve(s *suite, who login) (*sieveConn, error) {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", s.ports["sieve"]), 10*time.Second)
	if err != nil {
		return nil, err
	}
	c := &sieveConn{lines(conn)}
	if err := c.answer(); err != nil { // the greeting
		return nil, err
	}
	if err := c.ask("STARTTLS"); err != nil {
		return nil, err
	}
	c.linesConn = lines(tls.Client(conn, s.tls("imap")))
	if err := c.answer(); err != nil { // the greeting once more
		return nil, err
	}
	return c, c.ask(`AUTHENTICATE "PLAIN" "%s"`, base64.StdEncoding.EncodeToString([]byte("\x00"+who.user+"\x00"+who.password)))
}

// put stores a script and makes it the one that counts.
func (c *sieveConn) put(name, script string) error {
	if err := c.ask("PUTSCRIPT \"%s\" {%d+}\r\n%s", name, len(script), script); err != nil {
		return err
	}
	return c.ask(`SETACTIVE "%s"`, name)
}

func (c *sieveConn) ask(format string, args ...any) error {
	_ = c.SetDeadline(time.Now().Add(time.Minute)) // whatever was waited for since the last word
	if err := c.text.PrintfLine(format, args...); err != nil {
		return err
	}
	return c.answer()
}

// answer reads up to the line that says how it went.
func (c *sieveConn) answer() error {
	for {
		line, err := c.text.ReadLine()
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(line, "OK"):
			return nil
		case strings.HasPrefix(line, "NO"), strings.HasPrefix(line, "BYE"):
			return fmt.Errorf("sieve: %s", line)
		}
	}
}
