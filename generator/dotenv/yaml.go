package dotenv

import (
	"fmt"
	"strings"
	"unicode"
)

// Scalar renders a value as a double-quoted YAML scalar for a Compose file: no YAML version
// retypes it, it stays on one line, and its dollars are doubled so that Compose gives them back
// instead of looking for variables.
func Scalar(value string) string {
	var b strings.Builder
	b.Grow(len(value) + 8)
	b.WriteByte('"')
	for _, r := range value {
		switch {
		case r == '$':
			b.WriteString("$$")
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == ' ' || unicode.IsGraphic(r) && !unicode.IsSpace(r):
			b.WriteRune(r)
		default: // what YAML forbids, or what a reviewer cannot see
			b.WriteString(escape(r))
		}
	}
	b.WriteByte('"')
	return b.String()
}

func escape(r rune) string {
	switch {
	case r <= 0xFF:
		return fmt.Sprintf(`\x%02X`, r)
	case r <= 0xFFFF:
		return fmt.Sprintf(`\u%04X`, r)
	}
	return fmt.Sprintf(`\U%08X`, r)
}
