package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/owgen/owgen/generator/diag"
)

// table prints lines in columns. On a terminal each fits into its width, where the last column, which is prose, goes on below
// itself; in a pipe each is one line, with nothing cut off.
func (t *terminal) table(lines [][]string) error {
	return writeTable(t.out, t.width(), lines)
}

// width is that of the terminal that out is; 0 where it is none.
func (t *terminal) width() int {
	out := t.out
	if c, ok := out.(*checked); ok {
		out = c.Writer
	}
	f, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		return width
	}
	return 80
}

// On a terminal a column between the first, which is a name, and the last, which is prose, has no more than a share of it; and
// where less than what is legible is left for the last, it stands below the others.
const (
	legible = 30
	share   = 5
	gap     = 2
)

// writeTable writes lines in columns; width is 0 where nothing has to fit.
func writeTable(w io.Writer, width int, lines [][]string) error {
	if len(lines) == 0 {
		return nil
	}
	var widths []int
	for _, line := range lines {
		for i := range line {
			line[i] = diag.Plain(line[i])
			if i > 0 && i < len(line)-1 && width > 0 {
				line[i] = cut(line[i], width/share)
			}
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(line[i]))
		}
	}
	indent := 0
	for _, n := range widths[:max(len(widths)-1, 0)] {
		indent += n + gap
	}
	below := width > 0 && width-indent < min(legible, widths[len(widths)-1])
	if below {
		indent = 2 * gap
	}
	for _, line := range lines {
		head, last := "", len(line)-1
		for i, text := range line[:last] {
			head += text + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text)+gap)
		}
		parts := []string{line[last]}
		if width > 0 {
			parts = wrap(line[last], width-indent)
		}
		if below {
			parts = append([]string{""}, parts...)
			head = cut(strings.TrimRight(head, " "), width)
		}
		text := head + strings.Join(parts, "\n"+strings.Repeat(" ", indent))
		if _, err := fmt.Fprintln(w, diag.NoCommand(strings.TrimRight(text, " "))); err != nil {
			return err
		}
	}
	return nil
}

// cut shortens a text, and shows that.
func cut(text string, room int) string {
	if runes := []rune(text); len(runes) > room {
		return string(runes[:room-1]) + "…"
	}
	return text
}

// wrap breaks a text between its words, so that no line is longer than room but one that is a single word.
func wrap(text string, room int) []string {
	if utf8.RuneCountInString(text) <= room {
		return []string{text}
	}
	var out []string
	for _, word := range strings.Fields(text) {
		last := len(out) - 1
		if last >= 0 && utf8.RuneCountInString(out[last])+1+utf8.RuneCountInString(word) <= room {
			out[last] += " " + word
		} else {
			out = append(out, word)
		}
	}
	return out
}
