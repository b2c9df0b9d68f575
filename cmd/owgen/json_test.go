package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Scripts get JSON whatever goes wrong: one document, with what is wrong in it.
func TestJSONOfWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("DOCKER_HOST", "unix:///nowhere")
	made := filepath.Join(dir, "bundle")
	mustRun(t, "generate", "single-server", "-o", made)
	if err := os.WriteFile(filepath.Join(made, ".env"), []byte("A=1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	edited := []string{"--set", "nonsense=1", "--json"}
	for name, args := range map[string][]string{
		"findings": append([]string{"generate", "single-server", "-o", filepath.Join(dir, "new")}, edited...),
		"edited":   {"generate", "-o", made, "--json"}, "usage": {"generate", "--json"}, "check": {"check", made, "--json"}, "no bundle": {"check", dir, "--json"},
		"diff": append([]string{"diff", made}, edited...), "revision": {"diff", made, "--against", "none", "--format", "json"},
		"package": {"package", made, "--json", "-o", filepath.Join(dir, "x")}, "verify": {"verify", filepath.Join(made, ".env"), "--json"}, "missing": {"verify", dir + "/none", "--json"},
		"lint": {"lint", made, "--json", "--fail-on", "warning"}, "no project": {"lint", dir, "--json"}, "explain": {"explain", "nonsense", "--json"},
		"doctor": {"doctor", made, "--json"}, "import": {"import", dir, "-o", filepath.Join(dir, "y"), "--json"}, "list": {"list", "rules", "--json"},
		"fleet": {"generate", "--fleet", filepath.Join(made, ".env"), "-o", filepath.Join(dir, "z"), "--json"},
	} {
		var out, errs bytes.Buffer
		code := run(args, &out, &errs)
		if (code == 0) != (name == "list") && name != "lint" {
			t.Errorf("%s: exit %d", name, code)
		}
		decoder := json.NewDecoder(&out)
		var first, second any
		if err := decoder.Decode(&first); err != nil {
			t.Errorf("%s: %v: %s", name, err, errs.String())
		}
		if decoder.More() || decoder.Decode(&second) == nil {
			t.Errorf("%s prints more than one document", name)
		}
	}
}

// full is a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// What could not be printed was not said: no script may go on with half of it.
func TestFullStandardOutput(t *testing.T) {
	made := filepath.Join(t.TempDir(), "bundle")
	t.Setenv("DOCKER_HOST", "unix:///nowhere")
	mustRun(t, "generate", "single-server", "-o", made)
	for name, args := range map[string][]string{
		"generate": {"generate", "single-server", "-o", made + "2"}, "again": {"generate", "-o", made}, "check": {"check", made}, "json": {"check", made, "--json"},
		"diff": {"diff", made}, "markdown": {"diff", made, "--format", "markdown"}, "graph": {"graph", "single-server"}, "explain": {"explain", "domain"},
		"list": {"list"}, "rules": {"list", "rules", "--json"}, "completion": {"completion", "bash"}, "version": {"version"}, "help": {"--help"}, "doctor": {"doctor", "single-server"},
		"docs": {"docs", "-o", made + "docs"}, "package": {"package", made, "-o", filepath.Join(filepath.Dir(made), "x")}, "lint": {"lint", made, "--json"},
	} {
		var errs bytes.Buffer
		if code := run(args, full{}, &errs); code != exitEnvironment || !bytes.Contains(errs.Bytes(), []byte("standard output: no space left")) {
			t.Errorf("%s: exit %d: %s", name, code, errs.String())
		}
	}
}

func TestAnInterruptedCommandEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	began := time.Now()
	err := interruptible(ctx, func() {}, func() error { <-t.Context().Done(); return nil })
	if err != (interruptedError{}) || time.Since(began) > 30*patience {
		t.Errorf("%v after %s", err, time.Since(began))
	}
	want := errors.New("done in time")
	if err := interruptible(ctx, func() {}, func() error { return want }); err != want {
		t.Errorf("got %v", err)
	}
}
