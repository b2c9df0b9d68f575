package diff

import (
	"fmt"
	"strings"

	"github.com/owgen/owgen/generator/diag"
)

// A Paint colours a text for a terminal; the kinds are the costs, "add", "remove" and "strong".
type Paint func(kind, text string) string

// Plain paints nothing.
func Plain(_, text string) string { return text }

var signs = map[Change]string{Added: "+", Removed: "-", Changed: "~"}

// Text renders the report for a terminal.
func (r Report) Text(paint Paint) string {
	var b strings.Builder
	if len(r.Services) == 0 && len(r.Files) == 0 {
		return "nothing changes\n"
	}
	fmt.Fprintf(&b, "%s: %s\n", paint(r.Cost.String(), r.Cost.String()), r.Cost.Explain())
	for i, note := range r.Notes {
		if i == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s  %s\n", paint(note.Cost.String(), fmt.Sprintf("%-12s", note.Cost)), diag.Plain(note.What))
	}
	if len(r.Services) > 0 {
		fmt.Fprintf(&b, "\n%s\n", paint("strong", counts("service", servicesOf(r.Services))))
	}
	width := 0
	for _, s := range r.Services {
		width = max(width, len(diag.Plain(s.Name)))
	}
	for _, s := range r.Services {
		for i, reason := range s.Reasons {
			head := strings.Repeat(" ", width+2)
			if i == 0 {
				head = fmt.Sprintf("%s %-*s", signs[s.Change], width, diag.Plain(s.Name))
			}
			cost := fmt.Sprintf("%-12s", reason.Cost)
			fmt.Fprintf(&b, "%s  %s  %s\n", head, paint(reason.Cost.String(), cost), diag.Plain(reason.What))
		}
	}
	fmt.Fprintf(&b, "\n%s\n", paint("strong", counts("file", filesOf(r.Files))))
	for _, f := range r.Files {
		fmt.Fprintf(&b, "%s %s %s\n", signs[f.Change], diag.Plain(f.Path), f.size())
	}
	for _, f := range r.Files {
		if f.Lines != "" {
			fmt.Fprintf(&b, "\n%s\n%s", paint("strong", diag.Plain(f.Path)), paintLines(f.Lines, paint))
		}
	}
	return b.String()
}

func paintLines(lines string, paint Paint) string {
	var b strings.Builder
	for line := range strings.Lines(lines) {
		body := diag.PlainLines(strings.TrimSuffix(line, "\n"))
		switch line[0] {
		case '+':
			body = paint("add", body)
		case '-':
			body = paint("remove", body)
		}
		b.WriteString(body + "\n")
	}
	return b.String()
}

// size says how many lines of a file differ.
func (f File) size() string {
	var parts []string
	if f.Added > 0 {
		parts = append(parts, "+"+number(f.Added))
	}
	if f.Removed > 0 {
		parts = append(parts, "-"+number(f.Removed))
	}
	return strings.Join(parts, " ")
}

func servicesOf(list []Consequence) (out []Change) {
	for _, s := range list {
		out = append(out, s.Change)
	}
	return out
}

func filesOf(list []File) (out []Change) {
	for _, f := range list {
		out = append(out, f.Change)
	}
	return out
}

// counts says how many things of a kind were added, removed and changed.
func counts(kind string, changes []Change) string {
	var parts []string
	for _, change := range []Change{Changed, Added, Removed} {
		n := 0
		for _, c := range changes {
			if c == change {
				n++
			}
		}
		if n == 1 {
			parts = append(parts, "1 "+kind+" "+string(change))
		} else if n > 1 {
			parts = append(parts, number(n)+" "+kind+"s "+string(change))
		}
	}
	return strings.Join(parts, ", ")
}
