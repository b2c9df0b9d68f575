package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/project"
)

// scalarRules are about what YAML makes of a value.
func scalarRules() []Rule {
	return []Rule{
		{ID: "scalar-retyped", Summary: "A text that YAML takes for something else is quoted.",
			Reason: "YAML reads 0123 as the number 83, 1e3 as 1000, null as nothing and a date as a time: the container gets another text than the one written.",
			Fix:    "put the value in quotes", Check: retypedScalars},
		{ID: "scalar-ambiguous", Severity: diag.Warning, Summary: "yes, no, on, off and 1:30 are quoted.",
			Reason: "They are texts for Compose, but truth values and base-60 numbers for YAML 1.1, which other tools and people still read.",
			Fix:    "put the value in quotes, or write true or false where a truth value is meant", Check: ambiguousScalars},
		{ID: "port-unquoted", Severity: diag.Warning, Summary: "Ports are quoted.",
			Reason: "YAML 1.1 reads 22:22 as a number to the base of 60, which is port 1342.",
			Fix:    `put the port in quotes, or use the long syntax with published: "22"`, Check: unquotedPorts},
		{ID: "quotes-kept", Severity: diag.Warning, Summary: "No quotes stand within an item NAME=value of a list.",
			Reason: "YAML takes off only quotes around the whole item: in - NAME=\"value\" they are part of the value, and a password with them is another one.",
			Fix:    `write - "NAME=value", or NAME: "value" as a mapping`, Check: keptQuotes},
		duplicateKeyRule(),
	}
}

func duplicateKeyRule() Rule {
	return Rule{ID: "duplicate-key", Summary: "No key is written twice in a mapping.",
		Reason: "One of the two values is lost, or the file is refused.",
		Fix:    "keep one of them", Check: duplicateKeys}
}

// texts are the attributes below which every value is a text for a container.
func texts() []string {
	return []string{"environment", "labels", "annotations", "args", "command", "entrypoint", "test",
		"driver_opts", "options", "sysctls", "extra_hosts", "ports", "expose"}
}

// plain tells whether a scalar is written without quotes, so that YAML decides on its type.
func plain(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) == 0
}

// retyped returns the text that is left of a plain scalar after YAML has read it.
func retyped(node *yaml.Node) (text string, changed bool) {
	if !plain(node) || node.Tag == "!!str" || node.Tag == "!!merge" {
		return node.Value, false
	}
	var value any
	if node.Decode(&value) != nil {
		return "", true
	}
	text = fmt.Sprint(value)
	return text, text != node.Value
}

func retypedScalars(p *Subject) diag.List {
	names := texts()
	var found diag.List
	project.Walk(p.Document, func(at *project.Trail, node *yaml.Node, isKey bool) {
		if node.Kind != yaml.ScalarNode || at == nil {
			return
		}
		f := p.PlaceOf(at, node).Finding("")
		switch text, changed := retyped(node); {
		case isKey && plain(node) && node.Tag != "!!str" && node.Tag != "!!merge":
			f.Message = "YAML does not read the key " + node.Value + " as a text"
		case isKey || !changed || !at.Under(names...):
			return
		case node.Tag == "!!null" && node.Value == "" && (at.Under("environment") || at.Under("args")) && p.inEnv(at.Key):
			return // Compose takes it from .env
		case node.Tag == "!!null" && node.Value == "" && (at.Under("environment") || at.Under("args")):
			f.Severity = diag.Warning
			f.Message = at.Key + " has no value: Compose takes it from the environment of whoever runs it"
			f.Hint = `write "" for an empty value`
		case node.Tag == "!!null" && node.Value == "":
			return
		case node.Tag == "!!null":
			f.Message = "YAML reads " + node.Value + " as no value"
		default:
			f.Message = "YAML reads " + node.Value + " as " + text
		}
		found.Add(f)
	})
	return found
}

// inEnv tells whether .env defines a variable.
func (p *Subject) inEnv(name string) bool {
	_, defined := project.EnvLines(p.Env, p.Variables)[name]
	return defined
}

func ambiguousScalars(p *Subject) diag.List {
	var found diag.List
	project.Walk(p.Document, func(at *project.Trail, node *yaml.Node, isKey bool) {
		if at == nil || !plain(node) {
			return
		}
		switch {
		case isTruth11(node.Value) && isKey:
			found.Add(p.PlaceOf(at, node).Finding("the key " + node.Value + " is a truth value in YAML 1.1"))
		case isTruth11(node.Value):
			found.Add(p.PlaceOf(at, node).Finding(node.Value + " is a truth value in YAML 1.1"))
		case !isKey && isBase60(node.Value) && !at.Under("ports"):
			found.Add(p.PlaceOf(at, node).Finding(node.Value + " is a number to the base of 60 in YAML 1.1"))
		}
	})
	return found
}

// isTruth11 tells whether YAML 1.1 reads a text as a truth value and YAML 1.2 does not.
func isTruth11(text string) bool {
	switch text {
	case "y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF":
		return true
	}
	return false
}

// isBase60 tells whether YAML 1.1 reads a text as a number to the base of 60: digits, then :00 to :59.
func isBase60(text string) bool {
	parts := strings.Split(text, ":")
	if len(parts) < 2 || parts[0] == "" || !digits(strings.TrimLeft(parts[0], "+-")) {
		return false
	}
	for _, part := range parts[1:] {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || n > 59 || len(part) > 2 || !digits(part) {
			return false
		}
	}
	return true
}

func digits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

func keptQuotes(p *Subject) diag.List {
	var found diag.List
	p.Scalars(func(at *project.Trail, node *yaml.Node) {
		list, _ := at.List()
		if !slices.Contains([]string{"environment", "args", "labels", "annotations", "sysctls", "extra_hosts"}, list) {
			return
		}
		name, value, ok := strings.Cut(node.Value, "=")
		if ok && len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
			found.Add(p.PlaceOf(at, node).Finding("the quotes become part of the value of " + name))
		}
	})
	return found
}

func unquotedPorts(p *Subject) diag.List {
	var found diag.List
	p.Scalars(func(at *project.Trail, node *yaml.Node) {
		if list, _ := at.List(); list == "ports" && strings.Contains(node.Value, ":") && plain(node) {
			found.Add(p.PlaceOf(at, node).Finding("the port " + node.Value + " is not quoted"))
		}
	})
	return found
}

func duplicateKeys(p *Subject) diag.List {
	var found diag.List
	project.Walk(p.Document, func(at *project.Trail, node *yaml.Node, isKey bool) {
		if isKey || node.Kind != yaml.MappingNode {
			return
		}
		seen := map[string]int{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
				continue
			}
			if line, twice := seen[key.Value]; twice {
				found.Add(p.PlaceOf(&project.Trail{Parent: at, Key: key.Value, Index: -1}, key).Finding("the key is already in line " + strconv.Itoa(line)))
			}
			seen[key.Value] = key.Line
		}
	})
	return found
}
