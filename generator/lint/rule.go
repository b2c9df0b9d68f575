// Package lint checks a Compose project: the compose file, its .env and the Dockerfiles that it builds. Package project
// reads the former, package dockerfile the latter; here are the rules, excuses and reports.
// It works on anybody's project and knows no service by name. Each rule has an id, a severity, a reason
// and a fix; a finding can be excused in place by a comment that gives a reason of its own.
package lint

import (
	"slices"
	"sync"

	"github.com/owgen/owgen/generator/diag"
)

// A Rule is one thing that is checked, documented as data for `explain`, the reference and SARIF.
type Rule struct {
	ID       string        // what findings and excuses name it by
	Severity diag.Severity // the worst that a finding of it can have
	Summary  string        // what must hold
	Reason   string        // why it must
	Fix      string        // what to do about a finding: its hint, unless the finding has a better one
	Docs     string        // address of further documentation, where somebody else wrote it

	// Check returns the findings with line, path and message; the rest is filled in from the rule.
	// It is nil for what is found while the project is read.
	Check func(*Subject) diag.List
}

// Rules returns all rules in the order in which the reference lists them.
func Rules() []Rule {
	return slices.Concat(
		readingRules(),
		variableRules(),
		scalarRules(),
		referenceRules(),
		conflictRules(),
		dependencyRules(),
		portRules(),
		networkRules(),
		imageRules(),
		secretRules(),
		privilegeRules(),
		isolationRules(),
		limitRules(),
		styleRules(),
		dockerfileRules(),
		aptRules(),
		buildkitRules(),
		excuseRules(),
	)
}

// Run applies all rules, side by side, and returns what is not excused, sorted.
func Run(p *Subject) diag.List {
	rules := Rules()
	found := make([]diag.List, len(rules))
	var group sync.WaitGroup
	for i, rule := range rules {
		if rule.Check != nil {
			group.Go(func() { found[i] = complete(rule, p, rule.Check(p)) })
		}
	}
	group.Wait()
	return p.excuse(rules, slices.Concat(found...)).Sort()
}

// complete fills in what a rule's findings share. A check may soften its rule's severity, never raise it.
func complete(rule Rule, p *Subject, found diag.List) diag.List {
	for i := range found {
		f := &found[i]
		f.Rule = rule.ID
		f.Severity = max(f.Severity, rule.Severity)
		if f.File == "" {
			f.File = p.File
		}
		if f.Hint == "" {
			f.Hint = rule.Fix
		}
	}
	return found
}

// ExceptionRule names the rule that a service breaks by setting the attribute otherwise than hardened,
// so that whoever prints an exception can print its excuse; "" where no rule minds.
func ExceptionRule(attribute string) string {
	switch attribute {
	case "user":
		return "container-root"
	case "read_only":
		return "writable-root"
	case "cap_add":
		return "capability-added"
	case "cap_drop":
		return "capabilities-kept"
	case "security_opt":
		return "new-privileges"
	case "devices":
		return "host-device"
	case "privileged":
		return "privileged"
	case "network_mode", "pid", "ipc", "uts", "userns_mode":
		return "host-namespace"
	case "healthcheck":
		return "no-probe"
	case "restart":
		return "no-restart"
	case "mem_limit":
		return "no-memory-limit"
	case "pids_limit":
		return "no-pids-limit"
	case "logging":
		return "no-log-limit"
	}
	return ""
}
