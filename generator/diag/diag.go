// Package diag holds findings: what is wrong, where, and what to do about it.
package diag

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Severity says whether a finding stops the work.
type Severity int

// An Error stops the work; a Warning is reported and the work goes on.
const (
	Error Severity = iota
	Warning
)

func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// MarshalText makes the severity a word in JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// A Finding is one thing that is wrong. File and Line say where it was written, Path is the
// dotted path of the setting or of the Compose attribute; each may be empty where it means nothing.
// Message never holds the value of a secret.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	File     string   `json:"file,omitempty"`
	Line     int      `json:"line,omitempty"`
	Path     string   `json:"path,omitempty"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"`
}

// String renders the finding as "file:line: path: message [rule]" and its hint on a second line. Nothing in it can
// begin a line of its own.
func (f Finding) String() string {
	var b strings.Builder
	b.WriteString(f.Place() + f.Severity.String() + ": ")
	if f.Path != "" {
		b.WriteString(Plain(f.Path) + ": ")
	}
	b.WriteString(Plain(f.Message))
	if f.Rule != "" {
		fmt.Fprintf(&b, " [%s]", f.Rule)
	}
	if f.Hint != "" {
		b.WriteString("\n  hint: " + Plain(f.Hint))
	}
	return b.String()
}

// A Place is where the input says something: the file and line of a value, and the setting that it is the value of.
type Place struct {
	File string
	Line int
	Path string
}

// At puts a finding where the input says what it is about, if it says so anywhere.
func (f Finding) At(p Place) Finding {
	if p.File != "" {
		f.File, f.Line, f.Path = p.File, p.Line, p.Path
	}
	return f
}

// Beside takes file and line from where the input says what has led to the finding, if it says so anywhere.
func (f Finding) Beside(p Place) Finding {
	if p.File != "" {
		f.File, f.Line = p.File, p.Line
	}
	return f
}

// Place renders where the finding is as "file:line: ", or as nothing.
func (f Finding) Place() string {
	switch {
	case f.File == "":
		return ""
	case f.Line > 0:
		return fmt.Sprintf("%s:%d: ", Plain(f.File), f.Line)
	}
	return Plain(f.File) + ": "
}

// List collects findings; all of them are reported, not the first.
type List []Finding

// Add appends findings.
func (l *List) Add(findings ...Finding) { *l = append(*l, findings...) }

// Sort orders findings by file, line, path, rule and message, and drops repeated ones.
func (l List) Sort() List {
	slices.SortStableFunc(l, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(l)
}

// Errors returns the findings of severity Error.
func (l List) Errors() List { return l.of(Error) }

// Warnings returns the findings of severity Warning.
func (l List) Warnings() List { return l.of(Warning) }

func (l List) of(s Severity) List {
	var out List
	for _, f := range l {
		if f.Severity == s {
			out = append(out, f)
		}
	}
	return out
}

// Err returns the list as an error when it holds an Error, and nil otherwise.
func (l List) Err() error {
	if len(l.Errors()) == 0 {
		return nil
	}
	return l
}

// Error renders one finding a line.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, f := range l {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// Softened are the findings as warnings: where nothing is written, nothing is stopped.
func (l List) Softened() List {
	out := slices.Clone(l)
	for i := range out {
		out[i].Severity = Warning
	}
	return out
}

// Within are the findings about a folder's files, which they name as they are found from here. What has a line, or is a flag, is about
// the input, and has its place already.
func (l List) Within(dir string) List {
	out := slices.Clone(l)
	for i, f := range out {
		if f.Line == 0 && f.File != "--set" {
			out[i].File = filepath.ToSlash(filepath.Join(dir, f.File))
		}
	}
	return out
}
