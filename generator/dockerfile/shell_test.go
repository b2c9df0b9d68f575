package dockerfile

import (
	"fmt"
	"strings"
	"testing"
)

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
		if got := RuleID(name); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}
