package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestTable(t *testing.T) {
	long := "one two three four five six seven eight nine ten eleven twelve"
	lines := func() [][]string {
		return [][]string{{"a.name", "int", "5", long}, {"another.name.of.it", "enum", strings.Repeat("x", 40), "short"}}
	}
	for name, x := range map[string]struct {
		width int
		lines [][]string
		want  string
	}{
		"nothing": {80, nil, ""},
		"a pipe cuts nothing": {0, lines(), "a.name              int   5                                         " + long + "\n" +
			"another.name.of.it  enum  " + strings.Repeat("x", 40) + "  short\n"},
		"prose goes on below itself": {90, lines(), "" +
			"a.name              int   5                   one two three four five six seven eight nine\n" +
			"                                              ten eleven twelve\n" +
			"another.name.of.it  enum  xxxxxxxxxxxxxxxxx…  short\n"},
		"prose stands below where there is no room": {50, lines(), "" +
			"a.name              int   5\n    one two three four five six seven eight nine\n    ten eleven twelve\n" +
			"another.name.of.it  enum  xxxxxxxxx…\n    short\n"},
		"no line of another's": {0, [][]string{{"a\x1b[31m", "::error::b\nc"}}, "a\\x1b[31m  ::error::b\\nc\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			if err := writeTable(&out, x.width, x.lines); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(x.want, out.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Whatever is listed fits into a terminal of usual width, and nothing of the prose is lost there.
func TestListsFitATerminal(t *testing.T) {
	for _, what := range []string{"settings", "services", "capabilities", "rules", "profiles"} {
		rows, err := listCmd{What: what}.rows(t.Context(), &terminal{})
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if err := writeTable(&out, 80, columns(what, rows)); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(out.String(), "\n") {
			if n := utf8.RuneCountInString(line); n > 80 && strings.Contains(strings.TrimSpace(line), " ") {
				t.Errorf("%s: %d: %s", what, n, line)
			}
		}
		words := strings.Join(strings.Fields(out.String()), " ")
		for _, r := range rows {
			if !strings.Contains(words, strings.Join(strings.Fields(r.Description), " ")) {
				t.Errorf("%s: %s has lost something of %q", what, r.Name, r.Description)
			}
		}
	}
}
