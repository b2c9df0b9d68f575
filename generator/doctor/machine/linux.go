//go:build linux

package machine

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/owgen/owgen/generator/doctor"
)

// Routes reads the kernel's table of IPv4 routes.
func (Machine) Routes() ([]doctor.Route, error) {
	text, err := os.ReadFile("/proc/net/route")
	if err != nil {
		return nil, err
	}
	return parseRoutes(text), nil
}

// parseRoutes reads lines of: device, destination, gateway, flags, ..., mask at the eighth place, in hexadecimal.
func parseRoutes(text []byte) []doctor.Route {
	var out []doctor.Route
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 8 {
			continue
		}
		to, okTo := littleEndian(fields[1])
		mask, okMask := littleEndian(fields[7])
		if okTo && okMask {
			bits := 0
			for m := binary.BigEndian.Uint32(mask.AsSlice()); m&0x80000000 != 0; m <<= 1 {
				bits++
			}
			out = append(out, doctor.Route{To: netip.PrefixFrom(to, bits), Device: fields[0]})
		}
	}
	return out
}

func littleEndian(text string) (netip.Addr, bool) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != 4 {
		return netip.Addr{}, false
	}
	return netip.AddrFrom4([4]byte{raw[3], raw[2], raw[1], raw[0]}), true
}

// inTables looks for a listener in the kernel's tables, which everybody may read.
func inTables(protocol, address string, port int64) error {
	for _, suffix := range []string{"", "6"} {
		text, err := os.ReadFile("/proc/net/" + protocol + suffix)
		if err != nil && suffix == "" {
			return err
		}
		if listens(text, protocol, port) {
			return doctor.ErrTaken
		}
	}
	_ = address // a listener on any address is in the way of most
	return nil
}

// listens reads lines of: number, local address and port in hexadecimal, remote address, state. 0A is a
// listener of TCP, 07 one of UDP.
func listens(table []byte, protocol string, port int64) bool {
	state := map[string]string{"tcp": "0A", "udp": "07"}[protocol]
	lines := bufio.NewScanner(bytes.NewReader(table))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || fields[3] != state {
			continue
		}
		_, number, _ := strings.Cut(fields[1], ":")
		if n, err := strconv.ParseInt(number, 16, 64); err == nil && n == port {
			return true
		}
	}
	return false
}

// Memory is what the kernel could still give without swapping.
func (Machine) Memory() (uint64, error) {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		var n uint64
		if _, err := fmt.Sscanf(line, "MemAvailable: %d kB", &n); err == nil {
			return n << 10, nil
		}
	}
	return 0, fmt.Errorf("/proc/meminfo does not say it")
}

// Free is the space left for programs without privileges.
func (Machine) Free(path string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil
}

// Synchronized asks the kernel whether something keeps its clock right.
func (Machine) Synchronized() (bool, error) {
	state, err := unix.Adjtimex(&unix.Timex{})
	return state != unix.TIME_ERROR, err
}
