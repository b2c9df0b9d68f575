package lint_test

import (
	"strings"
	"testing"

	"github.com/owgen/owgen/generator/dockerfile"
	"github.com/owgen/owgen/generator/lint"
)

// count returns how many findings of a rule are left.
func count(t *testing.T, in given, rule string) int {
	t.Helper()
	in.File = "compose.yml"
	_, found := in.check(t.Context())
	n := 0
	for _, f := range found {
		if f.Rule == rule {
			n++
		}
	}
	return n
}

// TestExcuses checks what an excuse covers.
func TestExcuses(t *testing.T) {
	const excuse = "# owgen:allow container-root: the daemon drops its privileges itself\n"
	for name, test := range map[string]struct {
		compose string
		left    int
	}{
		"above the attribute":          {"services:\n  web:\n    image: a:1\n    " + excuse + "    user: root\n", 0},
		"at the end of its line":       {"services:\n  web:\n    image: a:1\n    user: root " + excuse, 0},
		"above the service":            {"services:\n  " + excuse + "  web:\n    image: a:1\n    user: root\n", 0},
		"behind the service's name":    {"services:\n  web: " + excuse + "    image: a:1\n    user: root\n", 0},
		"for what is missing":          {"services:\n  " + excuse + "  web:\n    image: a:1\n", 0},
		"with other comments between":  {"services:\n  web:\n    image: a:1\n    " + excuse + "    # another one\n\n    user: root\n", 0},
		"two in a row":                 {"services:\n  web:\n    image: a:1\n    # owgen:allow privileged: x\n    " + excuse + "    user: root\n", 0},
		"with Windows lines":           {"services:\r\n  web:\r\n    image: a:1\r\n    " + strings.TrimSpace(excuse) + "\r\n    user: root\r\n", 0},
		"above another attribute":      {"services:\n  web:\n    " + excuse + "    image: a:1\n    user: root\n", 1},
		"above another service":        {"services:\n  " + excuse + "  api:\n    image: a:1\n  web:\n    image: a:1\n    user: root\n", 1},
		"for another rule":             {"services:\n  web:\n    image: a:1\n    # owgen:allow privileged: x\n    user: root\n", 1},
		"without a reason":             {"services:\n  web:\n    image: a:1\n    # owgen:allow container-root:\n    user: root\n", 1},
		"in a text":                    {"services:\n  web:\n    image: a:1\n    command: \"" + strings.TrimSpace(excuse) + "\"\n    user: root\n", 1},
		"in a text of several lines":   {"services:\n  web:\n    image: a:1\n    command: |\n      " + excuse + "    user: root\n", 1},
		"in a folded text":             {"services:\n  web:\n    image: a:1\n    command: >-\n      one\n\n      " + excuse + "    user: root\n", 1},
		"after a text, above the next": {"services:\n  web:\n    image: a:1\n    command: |\n      true\n    " + excuse + "    user: root\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			if left := count(t, given{Compose: []byte(test.compose)}, "container-root"); left != test.left {
				t.Errorf("%d findings are left, not %d, of\n%s", left, test.left, test.compose)
			}
		})
	}
}

// TestDockerfileExcuses checks what an excuse in a Dockerfile covers.
func TestDockerfileExcuses(t *testing.T) {
	for name, test := range map[string]struct {
		dockerfile string
		left       int
	}{
		"above the instruction":      {"FROM debian:13\n# owgen:allow apt-unattended: test\nRUN true && \\\n  apt-get install a\n", 0},
		"within the instruction":     {"FROM debian:13\nRUN true && \\\n  # owgen:allow apt-unattended: test\n  apt-get install a\n", 0},
		"above another one":          {"# owgen:allow apt-unattended: test\nFROM debian:13\nRUN apt-get install a\n", 1},
		"behind an instruction":      {"FROM debian:13\nRUN apt-get install a # owgen:allow apt-unattended: test\n", 1},
		"by a directive of BuildKit": {"# check=skip=JSONArgsRecommended\nFROM debian:13\nRUN apt-get install a\n", 1},
	} {
		t.Run(name, func(t *testing.T) {
			in := given{Compose: []byte("services:\n  web:\n    build: .\n"), Dockerfiles: map[string]dockerfile.File{
				"web": {Path: "Dockerfile", Data: []byte(test.dockerfile)}}}
			if left := count(t, in, "apt-unattended"); left != test.left {
				t.Errorf("%d findings are left, not %d, of\n%s", left, test.left, test.dockerfile)
			}
		})
	}
}

// TestExcuseComment checks that what is printed is understood.
func TestExcuseComment(t *testing.T) {
	comment := lint.ExcuseComment(lint.ExceptionRule("user"), "drops its\n  privileges: itself")
	if want := "# owgen:allow container-root: drops its privileges: itself"; comment != want {
		t.Errorf("%q, not %q", comment, want)
	}
	compose := "services:\n  web:\n    image: a:1\n    " + comment + "\n    user: root\n"
	if count(t, given{Compose: []byte(compose)}, "container-root") != 0 {
		t.Error("the comment excuses nothing")
	}
}
