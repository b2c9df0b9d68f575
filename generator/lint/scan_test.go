package lint

import (
	"fmt"
	"strings"
	"testing"
)

func TestVariables(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "",
		"$":                    "",
		"a$":                   "",
		"$$A":                  "",
		"$$$A":                 "A",
		"$A$B":                 "A B",
		"${A}":                 "{A}",
		"${A:-x}":              "{A}?",
		"${A-x}${B:+y}":        "{A}? {B}?",
		"${A:?needed}":         "{A}",
		"${A:-${B}}":           "{A}? {B}",
		"${1}$1$(date)${ A }":  "",
		"pa$word and ${_x9}-$": "word {_x9}",
	} {
		var got []string
		for _, v := range variables(text) {
			name := v.name
			if v.braced {
				name = "{" + name + "}"
			}
			if v.fallback {
				name += "?"
			}
			got = append(got, name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

func TestCommands(t *testing.T) {
	for script, want := range map[string]string{
		"a b && c|d":                     "[a b] [c]| [d]",
		"a || b; c & d":                  "[a] [b] [c] [d]",
		"a 'b c' \"d \\\" e\" f\\ g":     "[a b c d \" e f g]",
		"A=1 B='2 3' sudo a # c | d\n e": "[a] [e]",
		"if a; then b; fi":               "[a] [b] [fi]",
		"a 2>&1 | b &> c":                "[a 2>&1]| [b &> c]",
		"(a; b) { c; }":                  "[a] [b] [c]",
		"a ${B} $(c d)":                  "[a ${B} $] [c d]",
		"a \\\n  b":                      "[a b]",
		"'":                              "",
	} {
		var got []string
		for _, c := range commands(script) {
			text := fmt.Sprint(c.words)
			if c.piped {
				text += "|"
			}
			got = append(got, text)
		}
		if strings.Join(got, " ") != want && !(want == "" && len(got) <= 1) {
			t.Errorf("%q: %s, not %s", script, strings.Join(got, " "), want)
		}
	}
}

func TestBuildKitID(t *testing.T) {
	for name, want := range map[string]string{"JSONArgsRecommended": "buildkit-json-args-recommended", "SecretsUsedInArgOrEnv": "buildkit-secrets-used-in-arg-or-env"} {
		if got := buildkitID(name); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}
