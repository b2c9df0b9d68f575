package lint

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/project"
)

// variableRules are about ${...} and .env.
func variableRules() []Rule {
	return []Rule{
		{ID: "undefined-variable", Summary: "Every variable of the compose file is defined in .env or has a default.",
			Reason: "Compose puts an empty text in place of a variable that is not set, and goes on.",
			Fix:    project.Fix("undefined-variable"), Check: undefinedVariables},
		{ID: "unused-variable", Severity: diag.Warning, Summary: "Every variable in .env is used.",
			Reason: "A variable that nothing reads looks like a setting, and changing it does nothing.",
			Fix:    "remove it, or use it in the compose file", Check: unusedVariables},
		{ID: "dollar-variable", Severity: diag.Warning, Summary: "A variable is written ${NAME}, a dollar sign $$.",
			Reason: "Compose replaces $NAME before the container or its shell sees it; in a password or a command that is rarely meant.",
			Fix:    "write ${NAME} where Compose shall put the value in, $$NAME where a dollar sign is meant", Check: dollarVariables},
	}
}

func undefinedVariables(p *Subject) diag.List {
	var found diag.List
	if p.Variables == nil {
		return nil
	}
	p.EachVariable(func(at *project.Trail, node *yaml.Node, v project.Variable) {
		if _, defined := p.Variables[v.Name]; defined || v.Fallback || v.Required || v.Name == "COMPOSE_PROJECT_NAME" {
			return
		}
		f := p.PlaceIn(at, node, v.Offset).Finding("${" + v.Name + "} is not defined")
		if hint := project.Nearest(v.Name, p.Variables); hint != "" {
			f.Hint = hint
		}
		found.Add(f)
	})
	found.Add(p.Missing...)
	return append(found, p.undefinedInEnvFiles()...)
}

func dollarVariables(p *Subject) diag.List {
	var found diag.List
	p.EachVariable(func(at *project.Trail, node *yaml.Node, v project.Variable) {
		if !v.Braced {
			found.Add(p.PlaceIn(at, node, v.Offset).Finding("Compose replaces $" + v.Name + " here"))
		}
	})
	return found
}

func unusedVariables(p *Subject) diag.List {
	if p.Document == nil || len(p.Env) == 0 {
		return nil
	}
	used, all := p.usedVariables()
	if all {
		return nil
	}
	var found diag.List
	defined := project.EnvLines(p.Env, p.Variables)
	for _, name := range slices.Sorted(maps.Keys(defined)) {
		if !used[name] && !forTools(name) {
			found.Add(diag.Finding{File: p.EnvFile, Line: defined[name], Path: name, Message: name + " is used nowhere"})
		}
	}
	return found
}

// usedVariables collects what the compose file and .env itself read; all is true if a container gets the
// whole file, or other files are drawn in that may read it.
func (p *Subject) usedVariables() (used map[string]bool, all bool) {
	used = map[string]bool{}
	for _, v := range project.Variables(string(p.Env)) {
		used[v.Name] = true
	}
	for _, source := range p.EnvFiles {
		project.EachEnvVariable(source, func(_ int, v project.Variable) { used[v.Name] = true })
	}
	_, envIsFile := p.EnvFiles[p.EnvFile]
	all = envIsFile || p.readsEnvItself()
	project.Walk(p.Document, func(at *project.Trail, node *yaml.Node, isKey bool) {
		switch {
		case isKey:
			all = all || at.Key == "env_file" && p.EnvFiles == nil || at.Key == "include" && at.Parent == nil || at.Key == "extends"
		case node.Kind != yaml.ScalarNode:
		case at != nil && (at.Under("environment") || at.Under("args")) && !strings.Contains(node.Value, "="):
			used[node.Value] = true // a list's item: the name of a variable to pass on
			used[at.Key] = true     // a key without a value: likewise
			fallthrough
		default:
			for _, v := range project.Variables(node.Value) {
				used[v.Name] = true
			}
		}
	})
	return used, all
}

// readsEnvItself tells whether .env is handed to a container or an image as a file: mounted, alone or with the folder it
// lies in, as a config or secret, or copied by a Dockerfile.
func (p *Subject) readsEnvItself() bool {
	if p.Loaded == nil || p.EnvFile == "" {
		return false
	}
	holds := func(name string) bool {
		if p.Dir != "" && path.IsAbs(name) {
			name = strings.TrimPrefix(strings.TrimPrefix(path.Clean(name), path.Clean(p.Dir)), "/")
		}
		name = path.Clean(name)
		return name == "." || name == path.Clean(p.EnvFile) || strings.HasPrefix(name, "..") && strings.Trim(name, "./") == ""
	}
	for _, s := range p.services() {
		for _, volume := range s.Volumes {
			if volume.Type == types.VolumeTypeBind && holds(volume.Source) {
				return true
			}
		}
		if s.Develop != nil && slices.ContainsFunc(s.Develop.Watch, func(w types.Trigger) bool { return holds(w.Path) }) {
			return true
		}
		if img := p.image(s.Name); img != nil && s.Build != nil && path.Clean(s.Build.Context) == "." && img.Copies(p.EnvFile) {
			return true
		}
	}
	for _, config := range p.Loaded.Configs {
		if config.File != "" && holds(config.File) {
			return true
		}
	}
	for _, secret := range p.Loaded.Secrets {
		if secret.File != "" && holds(secret.File) {
			return true
		}
	}
	return false
}

// forTools tells whether Compose, the engine or the builder read a variable themselves.
func forTools(name string) bool {
	return strings.HasPrefix(name, "COMPOSE_") || strings.HasPrefix(name, "DOCKER_") ||
		strings.HasPrefix(name, "BUILDX_") || strings.HasPrefix(name, "BUILDKIT_")
}

// undefinedInEnvFiles finds what an env_file reads and nothing defines: not .env, not the file itself, and not
// the services that have it.
func (p *Subject) undefinedInEnvFiles() diag.List {
	var found diag.List
	for _, name := range slices.Sorted(maps.Keys(p.EnvFiles)) {
		source := p.EnvFiles[name]
		project.EachEnvVariable(source, func(line int, v project.Variable) {
			_, defined := p.Variables[v.Name]
			if defined || v.Fallback || p.definedBeside(name, source, v.Name) {
				return
			}
			f := diag.Finding{File: name, Line: line, Message: "${" + v.Name + "} is not defined", Hint: project.Nearest(v.Name, p.Variables)}
			found.Add(f)
		})
	}
	return found
}

// definedBeside tells whether an env_file itself or the environment of a service that has it defines a variable.
func (p *Subject) definedBeside(file string, source []byte, name string) bool {
	if _, ok := project.EnvLines(source, map[string]string{name: ""})[name]; ok {
		return true
	}
	for _, s := range p.services() {
		has := slices.ContainsFunc(s.EnvFiles, func(f types.EnvFile) bool { return path.Clean(f.Path) == file })
		if _, ok := s.Environment[name]; has && ok {
			return true
		}
	}
	return false
}
