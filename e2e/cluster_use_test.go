//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// One deployment on a real kubelet, used, changed and broken.
func TestKubernetes(t *testing.T) {
	k := newCluster(t)
	t.Cleanup(func() { k.takeAway(t) })
	s := k.bundle(t, "cluster")
	for _, part := range []struct {
		name string
		test func(*testing.T, *stack)
	}{
		{"login", k.login}, {"agents", k.agents}, {"radius", k.radius}, {"tunnel", k.tunnel}, {"change under load", k.change},
		{"the edge rolls under load", k.edgeRolls}, {"secret", k.rotate}, {"autoscaler", k.autoscale}, {"backup and restore", k.restore},
		{"pods deleted", k.deleted}, {"upgrade", k.upgrade}, {"upgrade of all images", k.upgradeAll}, {"a node is added", k.nodeAdded},
		{"a node is lost", k.nodeLost},
	} {
		if !t.Run(part.name, func(t *testing.T) { part.test(t, s) }) {
			t.Log(k.sick(s))
		}
	}
}

func (k *cluster) login(t *testing.T, s *stack) { s.login(t) }

// agents go through their sequence.
func (k *cluster) agents(t *testing.T, s *stack) {
	a := s.agent(t, "cluster")
	a.enroll(t)
	if got := must(a.checksum(""))(t); got.status != 200 {
		t.Errorf("checksum: %s", got)
	}
	_, files, err := a.download()
	if err != nil || files["etc/config/openvpn"] == "" {
		t.Errorf("the archive lacks the tunnel's configuration: %d files, %v", len(files), err)
	}
	if got := must(a.report("applied"))(t); got.status != 200 {
		t.Errorf("report: %s", got)
	}
	a.post(t, time.Now())
	a.charted(t, 2*patience, "memory", 37)
	s.largeUpload(t, s.client(t))
}

// radius: the NAS is this machine's own address alone, so that a login shows that the server sees it. That it is answered shows that
// the API believed who asked, and a stranger who asks the same at the public address, or from another pod, is not believed.
func (k *cluster) radius(t *testing.T, s *stack) {
	s.hotspot(t, localAddress(t, k.node)+"/32")
	var organization, token string
	s.django(t, `
from swapper import load_model
row = load_model("openwisp_radius", "OrganizationRadiusSettings").objects.get(organization__slug="default")
answer(str(row.organization_id) + " " + row.token)
`, &organization)
	organization, token, _ = strings.Cut(organization, " ")
	path := "/api/v1/freeradius/authorize/?uuid=" + organization + "&token=" + token
	const stranger = "is not in the list of IP addresses allowed"
	body := "username=" + radiusUser + "&password=" + radiusPassword
	got := must(fetch(s.client(t), "POST", s.origin("api")+path, body, "Content-Type", "application/x-www-form-urlencoded"))(t)
	if got.status != http.StatusForbidden || !strings.Contains(got.body, stranger) {
		t.Errorf("a stranger asks as the RADIUS server does, and gets %s", got)
	}
	address := must(k.kubectl(time.Minute, "-n", s.project, "get", "service", "nginx-public", "-o", "jsonpath={.spec.clusterIP}"))(t)
	name := "api." + k.domain + ":" + clusterPorts[8443]
	out := must(s.in(patience, "websocket", "curl", "-sk", "--resolve", name+":"+address, "-w", " %{http_code}", "-d", body, "https://"+name+path))(t)
	if !strings.HasSuffix(out, " 403") || !strings.Contains(out, stranger) {
		t.Errorf("another pod asks as the RADIUS server does, and gets %s", out)
	}
}

// tunnel: a worker in the VPN server's pod reaches a device.
func (k *cluster) tunnel(t *testing.T, s *stack) {
	s.vpnDevice(t, "cluster").reachable(t, 2*patience)
}

// change rolls a setting of the application out, and loses no request.
func (k *cluster) change(t *testing.T, s *stack) {
	p := s.pressureAt(t, []string{k.node})
	k.set(t, s, "django.log_level=INFO", "users.password_expiration=400")
	p.end(t, 0)
}

