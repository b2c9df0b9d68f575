//go:build e2e

package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// One deployment on three machines, used, changed and broken. The parts come in this order: what breaks a machine is last.
func TestSwarm(t *testing.T) {
	w := newSwarm(t)
	s := w.bundle(t)
	for _, part := range []struct {
		name string
		test func(*testing.T, *stack)
	}{
		{"login at each machine", w.logins}, {"agents", w.agents}, {"uploads are on every machine", w.uploads}, {"radius", w.radius},
		{"backup", w.backup}, {"image not pushed", w.notPushed}, {"change under load", w.change}, {"secret under load", w.rotate}, {"password of a datastore", w.passwords}, {"scale", w.scale}, {"tunnel", w.tunnel}, {"upgrade", w.upgrade},
		{"machine lost", w.lost}, {"machine replaced", w.replaced}, {"data lost", w.dataLost},
	} {
		if !t.Run(part.name, func(t *testing.T) { part.test(t, s) }) {
			t.Log(w.docker(time.Minute, "", "docker", "stack", "services", s.project))
		}
	}
}

func (w *swarm) logins(t *testing.T, s *stack) {
	for _, address := range w.edges() {
		eventually(t, 2*patience, "a login at "+address, func() error {
			return s.tryLogin(clientFor(s.authorities(t), address), s.secret(t, "admin_password"))
		})
	}
}

// agents go through their sequence, each step at another machine.
func (w *swarm) agents(t *testing.T, s *stack) {
	a := s.agent(t, "swarm")
	a.enroll(t)
	a.client = clientFor(s.authorities(t), w.edges()[1])
	if got := must(a.checksum(""))(t); got.status != 200 {
		t.Errorf("checksum: %s", got)
	}
	_, files, err := a.download()
	if err != nil || files["etc/config/openvpn"] == "" {
		t.Errorf("the archive lacks the tunnel's configuration: %d files, %v", len(files), err)
	}
	a.client = clientFor(s.authorities(t), w.edges()[0])
	if got := must(a.report("applied"))(t); got.status != 200 {
		t.Errorf("report: %s", got)
	}
}

func (w *swarm) uploads(t *testing.T, s *stack) {
	s.largeUpload(t, clientFor(s.authorities(t), w.edges()[1]))
	// The machines mount, by ports of root's, and no container has one, by which it would pass for its machine.
	for _, service := range []string{"nginx", "freeradius"} {
		if out, err := w.docker(time.Minute, s.dir, "./on", "exec", service, "cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start"); err != nil || strings.TrimSpace(out) != "1024" {
			t.Errorf("%s opens ports from %q on: %v", service, out, err)
		}
	}
	// A file that is there can be written again, and added to.
	got := s.exec(t, "dashboard", "sh", "-euc", "cd /opt/openwisp/media; echo one >again; echo two >again; echo three >>again; cat again; rm again")
	if got != "two\nthree\n" {
		t.Errorf("a file that was written again holds %q", got)
	}
}

// radius: the NAS is this machine's own address alone, so that a login shows that the server sees it.
func (w *swarm) radius(t *testing.T, s *stack) {
	var at string
	eventually(t, recovery, "the RADIUS server runs on a machine", func() error {
		if at = s.radiusServer(); at == "" {
			return errors.New("no task of it runs, or several")
		}
		return nil
	})
	s.hotspot(t, localAddress(t, at)+"/32")
}

// backup takes what the runbook says, over its own commands, and looks into it.
func (w *swarm) backup(t *testing.T, s *stack) {
	w.shell(t, s, s.runbookCommands(t, "## Back up"))
	for _, file := range must(filepath.Glob(filepath.Join(s.dir, "backup", "*")))(t) {
		info := must(os.Stat(file))(t)
		t.Logf("%s: %d bytes", info.Name(), info.Size())
		if info.Size() < 100 {
			t.Errorf("%s has %d bytes", info.Name(), info.Size())
		}
	}
}

// notPushed: an image that the registry has not is named before anything is changed, and so is a registry that shows nothing to somebody who
// is not logged in.
func (w *swarm) notPushed(t *testing.T, s *stack) {
	file := filepath.Join(s.dir, "stack.yml")
	stack := must(os.ReadFile(file))(t)
	t.Cleanup(func() {
		if err := writeFile(file, stack); err != nil {
			t.Error(err)
		}
	})
	name := s.imageNames()[0]
	if err := writeFile(file, []byte(strings.ReplaceAll(string(stack), name+`"`, name+`-later"`))); err != nil {
		t.Fatal(err)
	}
	versions := func() string {
		return must(w.docker(time.Minute, "", "sh", "-euc", "docker service inspect --format '{{.Spec.Name}} {{.Version.Index}}' $(docker service ls -q)"))(t)
	}
	before := versions()
	out, err := w.docker(5*time.Minute, s.dir, "./deploy")
	if err == nil || !strings.Contains(out+err.Error(), "the registry has not "+name+"-later: docker compose build") {
		t.Errorf("%v\n%s", err, out)
	}
	if err := writeFile(file, stack); err != nil {
		t.Fatal(err)
	}
	if os.Getenv(swarmLogin) != "" {
		w.logOut(t, w.registry)
		out, err := w.docker(5*time.Minute, s.dir, "./deploy")
		w.logIn(t, w.registry, w.engine(w.names[0]))
		if err == nil || !strings.Contains(out+err.Error(), "to nobody who is not logged in: docker login "+w.registry) {
			t.Errorf("%v\n%s", err, out)
		}
	}
	if after := versions(); after != before {
		t.Errorf("services were changed:\n%s\n%s", before, after)
	}
}

