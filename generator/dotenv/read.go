package dotenv

import (
	"bytes"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	parser "github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/template"
)

// A Fault is a line of a .env file that Compose cannot read. Its message never holds the value.
type Fault struct {
	Line    int
	Message string
}

// What is wrong with a file is said this often, and a quoted value may have as many lines.
const (
	maxFaults = 50
	maxLines  = 500
)

// Read reads a .env file as Compose does. Where Compose gives up, it takes a wrong line for what it probably says and
// goes on with the next. The lookup wins over what stands above, as in Compose; nil looks nothing up.
func Read(data []byte, lookup parser.LookupFn) (map[string]string, []Fault) {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if lookup == nil {
		lookup = func(string) (string, bool) { return "", false }
	}
	if line, why := grown(string(data), lookup); line > 0 {
		return map[string]string{}, []Fault{{line, why + "; nothing was read"}}
	}
	if values, err := parser.UnmarshalBytesWithLookup(data, lookup); err == nil {
		return values, nil
	}
	values := map[string]string{}
	beside := func(name string) (string, bool) {
		if value, ok := lookup(name); ok {
			return value, true
		}
		value, ok := values[name]
		return value, ok
	}
	var faults []Fault
	lines := strings.SplitAfter(string(data), "\n")
	for at := 0; at < len(lines); {
		entry, used, err := readEntry(lines[at:], beside)
		if err != nil {
			if faults = append(faults, Fault{at + 1, faultOf(err)}); len(faults) == maxFaults {
				break
			}
		}
		maps.Copy(values, entry)
		at += used
	}
	return values, faults
}

// DotEnv is the format of a .env file, as env_file names it.
const DotEnv = parser.DotEnv

// Raw reads the other format of an env_file: each line as it stands, without quotes and references.
func Raw(data []byte, lookup parser.LookupFn) map[string]string {
	values := map[string]string{}
	for line := range strings.Lines(string(bytes.TrimPrefix(data, []byte("\uFEFF")))) {
		line = strings.TrimRight(line, "\r\n")
		name, value, isSet := strings.Cut(strings.TrimLeft(line, " \t"), "=")
		if !isSet {
			value, isSet = lookup(name)
		}
		if isSet && !strings.HasPrefix(name, "#") {
			values[name] = value
		}
	}
	return values
}

// readEntry reads what begins in the first line: that line, or as many as its quoted value has. A value without an end
// is one wrong line, not all that follow.
func readEntry(lines []string, lookup parser.LookupFn) (entry map[string]string, used int, err error) {
	text := ""
	for i, line := range lines[:min(len(lines), maxLines)] {
		text += line
		if i > 0 && !strings.ContainsAny(line, `"'`) {
			continue // it cannot end a value
		}
		values, failed := parser.UnmarshalWithLookup(text, lookup)
		if failed == nil {
			return values, i + 1, nil
		}
		if i == 0 {
			err = failed
		}
		if !strings.Contains(failed.Error(), "unterminated quoted value") {
			break
		}
	}
	return standIn(lines[0]), 1, err
}

// standIn is what a wrong line probably says, so that nobody misses its variable.
func standIn(line string) map[string]string {
	name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
	if name = strings.TrimSpace(name); !isName(name) {
		return nil
	}
	return map[string]string{name: strings.Trim(strings.TrimSpace(value), `"'`)}
}

// faultOf words an error of the parser.
func faultOf(err error) string {
	message := err.Error()
	if rest, ok := strings.CutPrefix(message, "line "); ok {
		_, message, _ = strings.Cut(rest, ": ")
	}
	if errors.As(err, new(*template.InvalidTemplateError)) {
		return emptyReference
	}
	return Unquoted(message)
}

const emptyReference = "${ begins no variable"

// Unquoted words a message in which the parser quotes the line, and with it perhaps a secret, without what it quotes.
func Unquoted(message string) string {
	for _, w := range []struct{ quoting, instead string }{
		{"unterminated quoted value", "a quoted value has no end"},
		{"Invalid template: ", emptyReference},
		{"unexpected character ", ""},
	} {
		before, quoted, found := strings.Cut(message, w.quoting)
		if !found {
			continue
		}
		if w.instead != "" {
			return before + w.instead
		}
		if character, _, isName := strings.Cut(quoted, " in variable name"); isName {
			return before + w.quoting + character + " in the name of a variable"
		}
	}
	return message
}

// Different names the variables that two sets do not have in common, or with other values, in order.
func Different[M ~map[string]V, V any](old, new M) []string {
	var names []string
	for name, after := range new {
		if before, was := old[name]; !was || !reflect.DeepEqual(before, after) {
			names = append(names, name)
		}
	}
	for name := range old {
		if _, is := new[name]; !is {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
