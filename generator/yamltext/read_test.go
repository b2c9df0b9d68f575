package yamltext

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// What people write that is no YAML is said at its line, in words that help.
func TestMistakes(t *testing.T) {
	tests := []struct {
		name, text string
		line       int
		message    string
	}{
		{"a tab", "a:\n\tb: 1\n", 2, "is indented with a tab"},
		{"an at sign", "a: 1\nb: @x\n", 2, "begins with @"},
		{"a star", "a: 1\nb: */5 * * * *\n", 2, "begins with *"},
		{"a percent sign", "a: %x\n", 1, "begins with %"},
		{"two colons", "a: 1\nb: x: y\n", 2, "second colon"},
		{"behind a quote", "a: \"x\" y\n", 1, "is not YAML"},
		{"a conflict", "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n", 2, "git could not merge"},
		{"a control character", "a: 1\nb: x\x07\n", 2, "U+0007"},
		{"not UTF-8", "a: 1\nb: \xff\n", 2, "not UTF-8"},
		{"a second document", "a: 1\n---\nb: 2\n", 2, "second YAML document"},
		{"an open quote", "a: 1\nb: 'x\nc: 2\n", 2, "opened and not closed"},
		{"an open bracket", "a: [1\nb: 2\n", 1, "is not YAML"},
		{"an unknown alias", "a: *x\n", 1, "unknown anchor"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, problems := Document([]byte(test.text))
			if len(problems) != 1 {
				t.Fatalf("%d problems: %v", len(problems), problems)
			}
			if p := problems[0]; p.Line != test.line || !strings.Contains(p.Message, test.message) || p.Hint == "" {
				t.Errorf("line %d: %s (%s)", p.Line, p.Message, p.Hint)
			}
		})
	}
}

// What is right is read, whatever it looks like.
func TestRightDocuments(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "\ufeffa: 1\n", "a: 1\r\nb: 2\r\n", "---\na: 1\n", "a: '@x'\nb: \"*/5\"\n", "a: |2\n  \ttab inside\n", "a: &x 1\nb: *x\n", "a: http://x:80/y\n", "\xff\xfea\x00:\x00 \x001\x00"} {
		if _, problems := Document([]byte(text)); len(problems) > 0 {
			t.Errorf("%q: %v", text, problems)
		}
	}
	if root, _ := Document([]byte("# nothing\n")); root != nil {
		t.Errorf("an empty document is %v", root)
	}
}

// An error of the parser has one problem for each of its messages, and each its line.
func TestSplit(t *testing.T) {
	var into struct{ A, B int }
	err := yaml.Unmarshal([]byte("a: x\nb: y\n"), &into)
	var lines []int
	for _, p := range Split(err) {
		lines = append(lines, p.Line)
		if strings.Contains(p.Message, "line ") || strings.HasPrefix(p.Message, "yaml:") {
			t.Errorf("the line stands in the message as well: %s", p.Message)
		}
	}
	if diff := cmp.Diff([]int{1, 2}, lines); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]Problem{{Message: "something else"}}, Split(errors.New("something else"))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Aliases of aliases stand for more than is written; some of them are what people do.
func TestAliasesHaveBounds(t *testing.T) {
	bomb := "v0: &v0 [x]\n"
	for i := range 9 {
		bomb += fmt.Sprintf("v%d: &v%d [%s]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*v%d, ", i), 10))
	}
	for name, text := range map[string]string{"nine levels": bomb, "itself": "a: &a [*a]\n", "deep": strings.Repeat("[", 300) + strings.Repeat("]", 300)} {
		if _, problems := Document([]byte(text)); len(problems) != 1 || !strings.Contains(problems[0].Message, "aliases") {
			t.Errorf("%s: %v", name, problems)
		}
	}
	if _, problems := Document([]byte("a: &a {b: 1}\nc: [*a, *a]\nd: {<<: *a}\n")); len(problems) > 0 {
		t.Errorf("%v", problems)
	}
}

func TestLine(t *testing.T) {
	for message, want := range map[string]struct {
		line int
		said string
	}{
		"yaml: line 3: did not find expected key":             {3, "did not find expected key"},
		"line 12: field x not found in type a.b":              {12, "field x not found in type a.b"},
		"line 4: mapping key \"a\" already defined at line 3": {4, "mapping key \"a\" already defined at line 3"},
		"failed to read .env: line 2: unexpected character":   {2, "unexpected character"},
		"yaml: control characters are not allowed":            {0, "control characters are not allowed"},
		"mapping key \"a\" already defined at line 3":         {0, "mapping key \"a\" already defined at line 3"},
		"line 99999999999999999999: a number that is none":    {0, "line 99999999999999999999: a number that is none"},
		"yaml: unknown anchor 'line 3: x' referenced":         {0, "unknown anchor 'line 3: x' referenced"},
	} {
		if line, said := Line(message); line != want.line || said != want.said {
			t.Errorf("%s: %d, %s", message, line, said)
		}
	}
}
