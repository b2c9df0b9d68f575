// Command owgen turns a declarative profile into a deployment of OpenWISP that docker compose starts.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/sirupsen/logrus"

	"github.com/owgen/owgen/generator/diag"
)

// The exit codes: 1 is for findings or a difference, 2 for usage, 3 for the environment.
const (
	exitFindings    = 1
	exitUsage       = 2
	exitEnvironment = 3
)

type cli struct {
	Generate   generateCmd   `cmd:"" help:"Make a bundle, or make it again."`
	Init       initCmd       `cmd:"" help:"Write an owgen.yaml: ask on a terminal, or take flags."`
	Import     importCmd     `cmd:"" help:"Take over an installation of docker-openwisp or ansible-openwisp2."`
	Check      checkCmd      `cmd:"" help:"Compare a bundle with what its input gives."`
	Diff       diffCmd       `cmd:"" help:"Say what a change of the input or of owgen does, and what it costs."`
	Graph      graphCmd      `cmd:"" help:"Draw the architecture: networks, services, volumes, published ports, who waits for whom."`
	Explain    explainCmd    `cmd:"" help:"Explain a setting, service, capability or rule, with its value and what a change of it costs."`
	Lint       lintCmd       `cmd:"" help:"Apply all rules to a bundle, or to anybody's Compose project."`
	Docs       docsCmd       `cmd:"" help:"Write the reference of settings, services, commands and rules, and the schema for editors."`
	Doctor     doctorCmd     `cmd:"" help:"Say whether this machine and its Docker engine can run a bundle, and what to do if not."`
	Package    packageCmd    `cmd:"" help:"Pack a bundle into a release: reproducible, without secrets, with checksums, a bill of materials and a signature."`
	Verify     verifyCmd     `cmd:"" help:"Verify a release, and name what is wrong with it."`
	List       listCmd       `cmd:"" help:"List profiles, services, settings, capabilities or rules."`
	Completion completionCmd `cmd:"" help:"Print the completion for a shell."`
	Complete   completeCmd   `cmd:"" hidden:"" help:"Answer a shell that completes a command line."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
}

// terminal is what commands read and write beside their bundle.
type terminal struct {
	ctx    context.Context
	in     io.Reader // answers
	out    io.Writer // data
	errs   io.Writer // everything for people while data goes to out
	colour bool
	redraw bool // errs is a terminal
}

func main() {
	debug.SetGCPercent(400)      // a short process: collecting garbage costs more than the garbage
	logrus.SetOutput(io.Discard) // compose-go logs what the findings say already
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command line and returns the exit code.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	t := &terminal{ctx: ctx, in: os.Stdin, out: stdout, errs: stderr, colour: hasColour(stderr), redraw: isTerminal(stderr)}
	code := -1
	parser, err := kong.New(&cli{}, kong.Name("owgen"), kong.Writers(stdout, stderr), kong.Exit(func(c int) { code = c }),
		kong.Description("Turns a profile into a complete, validated and hardened deployment of OpenWISP."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Bind(t))
	if err != nil {
		fmt.Fprintln(stderr, "owgen:", err)
		return exitUsage
	}
	command, err := parser.Parse(args)
	if code >= 0 { // kong has printed the help
		return code
	}
	if err != nil {
		fmt.Fprintf(stderr, "owgen: %s\n  hint: `owgen --help` and `owgen COMMAND --help` say what each takes\n", err)
		return exitUsage
	}
	return t.report(command.Run())
}

// report prints an error and returns its exit code.
func (t *terminal) report(err error) int {
	var coded interface{ ExitCode() int }
	var findings diag.List
	switch {
	case err == nil:
		return 0
	case errors.As(err, &findings):
		t.findings(findings)
		return exitFindings
	case errors.As(err, &coded):
		fmt.Fprintln(t.errs, "owgen:", err)
		return coded.ExitCode()
	}
	fmt.Fprintln(t.errs, "owgen:", err)
	return exitFindings
}

// findings prints all findings and how many there are.
func (t *terminal) findings(list diag.List) {
	t.show(list)
	if n := len(list.Errors()); n > 0 {
		fmt.Fprintf(t.errs, "%d %s; nothing was written\n", n, plural(n, "error", "errors"))
	}
}

// show prints findings.
func (t *terminal) show(list diag.List) {
	for _, f := range list {
		colour := "31"
		if f.Severity == diag.Warning {
			colour = "33"
		}
		fmt.Fprintln(t.errs, t.paint(colour, f.String()))
	}
}

// printJSON prints a value for scripts.
func printJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

func (t *terminal) paint(code, text string) string {
	if !t.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
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

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// usageError is a command line that cannot be obeyed.
type usageError struct{ message, hint string }

func (e usageError) Error() string {
	if e.hint == "" {
		return e.message
	}
	return e.message + "\n  hint: " + e.hint
}

// ExitCode makes it a usage error for main.
func (usageError) ExitCode() int { return exitUsage }
