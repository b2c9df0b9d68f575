//go:build e2e

package e2e

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"

	"golang.org/x/crypto/ssh"
)

func init() { helpers["sshd"] = helpSSH }

// helpSSH is a device's SSH server: its first argument is where it listens, its second the file of those who may log
// in. It runs no command, but says which one it was given.
func helpSSH(args []string) error {
	authorized, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	config := &ssh.ServerConfig{PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		for rest := authorized; len(rest) > 0; {
			known, _, _, next, err := ssh.ParseAuthorizedKey(rest)
			if err != nil {
				break
			}
			if bytes.Equal(known.Marshal(), key.Marshal()) {
				return nil, nil
			}
			rest = next
		}
		return nil, errors.New("this key is not in authorized_keys")
	}}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		return err
	}
	config.AddHostKey(signer)
	listener, err := net.Listen("tcp", args[0])
	if err != nil {
		return err
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go serveSSH(conn, config)
	}
}

func serveSSH(conn net.Conn, config *ssh.ServerConfig) {
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		fmt.Fprintln(os.Stderr, "sshd:", err)
		return
	}
	go ssh.DiscardRequests(requests)
	for next := range channels {
		channel, requests, err := next.Accept()
		if err != nil {
			return
		}
		go func() {
			for request := range requests {
				if request.Type != "exec" {
					_ = request.Reply(request.Type == "env", nil)
					continue
				}
				var command struct{ Line string }
				_ = ssh.Unmarshal(request.Payload, &command)
				_ = request.Reply(true, nil)
				fmt.Fprintf(channel, "the device was told: %s\n", command.Line)
				_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Code uint32 }{0}))
				channel.Close()
			}
		}()
	}
}
