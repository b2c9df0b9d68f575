package project

import (
	"bytes"
	"strings"

	"gopkg.in/yaml.v3"
)

// A Variable is one use of a variable in a value.
type Variable struct {
	Name     string
	Offset   int  // of the dollar sign
	Braced   bool // ${NAME}, not $NAME
	Fallback bool // has a text for when it is not set
	Required bool // is written ${NAME:?text}
}

// Variables finds all variables in a value, also those within the defaults of others.
func Variables(value string) []Variable {
	var found []Variable
	for i := 0; i < len(value); i++ {
		if value[i] != '$' || i+1 == len(value) {
			continue
		}
		if value[i+1] == '$' {
			i++ // an escaped dollar sign
			continue
		}
		start := i + 1
		braced := value[start] == '{'
		if braced {
			start++
		}
		end := start
		for end < len(value) && isNameByte(value[end], end == start) {
			end++
		}
		if end == start {
			continue
		}
		rest := value[end:]
		found = append(found, Variable{
			Name: value[start:end], Offset: i, Braced: braced,
			Fallback: braced && (strings.HasPrefix(rest, ":-") || strings.HasPrefix(rest, "-") ||
				strings.HasPrefix(rest, ":+") || strings.HasPrefix(rest, "+")),
			Required: braced && (strings.HasPrefix(rest, ":?") || strings.HasPrefix(rest, "?")),
		})
		i = end - 1
	}
	return found
}

func isNameByte(c byte, first bool) bool {
	return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || !first && c >= '0' && c <= '9'
}

// EachVariable visits each use of a variable in the compose files.
func (r *Reading) EachVariable(visit func(at *Trail, node *yaml.Node, v Variable)) {
	r.Scalars(func(at *Trail, node *yaml.Node) {
		if strings.Contains(node.Value, "$") {
			for _, v := range Variables(node.Value) {
				visit(at, node, v)
			}
		}
	})
}

// EachEnvVariable visits the variables that an env_file reads, with their lines.
func EachEnvVariable(source []byte, visit func(line int, v Variable)) {
	number := 0
	for text := range bytes.Lines(source) {
		number++
		if strings.HasPrefix(strings.TrimSpace(string(text)), "#") {
			continue
		}
		_, value, _ := strings.Cut(string(text), "=")
		if value = strings.TrimSpace(value); strings.HasPrefix(value, "'") {
			continue // single quotes: as it stands
		}
		for _, v := range Variables(value) {
			if v.Offset == 0 || value[v.Offset-1] != '\\' {
				visit(number, v)
			}
		}
	}
}

// EnvLines finds the line of each variable in a .env file. Text within a quoted value of several lines is
// not taken for a variable unless it looks like one that is defined anyway.
func EnvLines(source []byte, defined map[string]string) map[string]int {
	lines := map[string]int{}
	number := 0
	for line := range bytes.Lines(trimBOM(source)) {
		number++
		text := strings.TrimPrefix(strings.TrimSpace(string(line)), "export ")
		name, _, ok := strings.Cut(text, "=")
		name = strings.TrimSpace(name)
		if _, defined := defined[name]; !ok || !defined {
			continue
		}
		if _, seen := lines[name]; !seen {
			lines[name] = number
		}
	}
	return lines
}
