package generator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/hostile"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/profiles"
)

// hostilePlan is the catalogue, and how hostile values are put together for it.
func hostilePlan(t *testing.T) (*Prepared, hostile.Plan) {
	t.Helper()
	prepared, found := Prepare(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if found.Err() != nil {
		t.Fatal(found)
	}
	plan, err := hostile.ReadPlan("../testdata/hostile.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return prepared, plan
}

// TestHostileValues puts values that want to be more than a value through every setting. Those that are taken have to
// arrive as they are: each generated file is read by what reads its kind, and has the directives, line by line, that it
// has with harmless values.
func TestHostileValues(t *testing.T) {
	prepared, plan := hostilePlan(t)
	h := &hostileTest{Prepared: prepared, values: plan.Of(prepared.Schema()), read: map[string]bool{}, plain: map[string]*Deployment{}, switched: map[string]bool{}}
	if len(h.values.Good) < 150 {
		t.Errorf("only %d settings are tried", len(h.values.Good))
	}
	for _, way := range slices.Sorted(maps.Keys(plan.Ways)) {
		step := 2 // most settings mean the same in all ways, so that one of them has all values
		if way == "all" {
			step = 1
		}
		t.Run(way, func(t *testing.T) {
			for round := range h.values.Rounds(plan.Ways[way], step) {
				h.compare(t, round, round.Number%10 == 0)
			}
		})
	}
	for _, s := range h.values.Switches {
		switch needed := slices.Contains(plan.Needed, s.Key); {
		case !h.switched[s.Key] && !needed:
			t.Errorf("%s could not be switched in any deployment", s.Key)
		case h.switched[s.Key] && needed:
			t.Errorf("%s could be switched, and is among those that could not", s.Key)
		}
	}
}

type hostileTest struct {
	*Prepared
	values   hostile.Values
	read     map[string]bool        // contents that were read already
	plain    map[string]*Deployment // harmless ones
	switched map[string]bool
}

// compare makes a bundle with hostile values and one with harmless ones. What contradicts something else is tried alone.
func (h *hostileTest) compare(t *testing.T, round hostile.Round, validate bool) {
	t.Helper()
	var got, want *Deployment
	for tries := 0; ; tries++ {
		var out, in []string
		got, out = h.make(t, round.Way, round.Hostile, validate)
		same := round.Same()
		if want = h.plain[same]; want == nil || validate && want.Project == nil {
			want, in = h.make(t, round.Way, round.Harmless, validate)
			h.plain[same] = want
		}
		refused := append(out, in...)
		if len(refused) == 0 || tries > 20 {
			break
		}
		if !round.Drop(refused) {
			t.Fatalf("cannot be made: %v", refused)
		}
	}
	if got == nil || want == nil {
		t.Fatal("cannot be made")
	}
	h.switched[round.Switched] = true
	h.arrive(t, got, slices.Sorted(maps.Keys(round.Hostile)))
	for _, p := range slices.Sorted(maps.Keys(got.Files)) {
		plain, ok := want.Files[p]
		if !ok {
			t.Errorf("%s is there because of hostile values", p)
			continue
		}
		if data := got.Files[p].Data; !bytes.Equal(data, plain.Data) && !h.read[string(data)] {
			h.read[string(data)] = true
			if err := readAs(p, data, plain.Data); err != nil {
				t.Errorf("%s: %v\n%s", p, err, hostile.Culprits(round.Hostile))
			}
		}
	}
	if !validate {
		return
	}
	for name, s := range want.Project.Services {
		other := got.Project.Services[name]
		if diff := cmp.Diff(slices.Sorted(maps.Keys(s.Environment)), slices.Sorted(maps.Keys(other.Environment))); diff != "" {
			t.Errorf("%s: environment (-harmless +hostile)\n%s", name, diff)
		}
	}
}

// make generates, and returns the settings that findings are about.
func (h *hostileTest) make(t *testing.T, way []string, values map[string]*yaml.Node, validate bool) (*Deployment, []string) {
	t.Helper()
	source := profile.Source{Profile: "single-server", Set: way, Given: []profile.Given{{File: "hostile.yaml", Values: hostile.Source(values)}}, Named: profiles.FS}
	generate := h.GenerateUnchecked
	if validate {
		generate = h.Generate
	}
	made, found := generate(t.Context(), source)
	var refused []string
	for _, f := range found.Errors() {
		if h.Schema().Lookup(f.Path) == nil {
			t.Errorf("%s\n%s", f, hostile.Culprits(values))
		}
		refused = append(refused, f.Path)
		if d := h.Schema().Lookup(f.Path); d != nil && d.Derive != "" {
			refused = append(refused, "domain")
		}
	}
	if made == nil && len(refused) == 0 {
		t.Fatal(found)
	}
	return made, refused
}

// arrive tells whether .env gives the values back.
func (h *hostileTest) arrive(t *testing.T, b *Deployment, keys []string) {
	t.Helper()
	variables, err := dotenv.Parse(b.Files[".env"].Data)
	if err != nil {
		t.Fatalf(".env: %v", err)
	}
	for _, key := range keys {
		name := h.Schema().Lookup(key).Env
		if got, ok := variables[name]; ok && name != "" && got != b.Plan.Values.String(key) {
			t.Errorf(".env: %s is %q, and %s was %q", name, got, key, b.Plan.Values.String(key))
		}
	}
}

// readAs reads a generated file as its reader does, as far as a test without an engine can, and compares its directives.
func readAs(name string, data, plain []byte) error {
	switch {
	case path.Base(name) == "Dockerfile":
		return sameInstructions(data, plain)
	case strings.HasSuffix(name, ".yml"), strings.HasSuffix(name, ".yaml"):
		return yaml.Unmarshal(data, new(yaml.Node))
	case strings.HasSuffix(name, ".env"):
		_, err := dotenv.Parse(data)
		return err
	case strings.HasSuffix(name, ".json"), name == bundle.ManifestFile:
		if !json.Valid(data) {
			return fmt.Errorf("is no JSON")
		}
		return nil
	case strings.HasSuffix(name, ".py"):
		return run(data, "python3", "-c", "import sys; compile(sys.stdin.buffer.read(), 'x', 'exec')")
	case bytes.HasPrefix(data, []byte("#!/bin/sh")):
		if err := run(data, "sh", "-n"); err != nil {
			return err
		}
	case path.Base(name) == ".gitignore": // it names files of the input, or does not: where they lie decides
		for line := range strings.Lines(string(data)) {
			if !strings.HasPrefix(line, "/") && !strings.HasPrefix(line, "# ") {
				return fmt.Errorf("has a line that is no path in the bundle: %q", line)
			}
		}
		return nil
	case strings.HasSuffix(name, ".md"):
		if diff := cmp.Diff(outline(plain), outline(data)); diff != "" {
			return fmt.Errorf("reads differently (-harmless +hostile)\n%s", diff)
		}
		return nil
	}
	if diff := cmp.Diff(directives(plain), directives(data)); diff != "" {
		return fmt.Errorf("has other directives (-harmless +hostile)\n%s", diff)
	}
	return nil
}

func run(input []byte, name string, args ...string) error {
	if _, err := exec.LookPath(name); err != nil {
		return nil // python3 is not everywhere; e2e has it
	}
	cmd := exec.Command(name, args...)
	cmd.Stdin = bytes.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

func sameInstructions(data, plain []byte) error {
	var lists [2][]string
	for i, text := range [][]byte{plain, data} {
		result, err := parser.Parse(bytes.NewReader(text))
		if err != nil {
			return err
		}
		for _, n := range result.AST.Children {
			lists[i] = append(lists[i], fmt.Sprintf("%s %d", n.Value, len(n.Heredocs)))
		}
	}
	if diff := cmp.Diff(lists[0], lists[1]); diff != "" {
		return fmt.Errorf("has other instructions (-harmless +hostile)\n%s", diff)
	}
	return nil
}

var (
	block = regexp.MustCompile(`^\s*(#+ |[-*+] |\d+\. |>|\||$)`)
	signs = regexp.MustCompile("`+|\\]\\(|</?[A-Za-z!]")
)

// outline is what a reader of Markdown sees as structure: headings, items, rows with their cells, and the lines of each
// block of code, with the signs that begin something within a line.
func outline(data []byte) []string {
	var out []string
	code := false
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		code = code != fence
		switch {
		case fence:
			out = append(out, line)
		case code:
			out = append(out, "code")
		default:
			out = append(out, fmt.Sprintf("%s %d %q", block.FindString(line), strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"), signs.FindAllString(line, -1)))
		}
	}
	return out
}

var (
	quoted = regexp.MustCompile(`'[^']*'|"(?:[^"\\]|\\.)*"`)
	bare   = regexp.MustCompile(`^[A-Za-z0-9.:-]+$`)
	word   = regexp.MustCompile(`^\s*[A-Za-z_]+\b[ =({]?`)
)

// directives are the lines of a configuration file without their values: the word that each begins with, and the signs
// that end or nest directives.
func directives(data []byte) []string {
	var out []string
	for line := range strings.Lines(string(data)) {
		line = quoted.ReplaceAllString(strings.TrimSuffix(line, "\n"), "Q")
		name := strings.TrimSpace(word.FindString(line))
		signs := strings.Map(func(r rune) rune {
			if strings.ContainsRune("{};#'\"\r\u0085\u2028\u2029", r) {
				return r
			}
			return -1
		}, line)
		if bare.MatchString(line) { // a list of names has one a line
			name = ""
		}
		out = append(out, name+signs)
	}
	return out
}
