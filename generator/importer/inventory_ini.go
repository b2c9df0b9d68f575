package importer

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/lazy"
)

var section = lazy.Regexp(`^\[([^\]:]+)(?::(vars|children|hosts))?\]\s*(?:#.*)?$`)

// readINI reads an inventory in the form of INI files.
func (inv *inventory) readINI(file, data string) {
	g, kind := inv.group("ungrouped"), ""
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(data, "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, ";") {
			continue
		}
		if match := section().FindStringSubmatch(line); match != nil {
			g, kind = inv.group(match[1]), match[2]
			continue
		}
		if name, value, ok := strings.Cut(line, "="); kind == "vars" {
			if name = strings.TrimSpace(name); ok {
				g.vars[name] = Variable{Name: name, Value: literal(strings.TrimSpace(value), number), File: file, Line: number}
			}
			continue
		}
		words := splitLine(line)
		if kind == "children" {
			g.addChild(words[0], position{file, number})
			inv.group(words[0])
			continue
		}
		vars := variables{}
		for _, word := range words[1:] {
			if name, value, ok := strings.Cut(word, "="); ok {
				vars[name] = Variable{Name: name, Value: literal(value, number), File: file, Line: number}
			}
		}
		inv.add(g, words[0], vars, position{file, number})
	}
}

// splitLine splits a host's line into words; quotes keep spaces together, and a # after a space begins a comment.
func splitLine(line string) []string {
	var words []string
	var word strings.Builder
	quote, inside := rune(0), false
	for _, r := range line {
		switch {
		case quote == 0 && r == '#' && !inside:
			return words
		case quote == 0 && (r == ' ' || r == '\t'):
			if inside {
				words = append(words, word.String())
			}
			word.Reset()
			inside = false
			continue
		case quote == 0 && (r == '"' || r == '\''):
			quote = r
		case r == quote:
			quote = 0
		}
		word.WriteRune(r)
		inside = true
	}
	if inside {
		words = append(words, word.String())
	}
	return words
}

// literal reads a value of an INI file: a text, or a list or mapping as Python writes it.
func literal(value string, line int) *yaml.Node {
	if len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
		return text(value[1:len(value)-1], line)
	}
	if strings.HasPrefix(value, "[") || strings.HasPrefix(value, "{") && !strings.HasPrefix(value, "{{") {
		if root, problem := parse([]byte(value)); problem == nil && root != nil {
			return root
		}
	}
	return text(value, line)
}
