//go:build e2e

package e2e

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// stack is a bundle and what runs of it.
type stack struct {
	dir     string
	profile string // single-server, if empty
	project string
	file    composeFile
	catalog string    // service folders beside the built-in ones
	keep    bool      // left running, for work on the tests
	spent   time.Time // when a test has used up what an address may log in

	// Where it runs, if not on this engine.
	swarm   *swarm
	cluster *cluster
}

// in runs a program in a container of a service, wherever that is.
func (s *stack) in(limit time.Duration, service string, args ...string) (string, error) {
	if at := s.away(); at != nil {
		return at.in(limit, service, args...)
	}
	return s.compose(limit, append([]string{"exec", "-T", service}, args...)...)
}

// awaitLogins waits, where a test has used up the logins that the edge lets through a minute, until that is over.
func (s *stack) awaitLogins() { time.Sleep(time.Until(s.spent.Add(time.Minute))) }

// edge is an address at which the deployment is reached from here.
func (s *stack) edge() string {
	if at := s.away(); at != nil {
		return at.edge()
	}
	return "127.0.0.1"
}

// composeFile is what tests need of the bundle's Compose file, with its variables filled in.
type composeFile struct {
	Name     string
	Services map[string]composeService
	Networks map[string]struct {
		Internal bool
		IPAM     struct {
			Config []struct{ Subnet, Gateway string }
		}
	}
}

type composeService struct {
	Image       string
	Scale       *int
	Restart     string
	User        string
	CapAdd      []string `json:"cap_add"`
	Environment map[string]*string
	Healthcheck *struct{ Test []string }
	Networks    map[string]*struct {
		IPv4 string `json:"ipv4_address"`
	}
	Secrets []struct{ Source string }
	Ports   []struct {
		Target            int
		Published, HostIP string
	}
}

var running struct {
	sync.Mutex
	stacks []*stack
}

// newStack makes a bundle of its own in a project of its own, which is removed when the test ends.
func newStack(t testing.TB, name string, settings ...string) *stack {
	t.Helper()
	s := &stack{dir: filepath.Join(scratch, name)}
	if err := s.generate(append([]string{"project=" + scratchPrefix + name}, settings...)...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.remove)
	return s
}

// generate makes the bundle, or makes it again, from the profile and further settings.
func (s *stack) generate(settings ...string) error {
	args := []string{"generate", cmp.Or(s.profile, "single-server"), "-o", s.dir, "--save"}
	if s.catalog != "" {
		args = append(args, "--catalog", s.catalog)
	}
	for _, setting := range settings {
		args = append(args, "--set", setting)
	}
	if s.keep {
		// A kept bundle may have been made with other settings.
		_ = os.Remove(filepath.Join(s.dir, "owgen.yaml"))
	}
	if _, err := command(time.Minute, "", "", owgen, args...); err != nil {
		return err
	}
	return s.read()
}

// again generates a bundle that is there anew, with other settings that it keeps.
func (s *stack) again(t testing.TB, settings []string, flags ...string) {
	t.Helper()
	args := append([]string{"generate", "--save"}, flags...)
	for _, setting := range settings {
		args = append(args, "--set", setting)
	}
	must(command(time.Minute, s.dir, "", owgen, args...))(t)
}

// rebuild does what commands of the runbook begin with, up to where they push images, and returns the rest. Catalog are flags that owgen
// gets besides.
func (s *stack) rebuild(t testing.TB, commands string, catalog ...string) (rest string) {
	t.Helper()
	build, rest, pushed := strings.Cut(commands, "docker compose push\n")
	if !pushed {
		t.Fatalf("no images are pushed by\n%s", commands)
	}
	began := time.Now()
	build = strings.Replace(strings.TrimSuffix(build, " && "), "owgen generate", strings.Join(append([]string{owgen, "generate"}, catalog...), " "), 1)
	if out, err := command(30*time.Minute, s.dir, "", "sh", "-euc", build); err != nil {
		t.Fatalf("%v\n%s", err, lastLines(out, 20))
	}
	if err := s.read(); err != nil {
		t.Fatal(err)
	}
	s.forget()
	t.Logf("images built in %.0f s", time.Since(began).Seconds())
	return rest
}

