//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// upgrade brings a release of the application, with a migration that takes a while. New tasks wait for it, those of before go on. Of each
// edge, whose files are of the release as well, the new task has to wait for the machine's ports.
func (w *swarm) upgrade(t *testing.T, s *stack) {
	const day = "build.debian_updates=$(date +%F)" // all packages of Debian would be installed anew for one
	commands := s.runbookCommands(t, "## Upgrade")
	if !strings.Contains(commands, day) {
		t.Fatalf("below Upgrade stands\n%s", commands)
	}
	a := s.agent(t, "before")
	a.enroll(t)
	before := s.file.Services["api"].Image
	rest := s.rebuild(t, strings.Replace(commands, day, s.release(t), 1), w.catalog...)
	w.push(t, s)
	if now := s.file.Services["api"].Image; now == before {
		t.Fatalf("the release has the image of before: %s", now)
	}
	p := w.pressure(t, s)
	began := time.Now()
	w.shell(t, s, rest)
	t.Logf("the release runs after %.0f s", time.Since(began).Seconds())
	p.endWithin(t, 2*time.Minute)
	if n := len(s.migrated(t)); n != 1 {
		t.Errorf("the migration ran %d times", n)
	}
	s.exec(t, "api", "python", "-c", "import e2e_release")
	runs := must(w.docker(time.Minute, "", "docker", "service", "ps", s.project+"_api", "--filter", "desired-state=running", "--no-trunc", "--format", "{{.Image}}"))(t)
	for image := range strings.FieldsSeq(runs) {
		if name, digest, _ := strings.Cut(image, "@"); name != s.file.Services["api"].Image || !strings.HasPrefix(digest, "sha256:") {
			t.Errorf("a task of the API runs %s", image)
		}
	}
	w.logins(t, s)
	if got := must(a.checksum(""))(t); got.status != 200 {
		t.Errorf("a device that was there before: %s", got)
	}
}

// replaced: a machine is emptied and taken out, and another one, which has its name, is added, as the runbook says. It takes what is started
// anew, and is an edge again.
func (w *swarm) replaced(t *testing.T, s *stack) {
	stays, leaves := w.names[0], w.names[1]
	line := fmt.Sprintf("  %s: {roles: [app, worker, edge]}\n", leaves)
	w.set(t, s, "scale.api=2", "scale.dashboard=2")
	p := s.pressureAt(t, w.edges()[:1])
	must(w.docker(time.Minute, "", "docker", "node", "update", "--availability", "drain", leaves))(t)
	for _, service := range []string{"api", "dashboard", "websocket", "celerybeat"} {
		eventually(t, 4*time.Minute, service+" runs on what is left", func() error {
			on, err := w.tasks(s.project + "_" + service)
			if err == nil && (len(on) == 0 || slices.Contains(on, leaves)) {
				err = fmt.Errorf("it runs on %v", on)
			}
			return err
		})
	}
	p.settle(t, 2*time.Minute)
	p.endWithin(t, 30*time.Second)
	w.edit(t, s, func(input string) string {
		return strings.Replace(strings.Replace(input, line, "", 1), "nginx: 2", "nginx: 1", 1)
	})
	w.renew(t, s)
	w.join(t, leaves)
	w.ready(t, leaves, "ready")
	other := fmt.Sprintf("  %s: {roles: [app, worker, edge]}\n", stays)
	w.edit(t, s, func(input string) string {
		return strings.Replace(strings.Replace(input, other, other+line, 1), "nginx: 1", "nginx: 2", 1)
	})
	w.renew(t, s)
	if err := w.runsOn(s.project+"_nginx", 2, stays, leaves); err != nil {
		t.Error(err)
	}
	w.shell(t, s, "./on restart api")
	if on := must(w.tasks(s.project + "_api"))(t); len(on) != 2 || !slices.Contains(on, leaves) {
		t.Errorf("after a restart the API runs on %v, and not on the machine that was added", on)
	}
	w.logins(t, s)
}

// renew builds, pushes and deploys, as the runbook says where settings go into images: the web server knows how many there are of it.
func (w *swarm) renew(t testing.TB, s *stack) {
	t.Helper()
	rest := s.rebuild(t, s.runbookCommands(t, "## Build and push")+"./deploy\n")
	w.push(t, s)
	w.shell(t, s, rest)
}
