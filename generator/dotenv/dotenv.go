// Package dotenv carries values unharmed through the .env file and through Compose's YAML.
//
// Everything that is UTF-8 without a NUL passes; Check names what does not.
package dotenv

import (
	"bytes"
	"strings"

	parser "github.com/compose-spec/compose-go/v2/dotenv"
)

// An Entry is one variable of a .env file. Its Comment, if any, stands on the lines above it.
type Entry struct {
	Name, Value, Comment string
}

// Quote renders a value for a .env file. What every reader of such files takes as it is stays
// bare; everything else goes between double quotes, on one line. Single quotes would break on a
// quote and on a trailing backslash, and bare values lose dollars, comments and quotes.
func Quote(value string) string {
	if isBare(value) {
		return value
	}
	var b strings.Builder
	b.Grow(len(value) + 8)
	b.WriteByte('"')
	for i := range len(value) {
		switch c := value[i]; c {
		case '\\', '"', '$':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\n':
			b.WriteString(`\n`)
		case '\r': // editors and git change it in a text file
			b.WriteString(`\r`)
		case '\t': // it looks like a space
			b.WriteString(`\t`)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// isBare says whether Compose, Docker, make and a shell all read the value as it stands.
func isBare(value string) bool {
	for i := range len(value) {
		c := value[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && strings.IndexByte("_-.,:/@%+", c) < 0 {
			return false
		}
	}
	return true
}

// Format renders a .env file in the given order. An entry with a comment begins a new paragraph.
// The entries must have passed Check.
func Format(entries []Entry) []byte {
	var b bytes.Buffer
	for i, e := range entries {
		if e.Comment != "" {
			if i > 0 {
				b.WriteByte('\n')
			}
			writeComment(&b, e.Comment)
		}
		b.WriteString(e.Name)
		b.WriteByte('=')
		b.WriteString(Quote(e.Value))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func writeComment(b *bytes.Buffer, comment string) {
	for line := range strings.Lines(comment) {
		b.WriteString(strings.TrimRight("# "+strings.TrimSpace(line), " "))
		b.WriteByte('\n')
	}
}

// Parse reads a .env file as Compose does: references to variables that stand above are
// resolved, the environment of this process is not. It fails where Compose would.
func Parse(data []byte) (map[string]string, error) {
	return parser.Parse(bytes.NewReader(data))
}

// Shell renders a value as one word of a POSIX shell, bare where it may be.
func Shell(value string) string {
	if value != "" && isBare(value) {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}
