//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTunnelReachesDevices(t *testing.T) {
	s := shared(t)
	d := s.vpnDevice(t, "e2e-tunnel")
	d.reachable(t, 2*patience)
	s.watch(t, "celery-monitoring")
	d.pinged(t, 2*patience)

	// What the other end can do is no more than to answer.
	c := must(inspect(d.container))(t)
	behind := []string{"app", "data", "vpn", "mail", "inner-radius", "inner-tunnel"} // it is itself on the network edge
	var addresses []string
	for service, port := range map[string]string{"postgres": "5432", "redis": "6379", "celery": "22", "dashboard": "8080", "api": "8080", "nginx": "8089 8090"} {
		for name, network := range must(s.container(service))(t).NetworkSettings.Networks {
			if slices.Contains(behind, strings.TrimPrefix(name, s.project+"_")) {
				for _, one := range strings.Fields(port) {
					addresses = append(addresses, net.JoinHostPort(network.IPAddress, one))
				}
			}
		}
	}
	route := []string{"nsenter", "-t", fmt.Sprint(c.State.Pid), "-n", "ip", "route", "replace"}
	for _, network := range behind {
		args := append(route[1:], s.file.Networks[network].IPAM.Config[0].Subnet, "via", strings.TrimSuffix(s.tunnelServer(), "/24"), "dev", "tun0")
		if _, err := command(patience, "", "", route[0], args...); err != nil {
			t.Fatal(err)
		}
	}
	cmd := inside(t, c.State.Pid, "connect", addresses...)
	cmd.Stderr = os.Stderr
	if found := strings.Fields(string(must(cmd.Output())(t))); len(found) > 0 {
		t.Errorf("a device reaches %v through the tunnel", found)
	}
}

// tunnelServer is the server's address in the tunnel.
func (s *stack) tunnelServer() string { return "10.8.0.1" }

// pinged has the monitoring worker check the device, and looks at what it measured.
func (d *vpnDevice) pinged(t testing.TB, limit time.Duration) {
	t.Helper()
	var found struct{ Checks []string }
	d.s.django(t, `
from swapper import load_model
checks = load_model("check", "Check").objects.filter(object_id="`+d.id+`", check_type__endswith=".Ping")
answer({"checks": [str(check.pk) for check in checks]})
`, &found)
	if len(found.Checks) != 1 {
		t.Fatalf("the device has %d checks by ping", len(found.Checks))
	}
	// A single check may lose its packets on a busy machine, and the next one comes by itself after minutes.
	var late time.Time
	eventually(t, limit, "a check by ping finds the device", func() error {
		if time.Now().After(late) {
			late = time.Now().Add(20 * time.Second)
			d.s.django(t, `
from openwisp_monitoring.check.tasks import perform_check
perform_check.delay("`+found.Checks[0]+`")
`, nil)
		}
		return d.shows("ping", 100)
	})
}

func TestTunnelSurvivesCrashOfOpenVPN(t *testing.T) {
	s := faulty(t)
	d := s.vpnDevice(t, "e2e-killed")
	d.reachable(t, 2*patience)
	workers := []string{"celery", "celery-monitoring"}
	before := map[string]string{}
	for _, service := range workers {
		before[service] = must(s.container(service))(t).State.StartedAt
	}
	started := must(s.container("openvpn"))(t).State.StartedAt
	s.kill(t, "openvpn")
	s.restarted(t, "openvpn", started)
	d.reachable(t, 3*time.Minute)
	for _, service := range workers {
		if now := must(s.container(service))(t).State.StartedAt; now != before[service] {
			t.Errorf("%s was started anew because of it", service)
		}
	}
}

func TestRevokedClientIsRefused(t *testing.T) {
	s := shared(t)
	d := s.vpnDevice(t, "e2e-revoked")
	s.django(t, `
from swapper import load_model
for client in load_model("config", "VpnClient").objects.filter(config__device__pk="`+d.id+`"):
    client.cert.revoke()
`, nil)
	eventually(t, 3*time.Minute, "the server learns of the revocation, and refuses the client", func() error {
		// A tunnel that stands may stay until its keys are changed; a new one may not come up.
		d.stop()
		if _, err := command(patience, "", "", "docker", "restart", "-t", "1", d.container); err != nil {
			return err
		}
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(250 * time.Millisecond) {
			if address, err := d.address(); err == nil {
				return errors.New("it was given " + address)
			}
		}
		// Without an address it may be slow as well.
		if log := s.logs(t, "openvpn"); !strings.Contains(strings.ToLower(log), "revoked") {
			return fmt.Errorf("the server's log does not say that the certificate is revoked:\n%s", lastLines(log, 15))
		}
		return nil
	})
	// Others still get in.
	s.vpnDevice(t, "e2e-other")
}

// The published port leads to a server that answers OpenVPN's first packet.
func TestTunnelPortIsPublished(t *testing.T) {
	s := shared(t)
	s.watch(t, "openvpn")
	conn := must(net.Dial("udp", "127.0.0.1:"+s.file.Services["openvpn"].Ports[0].Published))(t)
	defer conn.Close()
	// P_CONTROL_HARD_RESET_CLIENT_V2, a session, no acknowledgement, packet 0.
	hello := append([]byte{7 << 3}, "e2e-sess"...)
	hello = append(hello, 0, 0, 0, 0, 0)
	eventually(t, patience, "the VPN answers", func() error {
		_, _ = conn.Write(hello)
		_ = conn.SetReadDeadline(time.Now().Add(2 * time.Second))
		reply := make([]byte, 1500)
		n, err := conn.Read(reply)
		if err != nil {
			return err
		}
		if n == 0 || reply[0]>>3 != 8 {
			return fmt.Errorf("it says %x", reply[:n])
		}
		return nil
	})
}
