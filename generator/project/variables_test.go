package project_test

import (
	"strings"
	"testing"

	"github.com/owgen/owgen/generator/project"
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
		for _, v := range project.Variables(text) {
			name := v.Name
			if v.Braced {
				name = "{" + name + "}"
			}
			if v.Fallback {
				name += "?"
			}
			got = append(got, name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}
