package dockerfile

import (
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
)

// exposed checks EXPOSE, which takes ports and ranges with a protocol.
func (e *evaluation) exposed(s *stage, c *instructions.ExposeCommand, lint *linter.Linter) {
	for _, text := range c.Ports {
		if !e.fits(text, s.env) {
			e.invalid(c, errGrows.Error())
			continue
		}
		ports, err := e.lex.ProcessWords(text, s.env)
		if err != nil {
			e.invalid(c, err.Error())
		}
		for _, port := range ports {
			if problem := portProblem(port); problem != "" {
				e.invalid(c, problem)
				continue
			}
			if strings.Contains(port, "/") && port != strings.ToLower(port) {
				lint.Run(&linter.RuleExposeProtoCasing, c.Location(), linter.RuleExposeProtoCasing.Format(port))
			}
			if strings.Contains(port, ":") {
				lint.Run(&linter.RuleExposeInvalidFormat, c.Location(), linter.RuleExposeInvalidFormat.Format(port))
			}
		}
	}
}

// portProblem says what is wrong with a port of EXPOSE, which ends in port[-port][/protocol].
func portProblem(text string) string {
	port, protocol, _ := strings.Cut(text[strings.LastIndex(text, ":")+1:], "/")
	if !slices.Contains([]string{"", "tcp", "udp", "sctp"}, strings.ToLower(protocol)) {
		return protocol + " is not a protocol"
	}
	first, last, isRange := strings.Cut(port, "-")
	if !isRange {
		last = first
	}
	from, errFrom := strconv.ParseUint(first, 10, 16)
	to, errTo := strconv.ParseUint(last, 10, 16)
	if errFrom != nil || errTo != nil || from > to {
		return port + " is not a port"
	}
	return ""
}

// isSignal tells whether a text names a signal, by number or name, with or without SIG.
func isSignal(text string) bool {
	if number, err := strconv.Atoi(text); err == nil {
		return number > 0 && number <= 64
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(strings.ToUpper(text), "SIG"), "+") // RTMIN+1
	name, _, _ = strings.Cut(name, "-")
	return slices.Contains([]string{"ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE",
		"POLL", "PROF", "PWR", "QUIT", "RTMAX", "RTMIN", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU",
		"UNUSED", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ"}, name)
}
