package dockerfile

import (
	"errors"
	"strings"

	"github.com/owgen/owgen/generator/lazy"
)

// What one word may become, as much as Linux takes as one string of an environment, and all words of a Dockerfile together.
// Forty lines that each name the one above twice are more than a machine's memory.
const (
	mostWord     = 128 << 10
	mostExpanded = 16 << 20
)

var errGrows = errors.New("values grow, with what they refer to, beyond the 128 KiB that a process can get")

var variable = lazy.Regexp(`\$\{?([A-Za-z_][A-Za-z0-9_]*)`)

// fits says whether a word may be expanded. It counts before that, and rather too much than too little.
func (e *evaluation) fits(word string, env environment) bool {
	if !strings.Contains(word, "$") {
		return true
	}
	size := len(word)
	for _, name := range variable().FindAllStringSubmatch(word, -1) {
		more := len(env[name[1]])
		size, e.expanded = size+more, e.expanded+more
		if size > mostWord || e.expanded > mostExpanded {
			return false
		}
	}
	return true
}
