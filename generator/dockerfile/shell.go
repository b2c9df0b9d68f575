package dockerfile

import (
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// script returns what a RUN hands to the shell, its here-documents included; "" for the exec form.
func script(c *instructions.RunCommand) string {
	if !c.PrependShell {
		return ""
	}
	var b strings.Builder
	b.WriteString(strings.Join(c.CmdLine, " "))
	for _, file := range c.Files {
		b.WriteString("\n" + file.Data)
	}
	return b.String()
}

// commands splits a shell script into its commands, each a list of words, with the operator that ended it.
// It knows quotes, comments and operators, which is enough to recognise calls; it does not run anything.
func commands(script string) []shellCommand {
	sc := &shellScanner{}
	for i := 0; i < len(script); i++ {
		c := script[i]
		switch {
		case sc.quote != 0:
			if c == sc.quote {
				sc.quote = 0
			} else if c == '\\' && sc.quote == '"' && i+1 < len(script) {
				i++
				sc.add(script[i])
			} else {
				sc.add(c)
			}
		case c == '\\' && i+1 < len(script):
			i++
			if script[i] != '\n' {
				sc.add(script[i])
			}
		case c == '\'' || c == '"':
			sc.quote, sc.inWord = c, true
		case c == '#' && !sc.inWord:
			for i+1 < len(script) && script[i+1] != '\n' {
				i++
			}
		case c == ' ' || c == '\t' || c == '\r':
			sc.endWord()
		case c == '&' && (i > 0 && script[i-1] == '>' || i+1 < len(script) && script[i+1] == '>'):
			sc.add(c) // 2>&1 and &> are redirections
		case strings.IndexByte("\n;|&(){}", c) >= 0 && (c != '{' && c != '}' || !sc.inWord):
			sc.endCommand(c)
		default:
			sc.add(c)
		}
	}
	sc.endCommand(0)
	return sc.commands
}

// A shellCommand is one command of a script.
type shellCommand struct {
	words []string
	piped bool // its output goes into the next one
}

type shellScanner struct {
	commands []shellCommand
	words    []string
	word     []byte
	inWord   bool
	quote    byte
}

func (sc *shellScanner) add(c byte) { sc.word, sc.inWord = append(sc.word, c), true }

func (sc *shellScanner) endWord() {
	if sc.inWord {
		sc.words = append(sc.words, string(sc.word))
	}
	sc.word, sc.inWord = nil, false
}

func (sc *shellScanner) endCommand(operator byte) {
	sc.endWord()
	if words := program(sc.words); len(words) > 0 {
		sc.commands = append(sc.commands, shellCommand{words, operator == '|'})
	} else if operator == '|' && len(sc.commands) > 0 {
		sc.commands[len(sc.commands)-1].piped = false // "||"
	}
	sc.words = nil
}

// program drops what stands before the program in a command: assignments, words of the shell's grammar, wrappers.
func program(words []string) []string {
	for len(words) > 0 {
		first := words[0]
		name, _, assigned := strings.Cut(first, "=")
		switch {
		case assigned && name != "" && strings.Trim(strings.ToUpper(name), "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "":
		case slices.Contains([]string{"if", "then", "else", "elif", "do", "while", "until", "!", "{", "sudo", "exec", "env", "time", "eatmydata", "nice"}, first):
		default:
			return words
		}
		words = words[1:]
	}
	return nil
}

// checkRun applies the rules about shell commands to one RUN.
func (e *evaluation) checkRun(s *stage, c *instructions.RunCommand) {
	text := script(c)
	line := startLine(c.Location())
	all := commands(text)
	updates := false
	for i, command := range all {
		name := command.words[0][strings.LastIndex(command.words[0], "/")+1:]
		switch name {
		case "apt-get", "apt", "aptitude":
			updates = updates || slices.Contains(command.words, "update")
			e.checkApt(command.words, line)
		case "curl", "wget":
			if i+1 < len(all) && command.piped && isShell(all[i+1].words) {
				e.image.report("pipe-to-shell", line, "a download is piped into "+all[i+1].words[0])
			}
		}
	}
	for _, call := range []string{"$(curl ", "$(wget ", "<(curl ", "<(wget ", "`curl ", "`wget "} {
		if strings.Contains(text, call) && (strings.Contains(text, "sh -c") || strings.Contains(text, "eval ") || strings.HasPrefix(call, "<")) {
			e.image.report("pipe-to-shell", line, "the output of a download is run")
			break
		}
	}
	if updates && !cleansLists(c, text) {
		s.lists = append(s.lists, line)
	}
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
	switch words[0][strings.LastIndex(words[0], "/")+1:] {
	case "sh", "bash", "dash", "ash", "zsh", "ksh", "perl", "ruby", "node", "python", "python3":
		return !slices.ContainsFunc(words[1:], func(w string) bool { return w == "-c" || w == "-m" || w == "-e" })
	}
	return false
}

// cleansLists tells whether a RUN removes apt's lists again, or has them on a mount that is not part of the image.
func cleansLists(c *instructions.RunCommand, text string) bool {
	for _, mount := range instructions.GetMounts(c) {
		target := strings.TrimSuffix(mount.Target, "/")
		if target == "/var/lib/apt" || target == "/var/lib/apt/lists" {
			return true
		}
	}
	return strings.Contains(text, "rm ") && strings.Contains(text, "/var/lib/apt")
}
