// Package yamltext reads YAML that people wrote: what is wrong with it is said at its line, and in words that help
// whoever made the mistake. It also has the one way in which mappings are walked and merged.
package yamltext

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/lazy"
)

// A Problem is one thing that is wrong with a text. Line is 0 where it has no place.
type Problem struct {
	Line          int
	Message, Hint string
}

// Document reads a text that holds one document. It returns nil for an empty one, and problems where it cannot be read.
func Document(data []byte) (*yaml.Node, []Problem) {
	root, problems := Parts(data)
	if left := mostValues; root != nil && grows(root, &left, 0) {
		return nil, []Problem{{root.Line, fmt.Sprintf("stands, with its aliases, for more than %d values, or for more than %d levels", mostValues, deepest), "write out what is meant, without aliases of aliases"}}
	}
	return root, problems
}

// Parts is Document for who takes the document apart, and bounds what the aliases of each part stand for.
func Parts(data []byte) (*yaml.Node, []Problem) {
	if p := unreadable(data); p != nil {
		return nil, []Problem{*p}
	}
	var root yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&root); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, []Problem{explain(data, err)}
	}
	var second yaml.Node
	if err := decoder.Decode(&second); err == nil {
		return root.Content[0], []Problem{{secondLine(data, &root), "begins a second YAML document", "keep one: remove the line with --- and join what stands below it"}}
	} else if !errors.Is(err, io.EOF) {
		return root.Content[0], []Problem{explain(data, err)}
	}
	return root.Content[0], nil
}

// A few lines of aliases can stand for more than any memory holds, and an alias for itself.
const (
	mostValues = 1_000_000
	deepest    = 200
)

func grows(n *yaml.Node, left *int, depth int) bool {
	if *left--; *left < 0 || depth > deepest {
		return true
	}
	for _, child := range Resolved(n).Content {
		if grows(child, left, depth+1) {
			return true
		}
	}
	return false
}

// Split takes the parts of an error of yaml.v3: one problem for each of its messages, with the line that it names.
func Split(err error) []Problem {
	messages := []string{err.Error()}
	var typed *yaml.TypeError
	if errors.As(err, &typed) {
		messages = typed.Errors
	}
	out := make([]Problem, len(messages))
	for i, m := range messages {
		out[i].Line, out[i].Message = Line(m)
	}
	return out
}

// inMessage is where parsers say the line: at the start, or behind what they were doing.
var inMessage = lazy.Regexp(`^(?:.*?: )?line (\d+):\s*`)

// Line takes the line out of a parser's message, such as "yaml: line 3: did not find ..."; 0 where it names none.
func Line(message string) (line int, said string) {
	if at := inMessage().FindStringSubmatchIndex(message); at != nil {
		if line, err := strconv.Atoi(message[at[2]:at[3]]); err == nil {
			return line, strings.TrimSpace(message[at[1]:])
		}
	}
	return 0, strings.TrimPrefix(message, "yaml: ")
}

// unreadable finds what no YAML file may hold, and what git leaves behind.
func unreadable(data []byte) *Problem {
	line := 0
	for text := range bytes.Lines(data) {
		line++
		if line == 1 {
			text = bytes.TrimPrefix(text, []byte("\ufeff"))
			if bytes.HasPrefix(text, []byte{0xFF, 0xFE}) || bytes.HasPrefix(text, []byte{0xFE, 0xFF}) {
				return nil // UTF-16, which the decoder knows
			}
		}
		for _, marker := range []string{"<<<<<<< ", ">>>>>>> ", "||||||| "} {
			if bytes.HasPrefix(text, []byte(marker)) {
				return &Problem{line, "is a conflict that git could not merge", "choose one of the two versions, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>"}
			}
		}
		if !utf8.Valid(text) {
			return &Problem{line, "has a character that is not UTF-8", "save the file as UTF-8"}
		}
		for _, r := range string(text) {
			if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f {
				return &Problem{line, fmt.Sprintf("has a control character (U+%04X)", r), "remove it; it came with something that was pasted"}
			}
		}
	}
	return nil
}

// secondLine finds the line that begins the second document.
func secondLine(data []byte, first *yaml.Node) int {
	line := 0
	for text := range bytes.Lines(data) {
		line++
		if line > first.Content[0].Line && bytes.HasPrefix(text, []byte("---")) {
			return line
		}
	}
	return 0
}
