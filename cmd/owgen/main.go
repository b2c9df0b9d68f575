// Command owgen turns a declarative profile into a deployment of OpenWISP that docker compose starts.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/sirupsen/logrus"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dialogue"
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
	Import     importCmd     `cmd:"" help:"Take over an installation of docker-openwisp, ansible-openwisp2 or kopano-docker."`
	Check      checkCmd      `cmd:"" help:"Compare a bundle with what its input gives."`
	Diff       diffCmd       `cmd:"" help:"Say what a change of the input or of owgen does, and what it costs."`
	Graph      graphCmd      `cmd:"" help:"Draw the architecture: networks, services, volumes, published ports, who waits for whom."`
	Explain    explainCmd    `cmd:"" help:"Explain whatever has a name: a setting with its value and what a change of it costs, a service, a secret, a rule."`
	Lint       lintCmd       `cmd:"" help:"Apply all rules to a bundle, or to anybody's Compose project."`
	Docs       docsCmd       `cmd:"" help:"Write the reference of settings, services, commands and rules, and the schema for editors."`
	Doctor     doctorCmd     `cmd:"" help:"Say whether this machine and its Docker engine can run a bundle, and what to do if not."`
	Package    packageCmd    `cmd:"" help:"Pack a bundle into a release: reproducible, without secrets, with checksums, a bill of materials and a signature."`
	Verify     verifyCmd     `cmd:"" help:"Verify a release, and name what is wrong with it."`
	Plan       planCmd       `cmd:"" help:"Say what a number of devices asks for, which size bears it, and why."`
	List       listCmd       `cmd:"" help:"List profiles, services, settings, capabilities or rules."`
	Completion completionCmd `cmd:"" help:"Print the completion for a shell."`
	Complete   completeCmd   `cmd:"" hidden:"" help:"Answer a shell that completes a command line."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
}

func main() {
	collectLater()
	quiet()
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// collectLater leaves the garbage of a short process, the first 20 MB: collecting costs more than it. From the first
// collection on, a long one keeps to four times what it uses.
func collectLater() {
	debug.SetGCPercent(500)
	runtime.AddCleanup(new([64]byte), func(int) { debug.SetGCPercent(500) }, 0)
}

// quiet keeps compose-go from logging what the findings say already, and from writing lines that nobody reads.
func quiet() {
	logrus.SetOutput(io.Discard)
	logrus.SetLevel(logrus.PanicLevel)
}

// run executes one command line and returns the exit code.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	out := &checked{Writer: stdout}
	t := &terminal{in: os.Stdin, out: out, errs: stderr, colour: hasColour(stderr), outColour: hasColour(stdout), redraw: isTerminal(stderr)}
	code := -1
	parser, err := kong.New(&cli{}, kong.Name("owgen"), kong.Writers(out, stderr), kong.Exit(func(c int) { code = c }),
		kong.Description("Turns a profile into a complete, validated and hardened deployment of OpenWISP."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Bind(t), kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		say(stderr, "owgen: %s\n", err)
		return exitUsage
	}
	command, err := parser.Parse(args)
	if code >= 0 { // kong has printed the help
		return t.delivered(out, code)
	}
	if out.err != nil {
		return t.delivered(out, exitEnvironment)
	}
	if err != nil {
		say(stderr, "owgen: %s\n  hint: %s\n", err, usageHint(args, err))
		return exitUsage
	}
	t.json, t.reads, t.named = wantsJSON(command), reads(command), namesIn(command)
	return t.delivered(out, t.report(interruptible(ctx, stop, func() error { return command.Run() })))
}

// usageHint says where the command that somebody has mistyped is described.
func usageHint(args []string, err error) string {
	var wrong *kong.ParseError
	if len(args) > 0 && slices.Contains([]string{"-v", "-V", "--version"}, args[0]) {
		return "`owgen version` prints the version"
	}
	if errors.As(err, &wrong) && wrong.Context != nil && wrong.Context.Selected() != nil {
		return "`owgen " + wrong.Context.Selected().Name + " --help` says what it takes"
	}
	return "`owgen --help` shows the commands, and `owgen COMMAND --help` what each takes"
}

// wantsJSON says whether the command line asks for JSON, in one of the two ways.
func wantsJSON(command *kong.Context) bool {
	for _, flag := range command.Flags() {
		if flag.Name == "json" && flag.Target.Bool() || flag.Name == "format" && flag.Target.String() == "json" {
			return true
		}
	}
	return false
}

// reads tells of the commands that write nothing, whatever their flags are.
func reads(command *kong.Context) bool {
	word, _, _ := strings.Cut(command.Command(), " ")
	return slices.Contains([]string{"check", "diff", "doctor", "explain", "lint", "list", "plan", "verify"}, word)
}

// patience is how long a command may take to end by itself once it is interrupted.
var patience = time.Second

// interruptible ends what does not look at its context: reading a slow disk, or a lot of work. What is being written
// is journalled, so that nothing is lost. A second signal ends the process at once.
func interruptible(ctx context.Context, stop func(), run func() error) error {
	context.AfterFunc(ctx, stop)
	done := make(chan error, 1)
	go func() { done <- run() }()
	select {
	case err := <-done:
		return ended(ctx, err)
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return ended(ctx, err)
	case <-time.After(patience):
		return interruptedError{}
	}
}

// ended is how a command ended. What was found in a half of the work is no fault of the input's.
func ended(ctx context.Context, err error) error {
	var found diag.List
	if ctx.Err() != nil && errors.As(err, &found) && !slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Rule == dialogue.RuleStopped }) {
		return interruptedError{}
	}
	return err
}

// interruptedError says that a command was left in the middle of its work.
type interruptedError struct{}

func (interruptedError) Error() string { return "interrupted" }

// ExitCode makes it an error of the environment for main.
func (interruptedError) ExitCode() int { return exitEnvironment }

// delivered is the exit code, unless what was to be printed has not arrived: then nobody may believe the rest.
func (t *terminal) delivered(out *checked, code int) int {
	if out.err == nil {
		return code
	}
	say(t.errs, "owgen: standard output: %s\n", out.err)
	return exitEnvironment
}
