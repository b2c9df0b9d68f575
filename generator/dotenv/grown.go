package dotenv

import (
	"fmt"
	"strings"

	parser "github.com/compose-spec/compose-go/v2/dotenv"

	"github.com/owgen/owgen/generator/lazy"
)

// mostEnvironment is what Linux takes as one string of an environment.
const mostEnvironment = 128 << 10

// MostExpanded is what all references of a file may bring in together.
const MostExpanded = 4 << 20

// mostNested is how many references may lie within the defaults of one another: each is taken apart anew for those within it.
const mostNested = 100

// NestedTooDeep says of a value what Nested has found.
var NestedTooDeep = fmt.Sprintf("more than %d references lie within the defaults of one another", mostNested)

// Nested tells whether references lie within the defaults of others deeper than anybody writes.
func Nested(value string) bool {
	if len(value) < 2*mostNested {
		return false
	}
	depth := 0
	for i := 0; i+1 < len(value); i++ {
		switch {
		case value[i] == '$' && value[i+1] == '$':
			i++
		case value[i] == '$' && value[i+1] == '{':
			if depth++; depth > mostNested {
				return true
			}
		case value[i] == '}' && depth > 0:
			depth--
		}
	}
	return false
}

var reference = lazy.Regexp(`\$\{?([A-Za-z_][A-Za-z0-9_]*)`)

// Bounded refuses a file whose values grow beyond what any process could get.
func Bounded(data []byte, lookup parser.LookupFn) error {
	if line, why := grown(string(data), lookup); line > 0 {
		return fmt.Errorf("%s (line %d)", why, line)
	}
	return nil
}

// grown returns the first line whose value is longer, with what it refers to, than any process could get, or is made of too much
// within one another, and says so; 0 if there is none.
// The parser would write it out: forty lines that each name the one above twice are more than a machine's memory. It counts
// before that, and rather too much than too little.
func grown(text string, lookup parser.LookupFn) (line int, why string) {
	if !strings.Contains(text, "$") {
		return 0, ""
	}
	sizes, name, at, expanded := map[string]int{}, "", 0, 0
	for line := range strings.Lines(text) {
		at++
		if end := strings.IndexAny(line, "=:"); end >= 0 {
			if first := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line[:end]), "export ")); isName(first) {
				name = first
			}
		}
		size := len(line)
		if !strings.Contains(line, "$") {
			sizes[name] += size
			continue
		}
		if Nested(line) {
			return at, NestedTooDeep
		}
		for _, referred := range reference().FindAllStringSubmatch(line, -1) {
			value, _ := lookup(referred[1])
			more := max(sizes[referred[1]], len(value))
			size, expanded = size+more, expanded+more
			if size > mostEnvironment || expanded > MostExpanded {
				return at, "values grow, with what they refer to, beyond the 128 KiB that a process can get"
			}
		}
		sizes[name] += size // it may be one line of several
	}
	return 0, ""
}
