package dotenv

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/sirupsen/logrus"
)

// FuzzRoundTrip sends a value through a .env file and through a Compose file, loads both as
// Compose does, and wants the same value in the container's environment.
func FuzzRoundTrip(f *testing.F) {
	for _, value := range nasty() {
		f.Add(value)
	}
	logrus.SetOutput(io.Discard)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, value string) {
		if CheckValue(value) != nil {
			t.Skip("no environment can carry it")
		}
		for where, got := range load(t, dir, value) {
			if got != value {
				t.Errorf("%s: %q became %q", where, value, got)
			}
		}
	})
}

// nasty are the values that broke one way of quoting or another.
func nasty() []string {
	return []string{
		"", " ", "  a  b  ", "$", "$$", "$$$", "${X}", "$X", "$${X:-y}", "${", "#", "a #b", "#a",
		`'`, `"`, `'"'`, `it's`, `say "x"`, `\`, `\\`, `a\`, `\n`, `\"`, `\$`, `C:\new\table`, `\0123`, `\x41`,
		"a\nb", "\n", "a\n", "\r\n", "\t", "\v\f\b\a", "&(", "*a", "!b", "|", ">", "- a", "a: b", "{a}", "[a]", "`", "%", "@", "? ", ",",
		"0123", "0x1F", "1e3", "1_000", ".5", "yes", "no", "on", "off", "true", "null", "~", "y", "1:30", "2026-11-22", "=", "<<", "---", "...",
		"schön", "日本語", "👩‍👩‍👧", "\u0085", "\u00a0", "\u2028", "\u2029", "\ufeff", "\ufffd", "\ufffe", "\x7f", "\x01", "\u212a", "\u202e",
		"export X=1", "X=Y", "X:Y", "-----BEGIN X-----\nab+/=\n-----END X-----\n",
	}
}

// load writes the value into a .env file and a Compose file and returns what Compose makes of
// it: from .env, referred to by the Compose file, and written into the Compose file itself.
func load(t *testing.T, dir, value string) map[string]string {
	t.Helper()
	env := Format([]Entry{{Name: "BEFORE", Value: "b"}, {Name: "X", Value: value, Comment: value}, {Name: "AFTER", Value: value}})
	compose := fmt.Sprintf("name: fuzz\nservices:\n  s:\n    image: i\n    environment:\n      REFERRED: \"${X}\"\n      LITERAL: %s\n", Scalar(value))
	write(t, filepath.Join(dir, ".env"), env)
	write(t, filepath.Join(dir, "docker-compose.yml"), []byte(compose))
	variables, err := Parse(env)
	if err != nil {
		t.Fatalf("%q: %v in\n%s", value, err, env)
	}
	options, err := cli.NewProjectOptions([]string{filepath.Join(dir, "docker-compose.yml")},
		cli.WithWorkingDirectory(dir), cli.WithEnvFiles(), cli.WithDotEnv)
	if err != nil {
		t.Fatalf("%q: %v in\n%s", value, err, env)
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		t.Fatalf("%q: %v in\n%s\n%s", value, err, env, compose)
	}
	environment := project.Services["s"].Environment
	return map[string]string{
		"parsed": variables["X"], "parsed, last": variables["AFTER"],
		"referred": *environment["REFERRED"], "literal": *environment["LITERAL"],
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