// edgeRolls starts the web server anew, and loses no request.
func (k *cluster) edgeRolls(t *testing.T, s *stack) {
	p := s.pressureAt(t, []string{k.node})
	time.Sleep(3 * time.Second)
	must(k.kubectl(time.Minute, "-n", s.project, "rollout", "restart", "deployment/nginx"))(t)
	k.rolled(t, s)
	p.end(t, 0)
}

// deleted: whatever pod is taken away comes back by itself, and does what it is for.
func (k *cluster) deleted(t *testing.T, s *stack) {
	d := s.vpnDevice(t, "deleted")
	d.reachable(t, 2*patience)
	for _, service := range []string{"api", "dashboard", "websocket", "celery", "celery-monitoring", "celerybeat", "authority", "nginx", "freeradius", "redis", "influxdb", "postgres", "postfix", "openvpn"} {
		namespace, name, err := k.pod(s, service)
		if err != nil {
			t.Error(err)
			continue
		}
		began := time.Now()
		must(k.kubectl(3*time.Minute, "-n", namespace, "delete", "pod", name))(t)
		k.ready(t, s, 5*time.Minute)
		t.Logf("%s was back after %.0f s", service, time.Since(began).Seconds())
	}
	eventually(t, 2*patience, "a login works again", func() error { return s.tryLogin(s.client(t), s.secret(t, "admin_password")) })
	if got := must(d.checksum(""))(t); got.status != 200 {
		t.Errorf("checksum: %s", got)
	}
	d.reachable(t, 3*time.Minute)
}

// rotate gives the database another password, as the runbook says.
func (k *cluster) rotate(t *testing.T, s *stack) {
	if err := os.WriteFile(filepath.Join(s.dir, "secrets", "sql_password"), []byte("another-password-of-the-tests"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := k.run(5*time.Minute, s.dir, "sh", "-euc", k.commands(t, s, "## Change a password", "kubectl delete jobs")); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	after := s.runbookRow(t, "## Change a password", "secrets/sql_password")
	if out, err := k.run(10*time.Minute, s.dir, "sh", "-euc", after); err != nil {
		t.Fatalf("%s: %v\n%s", after, err, lastLines(out, 20))
	}
	k.rolled(t, s)
	eventually(t, patience, "a login works", func() error { return s.tryLogin(s.client(t), s.secret(t, "admin_password")) })
}

// restore takes a backup with the runbook's commands and brings it back with them, after all claims were lost.
func (k *cluster) restore(t *testing.T, s *stack) {
	a := s.agent(t, "kept")
	a.enroll(t)
	s.exec(t, "dashboard", "sh", "-c", "echo kept >/opt/openwisp/media/kept.txt")
	if out, err := k.run(10*time.Minute, s.dir, "sh", "-euc", k.commands(t, s, "## Back up", "mkdir")); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, file := range must(filepath.Glob(filepath.Join(s.dir, "backup", "*")))(t) {
		if info := must(os.Stat(file))(t); info.Size() < 100 {
			t.Errorf("%s has %d bytes", info.Name(), info.Size())
		}
	}
	late := s.agent(t, "late")
	late.enroll(t)
	s.exec(t, "dashboard", "rm", "/opt/openwisp/media/kept.txt")
	began := time.Now()
	if out, err := k.run(20*time.Minute, s.dir, "sh", "-euc", k.commands(t, s, "## Restore", "kubernetes/scale stop")); err != nil {
		t.Fatalf("%v\n%s\n%s", err, lastLines(out, 20), k.sick(s))
	}
	k.ready(t, s, 5*time.Minute)
	t.Logf("restored in %.0f s", time.Since(began).Seconds())
	for agent, want := range map[*agent]int{a: http.StatusOK, late: http.StatusNotFound} {
		if got := must(agent.checksum(""))(t); got.status != want {
			t.Errorf("%s gets %s", agent.name, got)
		}
	}
	if got := s.exec(t, "dashboard", "cat", "/opt/openwisp/media/kept.txt"); fmt.Sprint(strings.TrimSpace(got)) != "kept" {
		t.Errorf("the restored upload holds %q", got)
	}
	s.login(t)
}
