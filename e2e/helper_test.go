//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Some counterparts have to be inside a container's network, where images with read-only roots have no tools. There
// this test program itself runs, told by a variable which part to play.
const helperVariable = "OWGEN_E2E_HELPER"

var helpers = map[string]func(args []string) error{
	"connect": helpConnect,
	"send":    helpSend,
	"hold":    helpHold,
}

func runHelper(name string) int {
	helper, ok := helpers[name]
	if !ok {
		fmt.Fprintln(os.Stderr, "no such helper:", name)
		return 64
	}
	if err := helper(strings.Split(os.Getenv(helperVariable+"_ARGS"), "\x1f")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// inside prepares a helper in the network of the process pid.
func inside(t testing.TB, pid int, helper string, args ...string) *exec.Cmd {
	t.Helper()
	self := must(os.Executable())(t)
	cmd := exec.CommandContext(t.Context(), "nsenter", "-t", strconv.Itoa(pid), "-n", self)
	cmd.Env = append(os.Environ(), helperVariable+"="+helper, helperVariable+"_ARGS="+strings.Join(args, "\x1f"))
	return cmd
}

// helpSend sends its standard input to the address that is its argument, and prints what comes back.
func helpSend(args []string) error {
	dialer := net.Dialer{Timeout: 3 * time.Second, Resolver: &net.Resolver{PreferGo: true, Dial: dialEngineDNS}}
	conn, err := dialer.Dial("tcp", args[0])
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	// Who is answered before the end of what it sends may be cut off while it sends, which is no fault.
	_, _ = io.Copy(conn, os.Stdin)
	// Who is not understood is cut off, which counts as silence.
	answer, _ := io.ReadAll(conn)
	_, err = os.Stdout.Write(answer)
	return err
}

// helpHold opens as many connections as its second argument says to the address that is its first, sends one of the further arguments on each, in
// turn, says so, and holds them until it is killed.
func helpHold(args []string) error {
	number, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	dialer := net.Dialer{Timeout: 10 * time.Second, Resolver: &net.Resolver{PreferGo: true, Dial: dialEngineDNS}}
	for i := range number {
		conn, err := dialer.Dial("tcp", args[0])
		if err != nil {
			return err
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, args[2:][i%len(args[2:])]); err != nil {
			return err
		}
	}
	fmt.Println("held")
	time.Sleep(time.Hour)
	return nil
}

// helpConnect tries TCP connections to all of its arguments at once, and prints those that were accepted.
func helpConnect(addresses []string) error {
	// The engine's name server answers inside the container's network only.
	dialer := net.Dialer{Timeout: 3 * time.Second, Resolver: &net.Resolver{PreferGo: true, Dial: dialEngineDNS}}
	results := make(chan string)
	for _, address := range addresses {
		go func() {
			conn, err := dialer.Dial("tcp", address)
			if err != nil {
				results <- ""
				return
			}
			conn.Close()
			results <- address
		}()
	}
	for range addresses {
		if address := <-results; address != "" {
			fmt.Println(address)
		}
	}
	return nil
}

func dialEngineDNS(ctx context.Context, network, _ string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.11:53")
}
