package project

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is no YAML is one finding at its line, and everything else is loaded.
func TestSyntaxFaultsHideNothing(t *testing.T) {
	const rest = "  db:\n    image: db:1\n    depends_on: [web]\n"
	tests := []struct {
		name, text string
		lines      []int
		services   string // those that are left, with their images
	}{
		{"a tab", "services:\n  web:\n    image: web:1\n    ports:\n\t- \"80:80\"\n" + rest, []int{5}, "db=db:1 web=web:1"},
		{"an open quote", "services:\n  web:\n    image: \"web:1\n    restart: always\n  x:\n    image: \"x:1\"\n" + rest, []int{3}, "db=db:1 web=stand-in:1 x=x:1"},
		{"two faults", "services:\n  web:\n    image: web:1\n    command: [a\n  x:\n    image: 'x\n" + rest, []int{4, 6}, "db=db:1 web=web:1 x=stand-in:1"},
		{"a section", "networks: {a: \nservices:\n  web:\n    image: web:1\n" + rest, []int{1}, "db=db:1 web=web:1"},
		{"the first line", "@x: 1\nservices:\n  web:\n    image: web:1\n" + rest, []int{1}, "db=db:1 web=web:1"},
		{"a conflict", "services:\n  web:\n<<<<<<< HEAD\n    image: web:1\n=======\n    image: web:2\n>>>>>>> other\n" + rest, []int{3}, "db=db:1 web=web:1"},
		{"two conflicts", "services:\n<<<<<<< HEAD\n  web:\n    image: web:1\n=======\n  web:\n    image: web:2\n>>>>>>> other\n" + rest + "<<<<<<< HEAD\n=======\nname: x\n>>>>>>> other\n",
			[]int{2, 12}, "db=db:1 web=web:1"},
		{"a text that only looks wrong", "services:\n  web:\n    image: web:1\n    x-note: |\n      @x: \"\n\n      - [\n" + rest, nil, "db=db:1 web=web:1"},
		{"nothing right", "a: [\n{{{\n\"\n- x: :\n", []int{1, 1}, ""},
	}
	for _, test := range tests {
		r, found := Read(t.Context(), Sources{File: "compose.yml", Compose: []byte(test.text), EnvFile: ".env"})
		var lines []int
		for _, f := range found {
			lines = append(lines, f.Line)
		}
		var services []string
		if r.Loaded != nil {
			for _, name := range slices.Sorted(maps.Keys(r.Loaded.Services)) {
				services = append(services, name+"="+r.Loaded.Services[name].Image)
			}
		}
		if diff := cmp.Diff(test.lines, lines); diff != "" {
			t.Errorf("%s: lines (-want +got):\n%s\n%v", test.name, diff, found)
		}
		if got := strings.Join(services, " "); got != test.services {
			t.Errorf("%s: %s is left, want %s", test.name, got, test.services)
		}
	}
}

// A large file with many faults comes to an end.
func TestSyntaxFaultsAreBounded(t *testing.T) {
	var text strings.Builder
	text.WriteString("services:\n")
	for i := range 2000 {
		fmt.Fprintf(&text, "  s%d:\n    image: \"s:%d\n", i, i)
	}
	if _, found := Read(t.Context(), Sources{File: "compose.yml", Compose: []byte(text.String())}); len(found) == 0 || len(found) > maxFaults+1 {
		t.Errorf("%d findings", len(found))
	}
}
