//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// loses has what answers requests and works run twice, ends one machine at once while requests come in at the other edge, and returns
// when the manager knows. Before is what is to be done last.
func (w *swarm) loses(t testing.TB, s *stack, before func()) (*pressure, time.Time) {
	t.Helper()
	victim := w.names[1]
	w.set(t, s, "scale.api=2", "scale.dashboard=2", "scale.celery=3")
	for _, service := range []string{"api", "dashboard", "celery"} {
		if on := must(w.tasks(s.project + "_" + service))(t); !slices.Contains(on, victim) {
			t.Fatalf("no task of %s runs on %s, which is to be lost: %v", service, victim, on)
		}
	}
	p := s.pressureAt(t, w.edges()[:1])
	before()
	t.Cleanup(func() { w.revive(t, victim) })
	w.end(t, victim)
	killed := time.Now()
	w.ready(t, victim, "down")
	t.Logf("known to be down after %.0f s", time.Since(killed).Seconds())
	return p, killed
}

// lost: a machine with an API and workers is gone at once. Requests fail for a while, no task is lost, and it comes back. What answers
// requests runs twice: one alone is away until its new task has started.
func (w *swarm) lost(t *testing.T, s *stack) {
	stays, victim := w.names[0], w.names[1]
	p, killed := w.loses(t, s, func() { s.leaveNotes(t, 30) })
	since := func() float64 { return time.Since(killed).Seconds() }
	if err := s.notesLeft(); err == nil {
		t.Error("no task was waiting any more when the machine was lost")
	}
	for _, service := range []string{"api", "dashboard", "websocket", "celery", "celery-monitoring", "celerybeat", "openvpn"} {
		eventually(t, 4*time.Minute, service+" runs on what is left", func() error {
			on, err := w.tasks(s.project + "_" + service)
			if err == nil && (len(on) == 0 || service == "api" && !slices.Contains(on, stays)) {
				err = fmt.Errorf("it runs on %v", on)
			}
			return err
		})
	}
	t.Logf("all else runs after %.0f s", since())
	p.settle(t, 4*time.Minute)
	p.endWithin(t, 30*time.Second)
	eventually(t, 6*time.Minute, "the tasks are done", func() error { return s.notesLeft() })
	t.Logf("all tasks are done after %.0f s", since())
	if err := s.tryLogin(s.client(t), s.secret(t, "admin_password")); err != nil {
		t.Errorf("without the machine: %v", err)
	}
	w.revive(t, victim)
	w.ready(t, victim, "ready")
	w.deploy(t, s)
	w.logins(t, s)
}

// What tasks remove, each one of it.
const notes = `
from swapper import load_model
Notification = load_model("openwisp_notifications", "Notification")
notes = Notification.objects.filter(verb="e2e waits")
`

// leaveNotes has each of many tasks do something that can be seen afterwards. Each worker takes some of them at once, and does
// them two minutes later.
func (s *stack) leaveNotes(t *testing.T, number int) {
	t.Helper()
	s.django(t, notes+fmt.Sprintf(`
from django.contrib.auth import get_user_model
from openwisp_notifications.tasks import delete_notification
admin = get_user_model().objects.get(username="admin")
notes.delete()
Notification.objects.bulk_create([
    Notification(recipient=admin, actor=admin, verb="e2e waits", type="generic_message", level="info") for _ in range(%d)
])
for pk in notes.values_list("pk", flat=True):
    delete_notification.apply_async(args=[str(pk)], countdown=120)
`, number), nil)
}

func (s *stack) notesLeft() error {
	var left int
	err := s.tryDjango(notes+"answer(notes.count())", &left)
	if err == nil && left > 0 {
		err = fmt.Errorf("%d are not", left)
	}
	return err
}

// dataLost: the machine with the data is gone for good. Another one takes its role, and the backup is restored there, by the
// runbook's own commands.
func (w *swarm) dataLost(t *testing.T, s *stack) {
	victim, heir := w.names[2], w.names[1]
	a := s.agent(t, "swarm-kept")
	a.enroll(t)
	s.exec(t, "dashboard", "sh", "-c", "echo kept >/opt/openwisp/media/kept.txt")
	w.shell(t, s, s.runbookCommands(t, "## Back up"))
	t.Cleanup(func() {
		w.revive(t, victim)
		w.join(t, victim)
	})
	w.end(t, victim)
	killed := time.Now()
	w.ready(t, victim, "down")
	w.edit(t, s, func(input string) string {
		input = strings.ReplaceAll(input, fmt.Sprintf("  %s: {roles: [data, worker]}\n", victim), "")
		return strings.ReplaceAll(input, heir+": {roles: [", heir+": {roles: [data, ")
	})
	w.shell(t, s, strings.ReplaceAll(s.runbookCommands(t, "## A machine is lost, comes, or goes"), "LOST", victim))
	w.shell(t, s, s.runbookCommands(t, "## Restore"))
	t.Logf("restored on %s %.0f s after the loss", heir, time.Since(killed).Seconds())
	w.logins(t, s)
	if got := must(a.checksum(""))(t); got.status != 200 {
		t.Errorf("a device that was there before: %s", got)
	}
	if got := s.exec(t, "dashboard", "cat", "/opt/openwisp/media/kept.txt"); strings.TrimSpace(got) != "kept" {
		t.Errorf("the restored upload holds %q", got)
	}
	if err := w.runsOn(s.project+"_postgres", 1, heir); err != nil {
		t.Error(err)
	}
}

// edit changes the bundle's input by hand, and makes it again.
func (w *swarm) edit(t *testing.T, s *stack, change func(string) string) {
	t.Helper()
	file := filepath.Join(s.dir, "owgen.yaml")
	before := string(must(os.ReadFile(file))(t))
	after := change(before)
	if after == before {
		t.Fatalf("nothing changed in\n%s", before)
	}
	if err := writeFile(file, []byte(after)); err != nil {
		t.Fatal(err)
	}
	must(command(time.Minute, s.dir, "", owgen, append([]string{"generate"}, w.catalog...)...))(t)
}

// shell runs commands in the bundle, as an operator pastes them.
func (w *swarm) shell(t testing.TB, s *stack, commands string) {
	t.Helper()
	if out, err := w.docker(20*time.Minute, s.dir, "sh", "-euc", commands); err != nil {
		t.Fatalf("%v\n%s", err, lastLines(out, 20))
	}
}

// join has a machine in the Swarm anew, with nothing of a stack on it.
func (w *swarm) join(t testing.TB, machine string) {
	t.Helper()
	_, _ = w.docker(time.Minute, "", "docker", "node", "rm", "--force", machine)
	_, _ = w.on(machine, time.Minute, "", "docker", "swarm", "leave", "--force")
	manager := w.addresses[w.names[0]]
	token := strings.TrimSpace(must(w.docker(time.Minute, "", "docker", "swarm", "join-token", "-q", "worker"))(t))
	must(w.on(machine, time.Minute, "", "docker", "swarm", "join", "--token", token, "--advertise-addr", w.addresses[machine], manager+":2377"))(t)
}
