package dockerfile

import (
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"mvdan.cc/sh/v3/syntax"

	"github.com/owgen/owgen/generator/shellwords"
)

// script returns what a RUN hands to the shell, its here-documents included; "" for the exec form and for programs in
// another language.
func script(c *instructions.RunCommand) string {
	if !c.PrependShell {
		return ""
	}
	line := strings.Join(c.CmdLine, " ")
	if len(c.Files) == 1 && strings.TrimLeft(line, "<-") == quotedName(line, c.Files[0].Name) { // the document is the script
		data := c.Files[0].Data
		if first, _, _ := strings.Cut(data, "\n"); strings.HasPrefix(first, "#!") && !strings.HasSuffix(first, "sh") {
			return ""
		}
		return data
	}
	var b strings.Builder
	b.WriteString(line)
	for _, file := range c.Files {
		b.WriteString("\n" + file.Data + file.Name)
	}
	return b.String()
}

// quotedName is the name of a here-document as it is written in the line.
func quotedName(line, name string) string {
	for _, quote := range []string{`"`, `'`} {
		if strings.Contains(line, quote+name+quote) {
			return quote + name + quote
		}
	}
	return name
}

// checkRun applies the rules about shell commands to one RUN.
func (e *evaluation) checkRun(s *stage, c *instructions.RunCommand) {
	line := startLine(c.Location())
	file := shellwords.Parse(script(c))
	if file == nil {
		return
	}
	updates, cleans := false, mountsLists(c)
	for _, call := range shellwords.Calls(file) {
		switch path.Base(call[0]) {
		case "apt-get", "apt", "aptitude":
			updates = updates || slices.Contains(call, "update")
			e.checkApt(call, line)
		case "rm", "find":
			cleans = cleans || slices.ContainsFunc(call, func(word string) bool { return strings.Contains(word, "/var/lib/apt") })
		}
	}
	if shell := runsDownload(file); shell != "" {
		e.image.report("pipe-to-shell", line, shell)
	}
	if updates && !cleans {
		s.lists = append(s.lists, line)
	}
}

// runsDownload says how a script runs what it downloads, "" if it does not.
func runsDownload(file *syntax.File) string {
	found := ""
	syntax.Walk(file, func(node syntax.Node) bool {
		switch n := node.(type) {
		case *syntax.BinaryCmd:
			piped := n.Op == syntax.Pipe || n.Op == syntax.PipeAll
			if calls := shellwords.Calls(n.Y); piped && len(calls) > 0 && isShell(calls[0]) && downloads(n.X) {
				found = "a download is piped into " + calls[0][0]
			}
		case *syntax.CallExpr:
			if call := shellwords.Call(n); len(call) > 0 && executes(call) && downloads(n) {
				found = "the output of a download is run"
			}
		}
		return found == ""
	})
	return found
}

// executes tells whether a command runs its arguments, or what they stand for.
func executes(call []string) bool {
	switch path.Base(call[0]) {
	case "eval", "source", ".":
		return true
	}
	return isInterpreter(call)
}

// downloads tells whether something in a part of a script fetches from the network.
func downloads(node syntax.Node) bool {
	return slices.ContainsFunc(shellwords.Calls(node), func(call []string) bool {
		return slices.Contains([]string{"curl", "wget"}, path.Base(call[0]))
	})
}

// checkApt checks a call of apt.
func (e *evaluation) checkApt(words []string, line int) {
	if !slices.Contains(words, "install") {
		return
	}
	has := func(test func(word string) bool) bool { return slices.ContainsFunc(words, test) }
	if !has(func(w string) bool {
		return w == "--no-install-recommends" || w == "--without-recommends" || strings.HasPrefix(w, "APT::Install-Recommends=") ||
			strings.HasPrefix(w, "-oAPT::Install-Recommends=")
	}) {
		e.image.report("apt-recommends", line, "installs recommended packages as well")
	}
	if !has(func(w string) bool {
		short := strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "--")
		return w == "--yes" || w == "--assume-yes" || short && strings.Contains(w, "y") || short && strings.Contains(w, "qq")
	}) {
		e.image.report("apt-unattended", line, "apt asks whether to install")
	}
}

// isShell tells whether a command runs what it reads.
func isShell(words []string) bool {
	return isInterpreter(words) && !slices.ContainsFunc(words[1:], func(w string) bool { return w == "-c" || w == "-m" || w == "-e" })
}

func isInterpreter(words []string) bool {
	return slices.Contains([]string{"sh", "bash", "dash", "ash", "zsh", "ksh", "perl", "ruby", "node", "python", "python3"}, path.Base(words[0]))
}

// mountsLists tells whether a RUN has apt's lists on a mount that is not part of the image.
func mountsLists(c *instructions.RunCommand) bool {
	return slices.ContainsFunc(instructions.GetMounts(c), func(mount *instructions.Mount) bool {
		target := strings.TrimSuffix(mount.Target, "/")
		return target == "/var/lib/apt" || target == "/var/lib/apt/lists"
	})
}
