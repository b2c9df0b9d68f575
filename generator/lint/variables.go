package lint

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
)

// variableRules are about ${...} and .env.
func variableRules() []Rule {
	return []Rule{
		{ID: "undefined-variable", Summary: "Every variable of the compose file is defined in .env or has a default.",
			Reason: "Compose puts an empty text in place of a variable that is not set, and goes on.",
			Fix:    "define it in .env, or give it a default: ${NAME:-value}", Check: undefinedVariables},
		{ID: "unused-variable", Severity: diag.Warning, Summary: "Every variable in .env is used.",
			Reason: "A variable that nothing reads looks like a setting, and changing it does nothing.",
			Fix:    "remove it, or use it in the compose file", Check: unusedVariables},
		{ID: "dollar-variable", Severity: diag.Warning, Summary: "A variable is written ${NAME}, a dollar sign $$.",
			Reason: "Compose replaces $NAME before the container or its shell sees it; in a password or a command that is rarely meant.",
			Fix:    "write ${NAME} where Compose shall put the value in, $$NAME where a dollar sign is meant", Check: dollarVariables},
	}
}

// A variable is one use of a variable in a value.
type variable struct {
	name     string
	offset   int  // of the dollar sign
	braced   bool // ${NAME}, not $NAME
	fallback bool // has a text for when it is not set
}

// variables finds all variables in a value, also those within the defaults of others.
func variables(value string) []variable {
	var found []variable
	for i := 0; i < len(value); i++ {
		if value[i] != '$' || i+1 == len(value) {
			continue
		}
		if value[i+1] == '$' {
			i++ // an escaped dollar sign
			continue
		}
		start := i + 1
		braced := value[start] == '{'
		if braced {
			start++
		}
		end := start
		for end < len(value) && isNameByte(value[end], end == start) {
			end++
		}
		if end == start {
			continue
		}
		rest := value[end:]
		found = append(found, variable{
			name: value[start:end], offset: i, braced: braced,
			fallback: braced && (strings.HasPrefix(rest, ":-") || strings.HasPrefix(rest, "-") ||
				strings.HasPrefix(rest, ":+") || strings.HasPrefix(rest, "+")),
		})
		i = end - 1
	}
	return found
}

func isNameByte(c byte, first bool) bool {
	return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || !first && c >= '0' && c <= '9'
}

// eachVariable visits each use of a variable in the compose file.
func (p *Project) eachVariable(visit func(at *trail, node *yaml.Node, v variable)) {
	p.scalars(func(at *trail, node *yaml.Node) {
		if strings.Contains(node.Value, "$") {
			for _, v := range variables(node.Value) {
				visit(at, node, v)
			}
		}
	})
}

func undefinedVariables(p *Project) diag.List {
	var found diag.List
	if p.Env == nil {
		return nil
	}
	p.eachVariable(func(at *trail, node *yaml.Node, v variable) {
		if _, defined := p.Env[v.name]; defined || v.fallback || v.name == "COMPOSE_PROJECT_NAME" {
			return
		}
		f := diag.Finding{Line: lineOf(node, v.offset), Path: at.String(), Message: "${" + v.name + "} is not defined"}
		if hint := nearest(v.name, p.Env); hint != "" {
			f.Hint = hint
		}
		found.Add(f)
	})
	return append(found, p.undefinedInEnvFiles()...)
}

func dollarVariables(p *Project) diag.List {
	var found diag.List
	p.eachVariable(func(at *trail, node *yaml.Node, v variable) {
		if !v.braced {
			found.Add(diag.Finding{Line: lineOf(node, v.offset), Path: at.String(),
				Message: "Compose replaces $" + v.name + " here"})
		}
	})
	return found
}

func unusedVariables(p *Project) diag.List {
	if p.Node == nil || len(p.EnvSource) == 0 {
		return nil
	}
	used, all := p.usedVariables()
	if all {
		return nil
	}
	var found diag.List
	defined := envLines(p.EnvSource, p.Env)
	for _, name := range slices.Sorted(maps.Keys(defined)) {
		if !used[name] && !forTools(name) {
			found.Add(diag.Finding{File: p.EnvFile, Line: defined[name], Path: name, Message: name + " is used nowhere"})
		}
	}
	return found
}

// usedVariables collects what the compose file and .env itself read; all is true if a container gets the
// whole file, or other files are drawn in that may read it.
func (p *Project) usedVariables() (used map[string]bool, all bool) {
	used = map[string]bool{}
	for _, v := range variables(string(p.EnvSource)) {
		used[v.name] = true
	}
	for _, source := range p.EnvFiles {
		eachEnvLine(source, func(_ int, v variable) { used[v.name] = true })
	}
	_, envIsFile := p.EnvFiles[p.EnvFile]
	all = envIsFile
	walk(p.Node, func(at *trail, node *yaml.Node, isKey bool) {
		switch {
		case isKey:
			all = all || at.key == "env_file" && p.EnvFiles == nil || at.key == "include" && at.parent == nil || at.key == "extends"
		case node.Kind != yaml.ScalarNode:
		case at != nil && (at.under("environment") || at.under("args")) && !strings.Contains(node.Value, "="):
			used[node.Value] = true // a list's item: the name of a variable to pass on
			used[at.key] = true     // a key without a value: likewise
			fallthrough
		default:
			for _, v := range variables(node.Value) {
				used[v.name] = true
			}
		}
	})
	return used, all
}

// forTools tells whether Compose, the engine or the builder read a variable themselves.
func forTools(name string) bool {
	return strings.HasPrefix(name, "COMPOSE_") || strings.HasPrefix(name, "DOCKER_") ||
		strings.HasPrefix(name, "BUILDX_") || strings.HasPrefix(name, "BUILDKIT_")
}

// envLines finds the line of each variable in a .env file. Text within a quoted value of several lines is
// not taken for a variable unless it looks like one that is defined anyway.
func envLines(source []byte, env map[string]string) map[string]int {
	lines := map[string]int{}
	number := 0
	for line := range bytes.Lines(trimBOM(source)) {
		number++
		text := strings.TrimPrefix(strings.TrimSpace(string(line)), "export ")
		name, _, ok := strings.Cut(text, "=")
		name = strings.TrimSpace(name)
		if _, defined := env[name]; !ok || !defined {
			continue
		}
		if _, seen := lines[name]; !seen {
			lines[name] = number
		}
	}
	return lines
}
