package dotenv

import (
	"fmt"
	"strings"

	parser "github.com/compose-spec/compose-go/v2/dotenv"

	"github.com/owgen/owgen/generator/lazy"
)

// mostEnvironment is what Linux takes as one string of an environment.
const mostEnvironment = 128 << 10

// mostExpanded is what all references of a file may bring in together.
const mostExpanded = 4 << 20

var reference = lazy.Regexp(`\$\{?([A-Za-z_][A-Za-z0-9_]*)`)

// Bounded refuses a file whose values grow beyond what any process could get.
func Bounded(data []byte, lookup parser.LookupFn) error {
	if line := grown(string(data), lookup); line > 0 {
		return fmt.Errorf("its values grow, with what they refer to, beyond the 128 KiB that a process can get (line %d)", line)
	}
	return nil
}

// grown returns the first line whose value is longer, with what it refers to, than any process could get; 0 if there is none.
// The parser would write it out: forty lines that each name the one above twice are more than a machine's memory. It counts
// before that, and rather too much than too little.
func grown(text string, lookup parser.LookupFn) int {
	if !strings.Contains(text, "$") {
		return 0
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
		for _, referred := range reference().FindAllStringSubmatch(line, -1) {
			value, _ := lookup(referred[1])
			more := max(sizes[referred[1]], len(value))
			size, expanded = size+more, expanded+more
			if size > mostEnvironment || expanded > mostExpanded {
				return at
			}
		}
		sizes[name] += size // it may be one line of several
	}
	return 0
}