// read looks at the bundle's Compose file.
func (s *stack) read() error {
	out, err := s.compose(time.Minute, "config", "--format", "json")
	if err != nil {
		return err
	}
	s.file = composeFile{}
	if err := json.Unmarshal([]byte(out), &s.file); err != nil {
		return fmt.Errorf("docker compose config: %w", err)
	}
	s.project = s.file.Name
	return nil
}

// compose runs docker compose in the bundle.
func (s *stack) compose(limit time.Duration, args ...string) (string, error) {
	return command(limit, s.dir, "", "docker", append([]string{"compose"}, args...)...)
}

// build makes the images that are missing. Their tags say what is in them, so one that is there is the right one.
// Compose writes the project's name into each: with one name for all, stacks that share images do not replace one
// another's, and what was built by hand under another name is built again before anything runs from it.
func (s *stack) build(services ...string) error {
	s.remember()
	const builder = `{{index .Config.Labels "com.docker.compose.project"}}`
	names := s.imageNames(services...)
	builders, err := command(time.Minute, "", "", "docker", append([]string{"image", "inspect", "-f", builder}, names...)...)
	if err == nil && slices.Equal(strings.Fields(builders), slices.Repeat([]string{project}, len(names))) {
		return nil
	}
	args := append([]string{"--project-name", project, "build", "--progress", "plain"}, services...)
	if _, err = s.compose(30*time.Minute, args...); err != nil {
		fmt.Fprintln(os.Stderr, "e2e: a build failed, and is tried once more, as archives of packages may not answer for a moment:", err)
		_, err = s.compose(30*time.Minute, args...)
	}
	return err
}

// up starts the stack, or some services of it without what they depend on, and waits until all are healthy.
func (s *stack) up(limit time.Duration, services ...string) error {
	s.remember()
	args := []string{"up", "-d", "--wait", "--wait-timeout", fmt.Sprint(int(limit.Seconds())), "--quiet-pull"}
	if len(services) > 0 {
		args = append(append(args, "--no-deps"), services...)
	}
	if _, err := s.compose(limit+time.Minute, args...); err != nil {
		return fmt.Errorf("%w\n%s", err, s.sick())
	}
	return nil
}

// run builds what is missing, and starts it.
func (s *stack) run(t testing.TB, limit time.Duration, services ...string) {
	t.Helper()
	if err := s.build(services...); err != nil {
		t.Fatal(err)
	}
	if err := s.up(limit, services...); err != nil {
		t.Fatal(err)
	}
}

func (s *stack) remember() {
	running.Lock()
	defer running.Unlock()
	if !slices.Contains(running.stacks, s) {
		running.stacks = append(running.stacks, s)
	}
}

// forget leaves the stack alone when the tests end, because nothing of it was started.
func (s *stack) forget() {
	running.Lock()
	defer running.Unlock()
	running.stacks = slices.DeleteFunc(running.stacks, func(other *stack) bool { return other == s })
}

// remove ends the stack with its volumes; images stay.
func (s *stack) remove() {
	s.forget()
	if s.keep {
		return
	}
	if _, err := s.compose(3*time.Minute, "down", "-v", "--remove-orphans", "-t", "5"); err != nil {
		fmt.Fprintln(os.Stderr, "e2e: clean-up:", err)
	}
}

func removeStacks() {
	running.Lock()
	stacks := slices.Clone(running.stacks)
	running.Unlock()
	for _, s := range stacks {
		s.remove()
	}
}

// services returns the names of those that run all the time, in order.
func (s *stack) services() []string {
	return s.filtered(func(c composeService) bool { return !c.image() && !c.job() })
}

// jobs returns the names of those that end by themselves.
func (s *stack) jobs() []string { return s.filtered(composeService.job) }

// images returns the names of those that are only built.
func (s *stack) images() []string { return s.filtered(composeService.image) }

func (s *stack) filtered(keep func(composeService) bool) []string {
	var names []string
	for name, service := range s.file.Services {
		if keep(service) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (c composeService) image() bool { return c.Scale != nil && *c.Scale == 0 }

func (c composeService) job() bool { return !c.image() && c.Restart == "no" }
