//go:build linux

package machine

import (
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/doctor"
)

func TestRoutes(t *testing.T) {
	table := "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n" +
		"eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n" +
		"br-1\t0000E80A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n" +
		"tun0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\nshort\n"
	var got []string
	for _, r := range parseRoutes([]byte(table)) {
		got = append(got, r.To.String()+" "+r.Device)
	}
	if diff := cmp.Diff([]string{"0.0.0.0/0 eth0", "10.232.0.0/24 br-1", "10.0.0.0/8 tun0"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestListeners(t *testing.T) {
	table := []byte("  sl  local_address rem_address   st\n" +
		"   0: 0100007F:01BB 00000000:0000 0A 00000000:00000000\n" +
		"   1: 0100007F:0050 0100007F:D431 01 00000000:00000000\n" +
		"   2: 00000000:0714 00000000:0000 07 00000000:00000000\n")
	for _, test := range []struct {
		protocol string
		port     int64
		want     bool
	}{{"tcp", 443, true}, {"tcp", 80, false}, {"udp", 1812, true}, {"udp", 443, false}} {
		if got := listens(table, test.protocol, test.port); got != test.want {
			t.Errorf("%s %d: %v", test.protocol, test.port, got)
		}
	}
}

func TestThisMachine(t *testing.T) {
	m := Machine{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := int64(netip.MustParseAddrPort(l.Addr().String()).Port())
	if err := m.Listen("tcp", "127.0.0.1", port); !errors.Is(err, doctor.ErrTaken) {
		t.Errorf("a port in use: %v", err)
	}
	if err := inTables("tcp", "127.0.0.1", port); !errors.Is(err, doctor.ErrTaken) {
		t.Errorf("a port in the tables: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, protocol := range []string{"tcp", "udp"} {
		if err := m.Listen(protocol, "127.0.0.1", port); err != nil {
			t.Errorf("a free port of %s: %v", protocol, err)
		}
	}
	dir, link := t.TempDir(), filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	straight, err := m.Folder(dir)
	if round, errToo := m.Folder(link); err != nil || errToo != nil || straight != round {
		t.Errorf("%s is %s, and %s is %s: %v %v", dir, straight, link, round, err, errToo)
	}
	if _, err := m.Folder(filepath.Join(dir, "nothing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing is somewhere: %v", err)
	}
	if m.Device("/dev/null") != nil || m.Device("/dev/no-such") == nil || m.Device("/etc/passwd") == nil {
		t.Error("devices are not told from others")
	}
	if n, err := m.Memory(); err != nil || n == 0 {
		t.Errorf("memory %d %v", n, err)
	}
	if n, err := m.Free(t.TempDir()); err != nil || n == 0 {
		t.Errorf("disk %d %v", n, err)
	}
	if a, err := m.Addresses(); err != nil || len(a) == 0 {
		t.Errorf("addresses %v %v", a, err)
	}
	if _, err := m.Synchronized(); err != nil {
		t.Errorf("clock: %v", err)
	}
}
