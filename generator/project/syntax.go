package project

import (
	"slices"
	"sort"
	"strings"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lazy"
)

// withoutSyntaxFaults are the sources without what is no YAML, and a finding for each fault. What is left out is the
// service, or the other entry, that the parser stumbles over: its lines become empty, so that all else keeps its place.
func (r *Reading) withoutSyntaxFaults() (Sources, diag.List) {
	rest := r.Sources
	rest.Overrides = append([]Text(nil), r.Overrides...)
	var found diag.List
	rest.Compose = r.mended(rest.File, rest.Compose, &found)
	for i, text := range rest.Overrides {
		rest.Overrides[i].Data = r.mended(text.Name, text.Data, &found)
	}
	return rest, found
}

// maxFaults is how many faults of a file's syntax are looked for.
const maxFaults = 10

// mended is a text without what is no YAML, or the text as it was where too much is wrong with it.
func (r *Reading) mended(name string, data []byte, found *diag.List) []byte {
	text := data
	for range maxFaults {
		_, err := parse(text)
		if err == nil {
			return text
		}
		lines := strings.SplitAfter(string(text), "\n")
		first, last := faultyLines(lines)
		fault := (&Reading{Sources: Sources{File: name, Compose: joined(lines[:last])}}).syntaxFault(err)
		fault.Line = min(max(fault.Line, first+1), last)
		found.Add(fault)
		shorter, path := withoutLines(lines, first, last)
		if shorter == nil {
			return data
		}
		r.TakenOut += difference(text, shorter)
		r.removed = append(r.removed, path)
		text = shorter
	}
	if Parse(text) == nil {
		return data
	}
	return text
}

// faultyLines are the first entry that makes the text before its end no YAML. The parser's line is that of what it was
// in the middle of, or of the quote that ends the wrong value.
func faultyLines(lines []string) (first, last int) {
	ends := []int{}
	for _, e := range entries(lines) {
		ends = append(ends, e.first)
	}
	ends = append(ends, len(lines))
	at := sort.Search(len(ends)-1, func(i int) bool { return Parse(joined(lines[:ends[i]])) == nil })
	if at > 0 {
		first = ends[at-1]
	}
	return first, ends[at]
}

// withoutLines takes out the entry that begins there, or if that does not help, what it is part of. It returns nil if nothing
// helps.
func withoutLines(lines []string, first, last int) (shorter []byte, path string) {
	if merged := withoutConflict(lines, first); merged != nil {
		return merged, ""
	}
	for _, e := range slices.Backward(entries(lines)) {
		if e.first > first || e.last <= first {
			continue
		}
		out := e.takenOut(lines)
		if Parse(joined(out[:last])) != nil {
			return joined(out), strings.Join(e.path, ".")
		}
	}
	return nil, ""
}

func joined(lines []string) []byte { return []byte(strings.Join(lines, "")) }

// difference are the lines of a text that are others in its successor, which has as many.
func difference(text, shorter []byte) string {
	left := strings.SplitAfter(string(shorter), "\n")
	var out strings.Builder
	for i, line := range strings.SplitAfter(string(text), "\n") {
		if i >= len(left) || line != left[i] {
			out.WriteString(line)
		}
	}
	return out.String()
}

// withoutConflict keeps the first version of what git could not merge, if that begins at the line; else it is nil.
func withoutConflict(lines []string, first int) []byte {
	if first >= len(lines) || !strings.HasPrefix(lines[first], "<<<<<<< ") {
		return nil
	}
	out := slices.Clone(lines)
	other := false
	for i, text := range lines[first:] {
		other = other || strings.HasPrefix(text, "=======") || strings.HasPrefix(text, "||||||| ")
		if other || i == 0 {
			out[first+i] = "\n"
		}
		if strings.HasPrefix(text, ">>>>>>> ") {
			break
		}
	}
	return joined(out)
}

// An entry is a block of lines that stands for something by itself.
type entry struct {
	path        []string // services, web, ports; none for a line that is nothing
	first, last int      // indexes of lines, last not included
}

var keyLine = lazy.Regexp(`^ *["']?([A-Za-z0-9_][A-Za-z0-9_.-]*)["']?:(\s|$)`)

// entries are the sections, what is in them, and the attributes of that, as far as the indentation shows them.
func entries(lines []string) []entry {
	var found []entry
	var open []int    // the entries around the line, as indexes of found
	var indents []int // of their keys
	for i, text := range lines {
		trimmed := strings.TrimSpace(text)
		if trimmed == "" || trimmed[0] == '#' || text[0] == '\t' {
			continue
		}
		indent := len(text) - len(strings.TrimLeft(text, " "))
		key := keyLine().FindStringSubmatch(text)
		if key == nil && indent == 0 {
			found = append(found, entry{first: i, last: i + 1})
		}
		for key != nil && len(open) > 0 && indents[len(open)-1] >= indent {
			found[open[len(open)-1]].last = i
			open, indents = open[:len(open)-1], indents[:len(open)-1]
		}
		if key == nil || len(open) == 3 {
			continue
		}
		e := entry{first: i, last: len(lines), path: []string{key[1]}}
		if len(open) > 0 {
			e.path = append(slices.Clone(found[open[len(open)-1]].path), key[1])
		}
		open, indents = append(open, len(found)), append(indents, indent)
		found = append(found, e)
	}
	return found
}

// takenOut is a text without the entry, with something harmless of its name in the first of its lines.
func (e entry) takenOut(lines []string) []string {
	out := slices.Clone(lines)
	for i := e.first; i < e.last; i++ {
		out[i] = "\n"
	}
	if len(e.path) > 1 {
		text := lines[e.first]
		out[e.first] = text[:len(text)-len(strings.TrimLeft(text, " "))] + e.standIn() + "\n"
	}
	return out
}

// standIn is what an entry is replaced with, so that others may refer to it.
func (e entry) standIn() string {
	name := e.path[len(e.path)-1]
	switch section := e.path[0]; {
	case len(e.path) == 3 && section == "services" && (name == "image" || name == "build"):
		return "image: " + standInImage
	case len(e.path) == 3:
		return "x-" + name + ": null"
	case section == "services":
		return `"` + name + `": {image: ` + standInImage + "}"
	case section == "secrets" || section == "configs":
		return `"` + name + `": {external: true}`
	}
	return `"` + name + `": null`
}
