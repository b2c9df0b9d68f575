//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fleetOf writes an inventory and returns a function that makes the command for it: this test's program, which is
// owgen under that name.
func fleetOf(t *testing.T, sites int) (dir string, command func() *exec.Cmd) {
	t.Helper()
	base := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(base, "owgen")); err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(base, "sites")
	inventory := inventoryOf(t, sites)
	return dir, func() *exec.Cmd {
		return exec.CommandContext(t.Context(), filepath.Join(base, "owgen"), "generate", "--fleet", inventory, "-o", dir)
	}
}

// TestKilledFleet kills a fleet at work several times. What was made stays, and the next run goes on.
func TestKilledFleet(t *testing.T) {
	const sites = 9
	dir, command := fleetOf(t, sites)
	kept := map[string]string{}
	for _, enough := range []int{1, 3, 6} {
		owgen := command()
		if err := owgen.Start(); err != nil {
			t.Fatal(err)
		}
		waitFor(t, dir, enough)
		_ = owgen.Process.Kill() // it may have ended already
		_ = owgen.Wait()
		for site, secret := range secretsIn(t, dir) {
			if old, known := kept[site]; known && old != secret {
				t.Errorf("%s has another secret", site)
			}
			kept[site] = secret
		}
	}
	if out, err := command().CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for site, secret := range secretsIn(t, dir) {
		if old, known := kept[site]; known && old != secret {
			t.Errorf("%s has another secret", site)
		}
	}
	out, err := command().CombinedOutput()
	if want := fmt.Sprintf("%d of %d sites: %d unchanged", sites, sites, sites); err != nil || !bytes.Contains(out, []byte(want)) {
		t.Errorf("%v\n%s", err, out)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", ".owgen")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// waitFor waits until so many sites are complete.
func waitFor(t *testing.T, dir string, sites int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); len(secretsIn(t, dir)) < sites; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nothing is made")
		}
	}
}

// secretsIn returns a secret of each site that is complete.
func secretsIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for i := range 100 {
		site := filepath.Join(dir, siteName(i))
		if _, err := os.Stat(filepath.Join(site, "owgen.lock")); err != nil {
			continue
		}
		secret, err := os.ReadFile(filepath.Join(site, "secrets", "admin_password"))
		if err != nil {
			t.Error(err)
		}
		out[site] = string(secret)
	}
	return out
}

// TestInterruptedFleet ends as a user who presses Ctrl-C expects: no site is half made, and how to go on is said.
func TestInterruptedFleet(t *testing.T) {
	dir, command := fleetOf(t, 60)
	owgen := command()
	var stderr bytes.Buffer
	owgen.Stderr = &stderr
	if err := owgen.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, dir, 1)
	if err := owgen.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := owgen.Wait()
	text := stderr.String()
	if owgen.ProcessState.ExitCode() != exitFindings || !strings.Contains(text, "of 60 sites are left\n  hint: run the same command again to go on") || strings.Contains(text, "error:") {
		t.Errorf("%v\n%s", err, text)
	}
	folders, _ := filepath.Glob(filepath.Join(dir, "*"))
	if made := len(secretsIn(t, dir)); made != len(folders) || made == 60 {
		t.Errorf("%d of %d folders are complete", made, len(folders))
	}
}

// inventoryOf writes an inventory of so many sites, and returns its name.
func inventoryOf(t testing.TB, sites int) string {
	t.Helper()
	var text bytes.Buffer
	text.WriteString("version: 1\nprofile: single-server\nvalues:\n  timezone: Europe/Rome\nsites:\n")
	for i := range sites {
		fmt.Fprintf(&text, "  %s:\n    domain: %s.example.org\n    publish: {https: %d}\n", siteName(i), siteName(i), 20000+i)
	}
	file := filepath.Join(t.TempDir(), "fleet.yaml")
	if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func siteName(i int) string { return fmt.Sprintf("site-%04d", i) }
