//go:build e2e

// Package e2e starts what owgen generates on a real engine, and uses it as browsers, devices and operators do.
//
// Most tests share one stack, which the first of them starts. Those that need other settings make small ones of their
// own. They run in any order, and each by itself: what breaks the shared stack on purpose (TestFault...) leaves it healthy.
package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var (
	scratch string // a folder of this run, removed at its end
	owgen   string // the program, built once
)

func TestMain(m *testing.M) {
	if name := os.Getenv(helperVariable); name != "" {
		os.Exit(runHelper(name))
	}
	flag.Parse()
	if flag.Lookup("test.list").Value.String() != "" { // which runs nothing, and must not remove a stack that somebody keeps
		os.Exit(m.Run())
	}
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	if err := prepare(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	defer os.RemoveAll(scratch)
	// Ctrl-C must not leave containers behind.
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-stop
		fmt.Fprintln(os.Stderr, "e2e: interrupted, removing what was started")
		removeStacks()
		os.RemoveAll(scratch)
		os.Exit(130)
	}()
	code := m.Run()
	removeStacks()
	return code
}

// prepare checks what every test needs, and builds owgen.
func prepare() (err error) {
	if out, err := exec.Command("docker", "info", "-f", "{{.ServerVersion}}").CombinedOutput(); err != nil {
		return fmt.Errorf("no Docker engine answers, and these tests need one:\n%s", out)
	}
	if out, err := exec.Command("docker", "compose", "version", "--short").CombinedOutput(); err != nil {
		return fmt.Errorf("docker compose is missing:\n%s", out)
	}
	if os.Geteuid() != 0 {
		return errors.New("root is needed: these tests enter the containers' networks and kill their processes")
	}
	if err := alone(); err != nil {
		return err
	}
	if !kept() {
		if err := removeLeftovers(); err != nil {
			return fmt.Errorf("what an interrupted run left: %w", err)
		}
	}
	if scratch, err = os.MkdirTemp("", scratchPrefix); err != nil {
		return err
	}
	owgen = filepath.Join(scratch, "owgen")
	build := exec.Command("go", "build", "-o", owgen, "../cmd/owgen")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("owgen does not build: %w\n%s", err, out)
	}
	return nil
}

// artifacts is where screenshots and logs are kept: OWGEN_E2E_ARTIFACTS, or a folder that is gone after the run.
func artifacts(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("OWGEN_E2E_ARTIFACTS")
	if dir == "" {
		dir = filepath.Join(scratch, "artifacts")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

var sharedStack struct {
	sync.Once
	stack *stack
	err   error
	told  bool
}

// kept tells whether the shared stack stays, in the folder that OWGEN_E2E_KEEP names, for work on the tests.
func kept() bool { return os.Getenv("OWGEN_E2E_KEEP") != "" }

// shared returns the stack that most tests use, and starts it at the first call.
func shared(t testing.TB) *stack {
	t.Helper()
	sharedStack.Do(func() {
		s := &stack{keep: kept()}
		s.dir = filepath.Join(scratch, "bundle")
		if s.keep {
			s.dir, _ = filepath.Abs(os.Getenv("OWGEN_E2E_KEEP"))
		}
		sharedStack.stack, sharedStack.err = s, s.startShared()
	})
	if sharedStack.err != nil && sharedStack.told {
		t.Fatal("the shared stack did not start, as said above")
	}
	if sharedStack.told = true; sharedStack.err != nil {
		t.Fatalf("the shared stack did not start: %v", sharedStack.err)
	}
	return sharedStack.stack
}

// startShared makes and starts the shared stack: the profile as it is, with mail and map tiles kept on this machine.
func (s *stack) startShared() error {
	if err := s.generate(sharedSettings()...); err != nil {
		return err
	}
	tile := filepath.Join(s.dir, "custom", "static", "e2e", "tile.png")
	if err := writeFile(tile, tilePNG()); err != nil {
		return err
	}
	started := time.Now()
	if err := s.build(); err != nil {
		return err
	}
	built := time.Now()
	if err := s.up(5 * time.Minute); err != nil {
		return err
	}
	fmt.Printf("e2e: images %.0f s, up to all healthy %.0f s (%s)\n", built.Sub(started).Seconds(), time.Since(built).Seconds(), s.project)
	return nil
}

// sharedSettings are those without which something would leave this machine, and those of OWGEN_E2E_SET ("key=value
// key=value"), for a machine whose ports are taken.
func sharedSettings() []string {
	extra := strings.Fields(os.Getenv("OWGEN_E2E_SET"))
	value := func(key, otherwise string) string {
		for _, setting := range extra {
			if name, value, _ := strings.Cut(setting, "="); name == key {
				return value
			}
		}
		return otherwise
	}
	return append(extra,
		"project="+project,
		"openwisp.map_tiles=https://dashboard.openwisp.localhost:"+value("publish.https", "443")+"/static/e2e/tile.png?{z}/{x}/{y}",
		"openwisp.map_attribution=end-to-end test",
		"schedules.extra={"+extraTask+": 0 7 * * 1}",
		"postfix.relayhost=["+mailGateway(value("network.pool", "172.28.0.0/16"))+"]:"+sinkPort,
	)
}

// within returns a context for clean-up, when that of the test is over already.
func within(limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), limit)
}
