package diag

import (
	"strings"
	"testing"
)

func TestPlain(t *testing.T) {
	tests := map[string]string{
		"":                         "",
		"Größe: 東京, née, 🙂":        "Größe: 東京, née, 🙂",
		"a\nb\r\tc":                `a\nb\r\tc`,
		"\x1b[2J\x07\x00\x7f":      `\x1b[2J\x07\x00\x7f`,
		"\u0085\u009b":             `\x85\x9b`,
		"a\u2028b\u202ec\u200bd":   `a\u2028b\u202ec\u200bd`,
		"\ufeffx\ufffd":            `\ufeffx\ufffd`,
		"bad \xff\xfe utf-8":       `bad \xff\xfe utf-8`,
		`already \n escaped`:       `already \n escaped`,
		"::error file=x::it works": "::error file=x::it works",
	}
	for text, want := range tests {
		if got := Plain(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if got := PlainLines("a\tb\n\x1bc\n"); got != "a\tb\n\\x1bc\n" {
		t.Errorf("got %q", got)
	}
	if got := NoCommand("a ::b::\n::error::x\n \t::set-output::y\n:one"); got != "a ::b::\n\\x3a:error::x\n \t\\x3a:set-output::y\n:one" {
		t.Errorf("got %q", got)
	}
}

// Whatever is in a finding, it is one line, and one for its hint.
func TestAFindingForgesNoLine(t *testing.T) {
	const bad = "x\n::error::forged\r\x1b[1A\u2028y"
	text := Finding{File: bad, Line: 3, Path: bad, Rule: "a/b", Message: bad, Hint: bad}.String()
	if strings.Count(text, "\n") != 1 || strings.ContainsAny(text, "\r\x1b\u2028") {
		t.Errorf("%q", text)
	}
	list := List{{Message: bad}, {Message: bad}}
	if text := list.Error(); strings.Count(text, "\n") != 1 {
		t.Errorf("%q", text)
	}
}
