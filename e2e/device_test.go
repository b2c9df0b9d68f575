//go:build e2e

package e2e

import (
	"crypto/md5" //nolint:gosec // the agents' protocol has it
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

func TestDeviceAgent(t *testing.T) {
	s := shared(t)
	s.watch(t, "nginx", "api")
	a := s.agent(t, "e2e-agent")
	a.enroll(t)

	sum := must(a.checksum(""))(t)
	raw, files, err := a.download()
	if err != nil {
		t.Fatal(err)
	}
	digest := md5.Sum([]byte(raw)) //nolint:gosec // see above
	if sum.status != 200 || sum.body != hex.EncodeToString(digest[:]) {
		t.Errorf("the checksum is not that of the archive: %s", sum)
	}
	checkArchive(t, s, files)

	if got := must(a.report("applied"))(t); got.status != 200 {
		t.Errorf("report-status: %s", got)
	}
	var status string
	s.django(t, `
from swapper import load_model
answer(load_model("config", "Config").objects.get(device__pk="`+a.id+`").status)
`, &status)
	if status != "applied" {
		t.Errorf("the configuration's status is %q", status)
	}
	// Agents may use either public name.
	a.base = s.origin("dashboard")
	if got := must(a.checksum(""))(t); got.status != 200 || got.body != sum.body {
		t.Errorf("the checksum by the dashboard's name: %s", got)
	}
}

// checkArchive looks for what the templates bring: the tunnel with the device's own certificate, and the SSH key.
func checkArchive(t *testing.T, s *stack, files map[string]string) {
	t.Helper()
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	t.Logf("the archive holds %s", strings.Join(names, ", "))
	if conf := files["etc/config/openvpn"]; !strings.Contains(conf, "openvpn."+"openwisp.localhost") {
		t.Errorf("etc/config/openvpn does not name the VPN's host:\n%s", conf)
	}
	found := map[string]bool{}
	for name, content := range files {
		if !strings.HasPrefix(name, "etc/x509/") {
			continue
		}
		for _, kind := range []string{"CERTIFICATE", "PRIVATE KEY"} {
			found[kind] = found[kind] || strings.Contains(content, kind+"-----")
		}
	}
	if !found["CERTIFICATE"] || !found["PRIVATE KEY"] {
		t.Errorf("no certificate or no key in etc/x509: %s", names)
	}
	key := must(ssh.ParsePrivateKey([]byte(s.secret(t, "ssh_key") + "\n")))(t)
	public := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key.PublicKey())))
	if !strings.Contains(files["etc/dropbear/authorized_keys"], public) {
		t.Errorf("etc/dropbear/authorized_keys does not hold the key of secrets/ssh_key: %q", files["etc/dropbear/authorized_keys"])
	}
}

func TestDeviceAgentRefused(t *testing.T) {
	s := shared(t)
	s.watch(t, "nginx", "api")
	a := s.agent(t, "e2e-refused")
	a.secret = "wrong"
	got := must(a.register())(t)
	if got.status != 403 {
		t.Errorf("a wrong shared secret was answered with %s", got)
	}
	a = s.agent(t, "e2e-refused")
	a.enroll(t)
	for _, path := range []string{"checksum", "download-config"} {
		got := must(a.send("GET", "/controller/"+path+"/"+a.id+"/", url.Values{"key": {strings.Repeat("0", 32)}}))(t)
		if got.status != 403 {
			t.Errorf("%s with a wrong key was answered with %s", path, got)
		}
	}
}
