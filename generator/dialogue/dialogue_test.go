package dialogue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/profiles"
)

// talk begins a dialogue in which somebody gives these answers, and notes what is said.
func talk(t *testing.T, answers string, set ...string) (*Dialogue, *strings.Builder) {
	t.Helper()
	prepared, found := generator.Prepare(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	voice := Voice{In: strings.NewReader(answers), Out: &said, Say: func(format string, args ...any) { fmt.Fprintf(&said, format, args...) }, Bold: func(s string) string { return s }}
	d, err := New(voice, prepared, profile.Source{Profile: "single-server", Named: profiles.FS, ReadFile: os.ReadFile}, "owgen.yaml", set)
	if err != nil {
		t.Fatal(err)
	}
	return d, &said
}

func stopped(err error) bool {
	var found diag.List
	return errors.As(err, &found) && found[0].Rule == RuleStopped
}

func TestWhoTakesEverythingGetsTheProfile(t *testing.T) {
	d, said := talk(t, strings.Repeat("\n", 200))
	text, err := d.Run(t.Context(), true)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	without, err := d.Result(t.Context())
	if err != nil || string(text) != string(without) || !strings.HasSuffix(string(text), "version: 1\nextends: single-server\n") {
		t.Errorf("%v\n%s", err, text)
	}
	if questions := strings.Count(said.String(), "]: "); questions < 5 {
		t.Errorf("%d questions\n%s", questions, said)
	}
}

func TestWhatFlagsSayIsNotAsked(t *testing.T) {
	d, said := talk(t, strings.Repeat("\n", 200), "domain=example.org")
	text, err := d.Run(t.Context(), true)
	if err != nil || !strings.Contains(string(text), "domain: example.org") {
		t.Errorf("%v\n%s", err, text)
	}
	if strings.Contains(said.String(), "[example.org]") {
		t.Errorf("is asked again\n%s", said)
	}
	if command := d.Command("."); command != "owgen init --profile single-server --set domain=example.org --yes" {
		t.Error(command)
	}
}

// No answer, or nobody to give one, is no answer to go on with.
func TestWhoLeavesWritesNothing(t *testing.T) {
	d, _ := talk(t, "\n\n")
	if text, err := d.Run(t.Context(), true); !stopped(err) || text != nil {
		t.Errorf("%q, %v", text, err)
	}
	waits, w := io.Pipe()
	defer w.Close()
	d, _ = talk(t, "")
	d.in = newLines(waits)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if text, err := d.Run(ctx, true); !stopped(err) || text != nil {
		t.Errorf("%q, %v", text, err)
	}
}

func TestWordsForAShell(t *testing.T) {
	for text, want := range map[string]string{"a=b": "a=b", "a b": "'a b'", "it's": `'it'\''s'`, "$x": "'$x'"} {
		if got := word(text); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
}
