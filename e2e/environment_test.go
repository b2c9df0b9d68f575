//go:build e2e

package e2e

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// nasty are values that shells, .env files, YAML and templates each change in ways of their own.
var nasty = []string{
	"$HOME and ${HOME}", "$$", "$$$", "a $ b", "# not a comment", "a # b", "a#b", `'single'`, `"double"`, `it's "both"`,
	`back\slash`, `ends with \`, `\n is no newline`, "two\nlines", "ends with a newline\n", "\n", "&(anchor)", "*alias", "!tag",
	" leading", "trailing ", "a  b", "\ttab", "é ü 漢字 🛰", "0123", "1e3", "0x10", "yes", "no", "on", "off", "null", "~", "1:30",
	"{{ .Settings }}", "%s", "`id`", "$(id)", "${UNSET:-default}", "a=b", "[1, 2]", "{a: b}", "- item", "key: value", "? x", "|", ">",
	"a;b|c&d<e>f", "\\$", `\"`, "$'x'", "'", `"`, "\\",
}

// Each value is set in one setting of a line and one of many lines, and read where it counts: in a container.
func TestNastyValuesArriveUnharmed(t *testing.T) {
	s := newStack(t, "values", elsewhere...)
	if err := s.build("dashboard"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(scratch, "values.json")
	for i, one := range nasty {
		values := map[string]map[string]string{"firmware": {"custom_images": one}}
		// In the setting of one line, those that have one.
		line := nasty[(i+1)%len(nasty)]
		if !hasNewline(line) {
			values["openwisp"] = map[string]string{"map_attribution": line}
		}
		if err := writeFile(file, must(json.Marshal(values))(t)); err != nil {
			t.Fatal(err)
		}
		if _, err := command(time.Minute, "", "", owgen, "generate", "single-server", "-o", s.dir, "--save", "-f", file); err != nil {
			t.Errorf("%q was refused: %v", values, err)
			continue
		}
		environment := s.environment(t, "dashboard")
		if got := environment["OPENWISP_CUSTOM_OPENWRT_IMAGES"]; got != one {
			t.Errorf("%q arrived as %q", one, got)
		}
		if got := environment["MAP_ATTRIBUTION"]; !hasNewline(line) && got != line {
			t.Errorf("%q arrived as %q", line, got)
		}
	}
}

func hasNewline(text string) bool {
	for _, r := range text {
		if r == '\n' || r == '\r' {
			return true
		}
	}
	return false
}

// environment asks a process in a new container of a service what its environment is.
func (s *stack) environment(t testing.TB, service string) map[string]string {
	t.Helper()
	out := must(s.compose(time.Minute, "run", "--rm", "--no-deps", "-T", "--entrypoint", "python3", service,
		"-c", "import json, os; print(json.dumps(dict(os.environ)))"))(t)
	// A build of what is missing reports on the same stream, above.
	out = strings.TrimSpace(out)
	out = out[strings.LastIndexByte(out, '\n')+1:]
	var environment map[string]string
	if err := json.Unmarshal([]byte(out), &environment); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return environment
}
