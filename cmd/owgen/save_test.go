package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Whoever saves a setting at the same time as others finds it there, or is told that it was not saved.
func TestSavesAtOnce(t *testing.T) {
	made := filepath.Join(t.TempDir(), "bundle")
	mustRun(t, "generate", "single-server", "-o", made)
	settings := []string{"nginx.login_rate=31", "publish.https=8443", "timezone=Europe/Rome", "uwsgi.harakiri=61", "project=other", "publish.http=8080"}
	for round := range 3 {
		var group sync.WaitGroup
		codes := make([]int, len(settings))
		for i, set := range settings {
			group.Go(func() {
				command := exec.Command("owgen", "generate", "-o", made, "--set", set, "--save")
				out, err := command.CombinedOutput()
				if codes[i] = command.ProcessState.ExitCode(); err != nil && !strings.Contains(string(out), "is at work in this folder") {
					t.Errorf("%s: %v: %s", set, err, out)
				}
			})
		}
		group.Go(func() { // who saves nothing must not put the files of an older input beside a newer one
			if out, err := exec.Command("owgen", "generate", "-o", made).CombinedOutput(); err != nil && !strings.Contains(string(out), "is at work in this folder") {
				t.Errorf("%v: %s", err, out)
			}
		})
		group.Wait()
		mustRun(t, "check", made)
		text, err := os.ReadFile(filepath.Join(made, "owgen.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		saved := 0
		for i, set := range settings {
			if codes[i] != 0 {
				continue
			}
			saved++
			key, value, _ := strings.Cut(set, "=")
			if !strings.Contains(string(text), key[strings.LastIndex(key, ".")+1:]+": "+value+"\n") {
				t.Errorf("round %d: %s was saved, and is not there:\n%s", round, set, text)
			}
		}
		if saved == 0 {
			t.Error("nobody has saved anything")
		}
		for i, set := range settings { // other values for the next round
			if key, _, _ := strings.Cut(set, "="); strings.HasPrefix(key, "publish.") || key == "uwsgi.harakiri" {
				settings[i] = key + "=" + strconv.Itoa(100*(round+2)+i)
			}
		}
	}
}

// Of two that make one bundle at the same time with different settings, none is told that it is done and finds its
// setting gone.
func TestFirstSavesAtOnce(t *testing.T) {
	for range 5 {
		made := filepath.Join(t.TempDir(), "bundle")
		settings := []string{"publish.https=8443", "publish.http=8080"}
		codes := make([]int, len(settings))
		var group sync.WaitGroup
		for i, set := range settings {
			group.Go(func() {
				command := exec.Command("owgen", "generate", "single-server", "-o", made, "--set", set, "--save")
				_ = command.Run() // its exit code says it
				codes[i] = command.ProcessState.ExitCode()
			})
		}
		group.Wait()
		text, err := os.ReadFile(filepath.Join(made, "owgen.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for i, set := range settings {
			key, value, _ := strings.Cut(strings.TrimPrefix(set, "publish."), "=")
			if there := strings.Contains(string(text), key+": "+value+"\n"); !there && codes[i] == 0 {
				t.Errorf("%s was saved, and is not there:\n%s", set, text)
			}
		}
		if codes[0] != 0 && codes[1] != 0 {
			t.Errorf("nobody has saved anything: exit codes %v", codes)
		}
	}
}