// change rolls a setting of the API and the dashboard out, and loses no request.
func (w *swarm) change(t *testing.T, s *stack) {
	p := w.pressure(t, s)
	w.set(t, s, "django.log_level=INFO", "users.password_expiration=400")
	p.end(t, 0)
}

// rotate gives Django a new key, as the runbook says, and loses no request.
func (w *swarm) rotate(t *testing.T, s *stack) {
	file := filepath.Join(s.dir, "secrets", "django_secret_key")
	before := must(w.docker(time.Minute, "", "docker", "secret", "ls", "--format", "{{.Name}}"))(t)
	if err := os.WriteFile(file, []byte(strings.Repeat("another-key-of-the-tests-", 3)), 0o600); err != nil {
		t.Fatal(err)
	}
	p := w.pressure(t, s)
	w.deploy(t, s)
	p.end(t, 0)
	after := must(w.docker(time.Minute, "", "docker", "secret", "ls", "--format", "{{.Name}}"))(t)
	changed := 0
	for name := range strings.FieldsSeq(before) {
		if !slices.Contains(strings.Fields(after), name) {
			changed++
			if !strings.Contains(name, "django_secret_key") {
				t.Errorf("the secret %s is gone", name)
			}
		}
	}
	if changed != 1 {
		t.Errorf("%d secrets were replaced:\n%s\n%s", changed, before, after)
	}
	w.logins(t, s)
}

// passwords gives what keeps its password itself another one, as the runbook says: the database, and the time-series store.
func (w *swarm) passwords(t *testing.T, s *stack) {
	for _, secret := range []string{"sql_password", "timeseries_password"} {
		if err := os.WriteFile(filepath.Join(s.dir, "secrets", secret), []byte("another-"+strings.ReplaceAll(secret, "_", "-")), 0o600); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		w.shell(t, s, s.runbookRow(t, "## Change a password", "secrets/"+secret))
		t.Logf("%s is another one %.0f s later", secret, time.Since(began).Seconds())
		w.logins(t, s)
	}
}

// scale shows what a second and a third API bring.
func (w *swarm) scale(t *testing.T, s *stack) {
	a := s.agent(t, "swarm-load")
	a.enroll(t)
	l := newLoad(s.client(t), []*agent{a})
	measure := func(apis string) {
		for kind, total := range map[string]int{"checksum": 600, "metrics": 120} {
			began := time.Now()
			got := l.atOnce(t.Context(), kind, 10, total)
			t.Logf("%s: %s at 10 at once: %.1f a second, %s", apis, kind, float64(total)/time.Since(began).Seconds(), got)
			if got.statuses[200] != total {
				t.Errorf("%s: not all were answered", kind)
			}
		}
	}
	measure("one API")
	p := w.pressure(t, s)
	w.set(t, s, "scale.api=3")
	p.end(t, 0)
	if err := w.runsOn(s.project+"_api", 3, w.names[:2]...); err != nil {
		t.Error(err)
	}
	measure("three APIs")
}

// tunnel: a worker reaches a device from another machine than the VPN server's, also after that has moved.
func (w *swarm) tunnel(t *testing.T, s *stack) {
	vpn, worker := s.project+"_openvpn", s.project+"_celery"
	t.Cleanup(func() { w.deploy(t, s) }) // which takes the constraints back
	w.place(t, worker, w.names[2])
	w.place(t, vpn, w.names[0])
	d := s.vpnDevice(t, "swarm")
	d.reachable(t, 2*patience)
	began := must(w.docker(time.Minute, "", "docker", "service", "ps", "-q", "--filter", "desired-state=running", worker))(t)
	w.place(t, vpn, w.names[1])
	moved := time.Now()
	d.reachable(t, 4*time.Minute)
	t.Logf("reached %.0f s after the VPN server had moved from %s to %s, from %s", time.Since(moved).Seconds(), w.names[0], w.names[1], w.names[2])
	if now := must(w.docker(time.Minute, "", "docker", "service", "ps", "-q", "--filter", "desired-state=running", worker))(t); now != began {
		t.Error("the worker was started anew because of it")
	}
}

// place has the one task of a service run on a machine.
func (w *swarm) place(t *testing.T, service, machine string) {
	t.Helper()
	args := []string{"service", "update", "--quiet", "--detach=false"}
	for _, name := range w.names {
		if name != machine { // what is added and removed is removed
			args = append(args, "--constraint-rm", "node.hostname=="+name)
		}
	}
	must(w.docker(4*time.Minute, "", "docker", append(args, "--constraint-add", "node.hostname=="+machine, service)...))(t)
	if err := w.runsOn(service, 1, machine); err != nil {
		t.Fatal(err)
	}
}
