package shellwords_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/owgen/owgen/generator/shellwords"
)

func TestCalls(t *testing.T) {
	for script, want := range map[string]string{
		"a b && c|d":                     "[a b] [c] [d]",
		"a || b; c & d":                  "[a] [b] [c] [d]",
		"a 'b c' \"d \\\" e\" f\\ g":     "[a b c d \" e f g]",
		"A=1 B='2 3' sudo a # c | d\n e": "[a] [e]",
		"if a; then b; fi":               "[a] [b]",
		"a 2>&1 | b &> c":                "[a] [b]",
		"(a; b); { c; }":                 "[a] [b] [c]",
		"a ${B} $(c d)":                  "[a ${B} $(c d)] [c d]",
		"a \\\n  b":                      "[a b]",
		"env A=b c \"x\\\ny\" '\\'":      "[c xy \\]",
		"for i in a b; do c $i; done":    "[c $i]",
		"f() { g; }":                     "[g]",
		"a <<E\nb c\nE\nd":               "[a] [d]",
		"'":                              "[]",
		"":                               "",
	} {
		var got []string
		if file := shellwords.Parse(script); file != nil {
			for _, call := range shellwords.Calls(file) {
				got = append(got, fmt.Sprint(call))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %s, not %s", script, strings.Join(got, " "), want)
		}
	}
}

// A script that would fill the parser's stack is not parsed; one as long as a shell takes is.
func TestAScriptOfPipesIsNoBomb(t *testing.T) {
	if shellwords.Parse(strings.Repeat("a|", 500_000)+"b") != nil {
		t.Error("longer than any argument of a command, and parsed")
	}
	if shellwords.Parse(strings.Repeat("a|", 60_000)+"b") == nil {
		t.Error("not parsed")
	}
}
