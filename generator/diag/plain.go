package diag

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Plain makes a text that others wrote safe to print on one line: a name or a value can hold a newline and then a
// line that a workflow obeys, or what moves a terminal's cursor. What is not seen as itself is escaped; letters of
// all languages stay.
func Plain(text string) string {
	if !strings.ContainsFunc(text, hidden) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case !hidden(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// PlainLines is Plain for a text of several lines, which keeps its newlines and tabs.
func PlainLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		parts := strings.Split(line, "\t")
		for j := range parts {
			parts[j] = Plain(parts[j])
		}
		lines[i] = strings.Join(parts, "\t")
	}
	return strings.Join(lines, "\n")
}

// hidden tells of characters that do something else than to be seen: controls, line and paragraph separators, those
// that turn the direction of writing or have no width, and what is no character at all.
func hidden(r rune) bool {
	return unicode.IsControl(r) || r == utf8.RuneError || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// NoCommand keeps the lines of a text from being obeyed: workflows of GitHub take a line for a command whose first
// visible characters are two colons.
func NoCommand(text string) string {
	if !strings.Contains(text, "::") {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if rest := strings.TrimLeftFunc(line, unicode.IsSpace); strings.HasPrefix(rest, "::") {
			lines[i] = line[:len(line)-len(rest)] + `\x3a` + rest[1:]
		}
	}
	return strings.Join(lines, "\n")
}
