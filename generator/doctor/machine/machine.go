// Package machine is the machine that owgen runs on.
package machine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/owgen/owgen/generator/doctor"
)

// A Machine answers for this machine.
type Machine struct{}

// Now is the time.
func (Machine) Now() time.Time { return time.Now() }

// Addresses are those of all interfaces.
func (Machine) Addresses() ([]netip.Addr, error) {
	all, err := net.InterfaceAddrs()
	var out []netip.Addr
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok {
			if address, ok := netip.AddrFromSlice(n.IP); ok {
				out = append(out, address.Unmap())
			}
		}
	}
	return out, err
}

// Lookup resolves a name as programs here do.
func (Machine) Lookup(ctx context.Context, name string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", name)
}

// LookupMX asks the DNS for the mail servers of a domain, the first to be asked first.
func (Machine) LookupMX(ctx context.Context, name string) (hosts []string, err error) {
	records, err := net.DefaultResolver.LookupMX(ctx, name)
	for _, r := range records {
		hosts = append(hosts, r.Host)
	}
	return hosts, missing(err)
}

// LookupTXT asks the DNS for texts.
func (Machine) LookupTXT(ctx context.Context, name string) ([]string, error) {
	texts, err := net.DefaultResolver.LookupTXT(ctx, name)
	return texts, missing(err)
}

// LookupPTR asks the DNS for the names of an address.
func (Machine) LookupPTR(ctx context.Context, address netip.Addr) ([]string, error) {
	names, err := net.DefaultResolver.LookupAddr(ctx, address.String())
	return names, missing(err)
}

// missing tells a record that is not there from one that nobody could look up.
func missing(err error) error {
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return doctor.ErrNoRecord
	}
	return err
}

// Reach connects, and hangs up.
func (Machine) Reach(ctx context.Context, host, port string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return err
	}
	return conn.Close()
}

// Folder follows links.
func (Machine) Folder(path string) (string, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(whole)
}

// Device says whether a device is there.
func (Machine) Device(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return errors.New("no such device")
	case err == nil && info.Mode()&os.ModeDevice == 0:
		return errors.New("it is no device")
	}
	return err
}

// Listen tries to listen for a moment. Where that is not allowed, the kernel's tables tell.
func (Machine) Listen(protocol, address string, port int64) error {
	at := net.JoinHostPort(address, fmt.Sprint(port))
	var err error
	var closer interface{ Close() error }
	if protocol == "udp" {
		closer, err = net.ListenPacket("udp", at)
	} else {
		closer, err = net.Listen("tcp", at)
	}
	switch {
	case err == nil:
		return closer.Close()
	case errors.Is(err, syscall.EADDRINUSE):
		return doctor.ErrTaken
	case errors.Is(err, syscall.EACCES):
		return inTables(protocol, address, port)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%s is no address of this machine", address)
	}
	return err
}
