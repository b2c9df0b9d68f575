package swarm

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// A Swarm of two machines, in which a task of x_store runs on the other one. It writes down who was asked for what.
const fakeDocker = `#!/bin/sh
echo "${DOCKER_HOST:-manager} $*" >>"$FAKE/asked"
case "$*" in
info*) echo node1 ;;
*Hostname*) echo box2 ;;
*Status.Addr*) echo 192.0.2.2 ;;
*NodeID*) echo node2 ;;
*ContainerID*) echo container1 ;;
*ContainerSpec.Secrets*) printf '%s\n' 'x_password_0123456789ab password 0 0 444' 'x_other_0123456789ab other 0 0 444' ;;
"service ls"*) echo "x_store 1/1 (max 1 per node)" ;;
"service ps"*) echo task1 ;;
"secret inspect"*) exit 1 ;;
"service update"*) exit "${REFUSED:-0}" ;;
exec*) echo ready; sleep "${TAKES:-0}"; exit 7 ;;
esac
`

// on is a bundle with the script, and the command that runs it there; asked is what of Docker was asked for.
func on(t *testing.T, args ...string) (run *exec.Cmd, asked func(verb string) []string) {
	t.Helper()
	dir := t.TempDir()
	script, err := os.ReadFile("../../../dockerfiles/_shared/swarm/on")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"on": string(script), "docker": fakeDocker, "new": "a new value",
		"deploy.conf": "project x\nsecret password ./new\nsecret password_2 ./new\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	run = exec.Command("sh", append([]string{filepath.Join(dir, "on")}, args...)...)
	run.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "FAKE="+dir, "DOCKER_HOST=")
	return run, func(verb string) []string {
		log, err := os.ReadFile(filepath.Join(dir, "asked"))
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for line := range strings.Lines(string(log)) {
			if who, what, _ := strings.Cut(strings.TrimSpace(line), " "); strings.HasPrefix(what, verb) {
				out = append(out, who+" "+what)
			}
		}
		return out
	}
}

const back = "manager service rollback --quiet --detach x_store"

// What runs in place of a service has the secrets as they lie in the folder; and the service is as before afterwards, for which the
// manager is asked, wherever the task was.
func TestRunInPlace(t *testing.T) {
	run, asked := on(t, "run", "store", "set-password")
	var failed *exec.ExitError
	if err := run.Run(); !errors.As(err, &failed) || failed.ExitCode() != 7 {
		t.Errorf("the program ended with 7, and this: %v", err)
	}
	const name = "x_password_c8976c5a6d0f"
	for verb, want := range map[string][]string{
		"secret create": {"manager secret create --label com.docker.stack.namespace=x " + name + " ./new"},
		"service update": {"manager service update --quiet --detach --replicas 1 --no-healthcheck --entrypoint /usr/bin/tini -- sleep 86400 --args " +
			" --secret-rm x_password_0123456789ab --secret-add source=" + name + ",target=password,uid=0,gid=0,mode=0444 x_store"},
		"exec":             {"ssh://box2 exec -i container1 set-password"},
		"service rollback": {back},
	} {
		if diff := cmp.Diff(want, asked(verb)); diff != "" {
			t.Errorf("%s: %s", verb, diff)
		}
	}
}

// An update that was refused is not taken back: what would be is the release before.
func TestRunThatIsRefused(t *testing.T) {
	run, asked := on(t, "run", "store", "set-password")
	run.Env = append(run.Env, "REFUSED=1")
	if err := run.Run(); err == nil {
		t.Error("it does not fail")
	}
	if got := asked("service rollback"); len(got) > 0 {
		t.Error(got)
	}
}

// Ctrl-C ends what runs, and puts the service back all the same.
func TestRunThatIsInterrupted(t *testing.T) {
	run, asked := on(t, "run", "store", "set-password")
	run.Env = append(run.Env, "TAKES=60")
	run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- run.Wait() }()
	began := time.Now()
	for err = error(nil); err == nil && time.Since(began) < 30*time.Second; { // as often as somebody presses it
		_ = syscall.Kill(-run.Process.Pid, syscall.SIGINT) // it may have ended
		select {
		case err = <-ended:
		case <-time.After(50 * time.Millisecond):
		}
	}
	if err == nil {
		t.Fatal("it goes on")
	}
	if diff := cmp.Diff([]string{back}, asked("service rollback")); diff != "" {
		t.Error(diff)
	}
}

// A terminal turns line ends around, so a backup that goes into a file must not come through one.
func TestExecInATerminal(t *testing.T) {
	for name, c := range map[string]struct {
		into bool
		want string
	}{
		"for a person": {true, "ssh://box2 exec -i -t container1 dump"},
		"into a file":  {false, "ssh://box2 exec -i container1 dump"},
	} {
		t.Run(name, func(t *testing.T) {
			run, asked := on(t, "exec", "store", "dump")
			tty := terminal(t)
			if run.Stdin = tty; c.into {
				run.Stdout = tty
			}
			var failed *exec.ExitError
			if err := run.Run(); !errors.As(err, &failed) || failed.ExitCode() != 7 {
				t.Error(err)
			}
			if diff := cmp.Diff([]string{c.want}, asked("exec")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// terminal is one that nobody sits at.
func terminal(t *testing.T) *os.File {
	t.Helper()
	open := func(name string) *os.File {
		f, err := os.OpenFile(name, os.O_RDWR|syscall.O_NOCTTY, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	outer := open("/dev/ptmx")
	if err := unix.IoctlSetPointerInt(int(outer.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(outer.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	return open(fmt.Sprintf("/dev/pts/%d", number))
}
