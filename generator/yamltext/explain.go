package yamltext

import (
	"regexp"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/lazy"
)

// What people write that YAML does not take, and what they meant. The first that fits the line, or one beside it, which
// is where the parser notices, says more than the parser does.
var mistakes = []struct {
	line          func() *regexp.Regexp
	message, hint string
}{
	{lazy.Regexp(`^ *\t`), "is indented with a tab", "YAML takes spaces alone: two for each level"},
	{lazy.Regexp("(^|[:\\[{,-] +)[@`]"), "has a value that begins with @ or `, which YAML keeps for itself", `put it in quotes: "@..."`},
	{lazy.Regexp(`(^|[:\[{,-] +)\*[/ ,0-9]`), "has a value that begins with *, which means an alias in YAML", `put it in quotes: "*/5 * * * *"`},
	{lazy.Regexp(`(^|[:\[{,-] +)[&!][^ ]* *$`), "has a value that begins with & or !, which YAML keeps for itself", "put it in quotes"},
	{lazy.Regexp(`(^|[:\[{,-] +)%`), "has a value that begins with %, which YAML keeps for itself", "put it in quotes"},
	{lazy.Regexp(`^ *[A-Za-z_][A-Za-z0-9_.-]*:[^ \t/:]`), "has no space after the colon", "write key: value, with a space"},
	{lazy.Regexp(`^ *[A-Za-z_][A-Za-z0-9_.-]*=`), "is written with =", "write key: value"},
	{lazy.Regexp(`^ *[A-Za-z_][A-Za-z0-9_.-]*: +[^"'|>{\[#]*: `), "has a second colon in its value", "put the value in quotes"},
	{lazy.Regexp(`^ *[A-Za-z_][A-Za-z0-9_.-]*: +(".*"|'.*') *[^ #]`), "goes on after the closing quote", "put all of the value in quotes"},
}

var unknownAnchor = lazy.Regexp(`^unknown anchor '(.*)' referenced`)

// explain turns an error of the parser into a problem at the line that causes it.
func explain(data []byte, err error) Problem {
	p := Split(err)[0]
	lines := strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
	for _, at := range []int{p.Line, p.Line - 1, p.Line + 1} {
		if at < 1 || at > len(lines) || p.Line == 0 {
			continue
		}
		for _, m := range mistakes {
			if m.line().MatchString(lines[at-1]) && !(m.line().MatchString("") || strings.HasPrefix(strings.TrimSpace(lines[at-1]), "#")) {
				return Problem{at, m.message, m.hint}
			}
		}
	}
	if anchor := unknownAnchor().FindStringSubmatch(p.Message); anchor != nil {
		p.Line = 1 + slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, "*"+anchor[1]) })
	} else if p.Line == 0 { // the parser names no line for some of them
		for i, line := range lines {
			if strings.HasPrefix(strings.TrimSpace(line), "#") {
				continue
			}
			for _, m := range mistakes[:5] {
				if m.line().MatchString(line) {
					return Problem{i + 1, m.message, m.hint}
				}
			}
		}
	}
	if p.Line == 0 { // it does not name the first
		p.Line = 1
	}
	if strings.Contains(p.Message, "unexpected end of stream") { // which is where a quoted text that nobody closed ends
		return Problem{p.Line, "has a quote that is opened and not closed", "close it; within '...' an apostrophe is written twice"}
	}
	p.Message = "is not YAML: " + p.Message
	p.Hint = "check indentation and quotes"
	return p
}

// Scalar explains a text that is one word where a mapping is wanted.
func Scalar(line int, text string) Problem {
	first, _, _ := strings.Cut(text, "\n")
	for _, m := range mistakes {
		if m.line().MatchString(first) {
			return Problem{line, m.message, m.hint}
		}
	}
	return Problem{line, "must be a mapping of settings", "write key: value, one a line"}
}
