//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// program is this test program under the name by which it is owgen.
func program(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "owgen")
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	return link
}

// busy is how long something may take on a machine that has a lot else to do.
const busy = 3 * time.Minute

// terminated starts a command, sends it SIGTERM once it is at work, and says how it ended.
func terminated(t *testing.T, cmd *exec.Cmd, atWork func()) (code int, text string) {
	t.Helper()
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	atWork()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(busy, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), said.String()
}

// A command that waits for its input ends when it is told to, and has written nothing.
func TestTerminatedWhileReading(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	bundle := filepath.Join(t.TempDir(), "bundle")
	cmd := exec.Command(program(t), "generate", "single-server", "-f", "/dev/fd/3", "-o", bundle)
	cmd.ExtraFiles = []*os.File{r}
	code, text := terminated(t, cmd, func() {
		_ = r.Close()
		// More than a pipe holds: it is written when somebody has begun to read.
		if _, err := w.WriteString(strings.Repeat("# comment\n", 10_000)); err != nil {
			t.Error(err)
		}
	})
	if code != exitEnvironment || !strings.Contains(text, "canceled") && !strings.Contains(text, "interrupted") {
		t.Errorf("exit %d: %s", code, text)
	}
	if _, err := os.Stat(bundle); err == nil {
		t.Error("it has written something")
	}
}

// A command at work ends between two stages: no site is half a bundle, and the rest is left. How long the sites take that are under way is
// up to the machine; that a command without end is cut off is tested elsewhere (TestAnInterruptedCommandEnds).
func TestTerminatedAtWork(t *testing.T) {
	dir := t.TempDir()
	var inventory strings.Builder
	inventory.WriteString("profile: single-server\nsites:\n")
	for i := range 3000 {
		fmt.Fprintf(&inventory, "  s%d: {}\n", i)
	}
	file, sites := filepath.Join(dir, "fleet.yaml"), filepath.Join(dir, "sites")
	if err := os.WriteFile(file, []byte(inventory.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program(t), "generate", "--fleet", file, "-o", sites)
	cmd.Env = append(os.Environ(), patient+"="+busy.String())
	code, text := terminated(t, cmd, func() {
		for began := time.Now(); time.Since(began) < busy; {
			if made, _ := filepath.Glob(filepath.Join(sites, "*", "owgen.lock")); len(made) > 0 {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Error("no site was made")
	})
	if code != exitFindings || !strings.Contains(text, "sites are left") {
		t.Errorf("exit %d: %.500s", code, text)
	}
	entries, err := os.ReadDir(sites)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if _, err := os.Stat(filepath.Join(sites, entry.Name(), "owgen.lock")); err != nil {
			t.Errorf("%s is half a bundle", entry.Name())
		}
	}
}
