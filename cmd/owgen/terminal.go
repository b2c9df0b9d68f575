package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/owgen/owgen/generator/diag"
)

// terminal is what commands read and write beside their bundle.
type terminal struct {
	in        io.Reader // answers
	out       io.Writer // data
	errs      io.Writer // everything for people while data goes to out
	colour    bool      // of errs
	outColour bool
	redraw    bool // errs is a terminal
	json      bool // scripts read out, findings included
	reads     bool // the command never writes, and need not say so
	named     names
}

// report prints an error and returns its exit code. For scripts it is JSON as well, unless the command has said
// something already.
func (t *terminal) report(err error) int {
	if out, ok := t.out.(*checked); ok && t.json && err != nil && !out.written {
		_ = printJSON(t.out, failureOf(err)) // delivered tells where that fails
	}
	var coded interface{ ExitCode() int }
	var findings diag.List
	switch {
	case err == nil:
		return 0
	case errors.As(err, &findings):
		t.findings(findings)
		if t.named.mistaken(err) {
			return exitUsage
		}
		return exitFindings
	case errors.As(err, &coded):
		say(t.errs, "owgen: %s\n", painted(err.Error()))
		if t.named.mistaken(err) {
			return exitUsage
		}
		return coded.ExitCode()
	}
	say(t.errs, "owgen: %s\n", err)
	return exitFindings
}

// A failure is an error for scripts.
type failure struct {
	Error    string    `json:"error,omitempty"`
	Hint     string    `json:"hint,omitempty"`
	Findings diag.List `json:"findings"`
}

func failureOf(err error) failure {
	var found diag.List
	if errors.As(err, &found) {
		return failure{Findings: found}
	}
	message, hint, _ := strings.Cut(err.Error(), "\n  hint: ")
	return failure{Error: message, Hint: hint, Findings: diag.List{}}
}

// findings prints all findings and how many there are.
func (t *terminal) findings(list diag.List) {
	t.show(list)
	if n := len(list.Errors()); n > 0 {
		end := "; nothing was written"
		if t.reads {
			end = ""
		}
		say(t.errs, "%d %s%s\n", n, plural(n, "error", "errors"), end)
	}
}

// show prints findings.
func (t *terminal) show(list diag.List) {
	for _, f := range list {
		say(t.errs, "%s\n", paintFinding(f, t.colour))
	}
}

// paintFinding is a finding in the colour of its severity.
func paintFinding(f diag.Finding, colour bool) painted {
	code := "31"
	if f.Severity == diag.Warning {
		code = "33"
	}
	return paint(colour, code, painted(f.String()))
}

// painted is a text that is printed as it is: it holds our own colours and lines, and nothing of others'.
type painted string

// say prints to people. What others wrote, names and values in the arguments, is shown on its line with nothing hidden
// in it: diag.Plain says why.
func say(w io.Writer, format string, args ...any) {
	for i, arg := range args {
		switch text := arg.(type) {
		case painted:
		case string:
			args[i] = diag.Plain(text)
		case error:
			args[i] = diag.Plain(text.Error())
		case fmt.Stringer:
			args[i] = diag.Plain(text.String())
		}
	}
	_, _ = io.WriteString(w, diag.NoCommand(fmt.Sprintf(format, args...))) // who cannot be told cannot be told that either; run knows of standard output
}

// printJSON prints a value for scripts.
func printJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

func (t *terminal) paint(code, text string) painted {
	return paint(t.colour, code, painted(diag.Plain(text)))
}

func paint(colour bool, code string, text painted) painted {
	if !colour {
		return text
	}
	return "\x1b[" + painted(code) + "m" + text + "\x1b[0m"
}

// hasColour is true on a terminal, unless NO_COLOR says otherwise.
func hasColour(w io.Writer) bool { return os.Getenv("NO_COLOR") == "" && isTerminal(w) }

// isTerminal is true where somebody watches, and lines can be drawn anew.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// checked remembers that something could not be written.
type checked struct {
	io.Writer
	written bool
	err     error
}

func (c *checked) Write(data []byte) (int, error) {
	c.written = c.written || len(data) > 0
	n, err := c.Writer.Write(data)
	if err != nil && c.err == nil {
		c.err = err
	}
	return n, err
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
