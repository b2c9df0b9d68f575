//go:build e2e

package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// vpnDevice is a device whose tunnel stands: a container with an OpenVPN client, configured by what the device's
// archive holds, and an SSH server in it.
type vpnDevice struct {
	*agent
	s         *stack
	dir       string
	container string
	sshd      *exec.Cmd
	token     string
}

// vpnDevice registers a device, and starts it.
func (s *stack) vpnDevice(t testing.TB, name string) *vpnDevice {
	t.Helper()
	s.watch(t, "openvpn", "celery")
	d := &vpnDevice{agent: s.agent(t, name), s: s, dir: t.TempDir(), token: s.token(t)}
	d.container = s.project + "-" + d.name
	d.enroll(t)
	_, files, err := d.download()
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range files {
		if err := writeFile(filepath.Join(d.dir, path), []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	client, err := clientConfiguration(files["etc/config/openvpn"], d.dir, s.tunnelServers())
	if err == nil {
		err = writeFile(filepath.Join(d.dir, "client.conf"), []byte(client))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		d.stop()
		if t.Failed() {
			out, _ := exec.Command("docker", "logs", "--tail", "25", d.container).CombinedOutput()
			t.Logf("--- the device's OpenVPN\n%s", out)
		}
		_, _ = command(time.Minute, "", "", "docker", "rm", "-f", d.container)
	})
	d.start(t)
	return d
}

// tunnelServers are the hosts and ports at which devices that run as containers find the VPN server.
func (s *stack) tunnelServers() []string {
	if at := s.away(); at != nil {
		return at.tunnels()
	}
	return []string{"openvpn 1194"}
}

// deviceNetwork is the network of this engine on which such devices are.
func (s *stack) deviceNetwork() string {
	if at := s.away(); at != nil {
		return at.network()
	}
	return s.project + "_edge"
}

// clientConfiguration turns UCI, in which OpenWrt keeps it, into OpenVPN's own words, as OpenWrt does at each start.
// Its servers are given as "HOST PORT": their public names are for the host alone.
func clientConfiguration(uci, dir string, servers []string) (string, error) {
	var out strings.Builder
	for line := range strings.Lines(uci) {
		kind, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, value, _ := strings.Cut(rest, " ")
		value = strings.Trim(value, "'")
		if kind != "option" && kind != "list" {
			continue
		}
		option := strings.ReplaceAll(name, "_", "-")
		switch name {
		case "enabled", "status", "log", "user", "group":
			continue
		case "client", "tls_client", "pull", "nobind", "persist_key", "persist_tun", "float", "mute_replay_warnings", "auth_nocache", "mssfix", "fast_io":
			if value == "1" {
				fmt.Fprintln(&out, option)
			}
			continue
		case "ca", "cert", "key":
			value = filepath.Join("/device", value)
			if _, err := os.Stat(filepath.Join(dir, strings.TrimPrefix(value, "/device"))); err != nil {
				return "", fmt.Errorf("the archive lacks a file that the tunnel needs: %w", err)
			}
		case "remote":
			value = strings.Join(servers, "\nremote ")
		}
		fmt.Fprintln(&out, option, value)
	}
	if out.Len() == 0 {
		return "", errors.New("the archive configures no tunnel")
	}
	return out.String(), nil
}

// start runs the client until the tunnel stands, and tells the controller the device's address in it.
func (d *vpnDevice) start(t testing.TB) {
	t.Helper()
	_, err := command(time.Minute, "", "", "docker", "run", "-d", "--name", d.container, "--network", d.s.deviceNetwork(),
		"--cap-add", "NET_ADMIN", "--device", "/dev/net/tun", "--user", "0", "--volume", d.dir+":/device:ro",
		"--entrypoint", "openvpn", d.s.file.Services["openvpn"].Image, "--config", "/device/client.conf")
	if err != nil {
		t.Fatal(err)
	}
	d.arrive(t)
}

// restart brings the device back after the engine was away.
func (d *vpnDevice) restart(t testing.TB) {
	t.Helper()
	d.stop()
	if _, err := command(time.Minute, "", "", "docker", "restart", "-t", "1", d.container); err != nil {
		t.Fatal(err)
	}
	d.serve(t)
}

func (d *vpnDevice) arrive(t testing.TB) {
	t.Helper()
	d.serve(t)
	eventually(t, patience, "the tunnel stands", func() error {
		_, err := d.address()
		return err
	})
	if got := must(d.checksum(must(d.address())(t)))(t); got.status != 200 {
		t.Fatalf("the checksum through which the device tells its address: %s", got)
	}
}

// serve starts the device's SSH server, in the network of the client's container.
func (d *vpnDevice) serve(t testing.TB) {
	t.Helper()
	c := must(inspect(d.container))(t)
	d.sshd = inside(t, c.State.Pid, "sshd", ":22", filepath.Join(d.dir, "etc/dropbear/authorized_keys"))
	d.sshd.Stderr = os.Stderr
	if err := d.sshd.Start(); err != nil {
		t.Fatal(err)
	}
}

func (d *vpnDevice) stop() {
	if d.sshd != nil {
		_ = d.sshd.Process.Kill()
		_ = d.sshd.Wait()
		d.sshd = nil
	}
}

// address returns the device's address in the tunnel.
func (d *vpnDevice) address() (string, error) {
	c, err := inspect(d.container)
	if err != nil {
		return "", err
	}
	if !c.State.Running {
		return "", errors.New("the client is " + c.State.Status)
	}
	out, err := command(10*time.Second, "", "", "nsenter", "-t", fmt.Sprint(c.State.Pid), "-n", "ip", "-j", "-4", "addr", "show", "dev", "tun0")
	if err != nil {
		return "", errors.New("there is no tun0 yet")
	}
	var links []struct {
		Addresses []struct{ Local string } `json:"addr_info"`
	}
	if err := json.Unmarshal([]byte(out), &links); err != nil || len(links) == 0 || len(links[0].Addresses) == 0 {
		return "", errors.New("tun0 has no address yet")
	}
	return links[0].Addresses[0].Local, nil
}

// reachable sends the device a command from the dashboard's side: the API takes it, and the network queue's worker
// carries it through the tunnel, with the key that the device's archive authorized.
func (d *vpnDevice) reachable(t testing.TB, limit time.Duration) {
	t.Helper()
	eventually(t, limit, "a worker reaches the device through the tunnel", func() error {
		address, err := d.address()
		if err != nil {
			return err
		}
		if _, err := d.checksum(address); err != nil {
			return err
		}
		return d.command("uptime")
	})
}

func (d *vpnDevice) command(line string) error {
	path := d.base + "/api/v1/controller/device/" + d.id + "/command/"
	header := []string{"Authorization", "Bearer " + d.token, "Content-Type", "application/json"}
	body, _ := json.Marshal(map[string]any{"type": "custom", "input": map[string]string{"command": line}})
	got, err := fetch(d.client, "POST", path, string(body), header...)
	if err != nil {
		return err
	}
	var sent struct{ ID, Status, Output string }
	if err := json.Unmarshal([]byte(got.body), &sent); err != nil || got.status != 201 {
		return errors.New("the API takes no command: " + got.String())
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(250 * time.Millisecond) {
		if got, err = fetch(d.client, "GET", path+sent.ID+"/", "", header...); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(got.body), &sent); err != nil {
			return errors.New(got.String())
		}
		if sent.Status == "success" && strings.Contains(sent.Output, "the device was told: "+line) {
			return nil
		}
		if sent.Status == "failed" || time.Now().After(end) {
			return fmt.Errorf("the command is %s: %s", sent.Status, sent.Output)
		}
	}
}
