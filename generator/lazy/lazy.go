// Package lazy leaves work until it is needed. A command uses few of the program's regular expressions, and compiling all of
// them takes longer than reading a bundle.
package lazy

import (
	"regexp"
	"sync"
)

// Regexp is a regular expression that is compiled when it is first asked for. It panics then if it is none, as
// regexp.MustCompile does at the start.
func Regexp(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
