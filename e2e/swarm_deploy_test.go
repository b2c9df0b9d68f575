//go:build e2e

package e2e

import (
	"cmp"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// push hands the images to the registry. This engine takes one without TLS on its own loopback alone.
func (w *swarm) push(t testing.TB, s *stack) {
	t.Helper()
	loopback := w.passOn(t, w.registry)
	w.logIn(t, loopback, os.Getenv("DOCKER_HOST"))
	t.Cleanup(func() { w.logOut(t, loopback) })
	for _, name := range s.imageNames() {
		here := loopback + strings.TrimPrefix(name, w.registry)
		must(command(time.Minute, "", "", "docker", "tag", name, here))(t)
		must(command(5*time.Minute, "", "", "docker", "push", "-q", here))(t)
		must(command(time.Minute, "", "", "docker", "image", "rm", here))(t)
	}
}

// logIn to the registry, where it asks for that, by the engine that is to reach it.
func (w *swarm) logIn(t testing.TB, registry, engine string) {
	t.Helper()
	name, password, asked := strings.Cut(os.Getenv(swarmLogin), ":")
	if !asked {
		return
	}
	must(command(time.Minute, "", password, "env", "DOCKER_HOST="+engine, "docker", "login", registry, "--username", name, "--password-stdin"))(t)
}

func (w *swarm) logOut(t testing.TB, registry string) {
	t.Helper()
	must(command(time.Minute, "", "", "docker", "logout", registry))(t)
}

// passOn listens on this machine's loopback, and passes connections on.
func (w *swarm) passOn(t testing.TB, to string) string {
	t.Helper()
	listener := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer near.Close()
				far, err := net.Dial("tcp", to)
				if err != nil {
					return
				}
				defer far.Close()
				go func() { _, _ = io.Copy(far, near); _ = far.(*net.TCPConn).CloseWrite() }()
				_, _ = io.Copy(near, far)
			}()
		}
	}()
	return listener.Addr().String()
}

// set generates the bundle again with other settings, and deploys it.
func (w *swarm) set(t testing.TB, s *stack, settings ...string) {
	t.Helper()
	s.again(t, settings, w.catalog...)
	w.deploy(t, s)
}

func (w *swarm) deploy(t testing.TB, s *stack) {
	t.Helper()
	started := time.Now()
	out, err := w.docker(20*time.Minute, s.dir, "./deploy")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("deployed in %.0f s", time.Since(started).Seconds())
}

// bundle makes, builds, pushes and deploys: data on the last machine, all else on the two others, workers on each. In the
// folder that OWGEN_E2E_KEEP names it stays, and what runs of it is brought up to date, so that one part can be run again alone.
func (w *swarm) bundle(t testing.TB) *stack {
	t.Helper()
	s := &stack{dir: filepath.Join(scratch, "swarm"), project: scratchPrefix + "swarm", swarm: w}
	if kept() {
		s.dir = must(filepath.Abs(os.Getenv("OWGEN_E2E_KEEP")))(t)
		_ = os.Remove(filepath.Join(s.dir, "owgen.yaml")) // with what parts have set
	}
	input := fmt.Sprintf(`version: 1
extends: multi-node
project: %s
domain: %s
images: {registry: %s/openwisp}
nodes:
  %s: {roles: [app, worker, edge]}
  %s: {roles: [app, worker, edge]}
  %s: {roles: [data, worker]}
scale: {nginx: 2}
`, s.project, w.domain, w.registry, w.names[0], w.names[1], w.names[2])
	file := filepath.Join(scratch, "swarm.yaml")
	if err := writeFile(file, []byte(input)); err != nil {
		t.Fatal(err)
	}
	must(command(time.Minute, "", "", owgen, append([]string{"generate", file, "-o", s.dir}, w.catalog...)...))(t)
	if err := s.read(); err != nil {
		t.Fatal(err)
	}
	s.forget()
	if !kept() {
		w.remove(t, s)
		t.Cleanup(func() { w.remove(t, s) })
	}
	started := time.Now()
	must(s.compose(30*time.Minute, "build"))(t)
	built := time.Now()
	w.push(t, s)
	w.logIn(t, w.registry, w.engine(w.names[0]))
	t.Cleanup(func() { w.logOut(t, w.registry) })
	t.Logf("images built in %.0f s, pushed in %.0f s", built.Sub(started).Seconds(), time.Since(built).Seconds())
	w.deploy(t, s)
	return s
}

// remove ends what runs of a stack, with its volumes.
func (w *swarm) remove(t testing.TB, s *stack) {
	t.Helper()
	filter := "label=com.docker.stack.namespace=" + s.project
	_, _ = w.docker(time.Minute, "", "docker", "stack", "rm", s.project)
	for _, machine := range w.names {
		eventually(t, 5*time.Minute, "nothing of the stack runs on "+machine, func() error {
			left, err := w.on(machine, time.Minute, "", "docker", "ps", "-aq", "--filter", filter)
			return cmp.Or(err, found("containers", left))
		})
		volumes, err := w.on(machine, time.Minute, "", "docker", "volume", "ls", "-q", "--filter", filter)
		if err == nil && volumes != "" {
			_, err = w.on(machine, time.Minute, "", "docker", append([]string{"volume", "rm", "-f"}, strings.Fields(volumes)...)...)
		}
		if err != nil {
			t.Errorf("volumes on %s: %v", machine, err)
		}
	}
}

func found(what, list string) error {
	if list = strings.TrimSpace(list); list != "" {
		return fmt.Errorf("%s: %s", what, strings.ReplaceAll(list, "\n", " "))
	}
	return nil
}

// end and revive are what happens to machines.
func (w *swarm) end(t testing.TB, machine string)    { w.happens(t, swarmKill, machine) }
func (w *swarm) revive(t testing.TB, machine string) { w.happens(t, swarmRevive, machine) }

func (w *swarm) happens(t testing.TB, variable, machine string) {
	t.Helper()
	line := os.Getenv(variable)
	if line == "" {
		t.Fatalf("%s says how", variable)
	}
	must(command(3*time.Minute, "", "", "env", "NAME="+machine, "sh", "-c", line))(t)
}

// ready waits until the manager counts on a machine, or no longer does.
func (w *swarm) ready(t testing.TB, machine, state string) {
	t.Helper()
	eventually(t, 2*time.Minute, machine+" is "+state, func() error {
		now, err := w.docker(time.Minute, "", "docker", "node", "inspect", machine, "--format", "{{.Status.State}}")
		if err == nil && strings.TrimSpace(now) != state {
			err = fmt.Errorf("it is %s", now)
		}
		return err
	})
}

// localAddress is that of this machine on the network of a machine.
func localAddress(t testing.TB, to string) string {
	t.Helper()
	conn := must(net.Dial("udp", net.JoinHostPort(to, "9")))(t)
	defer conn.Close()
	host, _, err := net.SplitHostPort(conn.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	return host
}

// runsOn says that all tasks of a service run on some of the machines.
func (w *swarm) runsOn(service string, number int, machines ...string) error {
	on, err := w.tasks(service)
	if err != nil {
		return err
	}
	for _, machine := range on {
		if !slices.Contains(machines, machine) {
			return fmt.Errorf("%s runs on %s", service, machine)
		}
	}
	if len(on) != number {
		return fmt.Errorf("%d tasks of %s run", len(on), service)
	}
	return nil
}
