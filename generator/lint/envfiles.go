package lint

import (
	"bytes"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/diag"
)

// readEnvFiles completes the environment of each service from its env_file, as Compose does it and compose-go
// can do from the disk only: a file may use variables of .env and of the service, which itself wins over it.
func (in Input) readEnvFiles(project *types.Project, env map[string]string) diag.List {
	var found diag.List
	p := &Project{File: in.File, Loaded: project}
	for _, name := range slices.Sorted(maps.Keys(project.Services)) {
		s := project.Services[name]
		if len(s.EnvFiles) == 0 || in.EnvFiles == nil {
			continue
		}
		own := s.Environment
		lookup := func(name string) (string, bool) {
			if value, ok := env[name]; ok {
				return value, true
			}
			if value, ok := own[name]; ok && value != nil {
				return *value, true
			}
			return "", false
		}
		merged := own.ToMapping()
		for _, file := range s.EnvFiles {
			found.Add(in.readEnvFile(p, name, file, merged, lookup)...)
		}
		s.Environment = merged.ToMappingWithEquals().OverrideBy(own)
		project.Services[name] = s
	}
	return found
}

// readEnvFile reads one of them into the environment.
func (in Input) readEnvFile(p *Project, service string, file types.EnvFile, environment types.Mapping, lookup dotenv.LookupFn) diag.List {
	name := path.Clean(file.Path)
	data, ok := in.EnvFiles[name]
	switch {
	case !ok && bool(file.Required):
		p.Node = in.document()
		f := p.finding("there is no file "+file.Path, "services", service, "env_file", file.Path)
		f.Rule, f.File, f.Hint = "compose-invalid", in.File, "correct the path, which is relative to the compose file"
		return diag.List{f}
	case !ok:
		return nil
	}
	if err := dotenv.ParseWithFormat(bytes.NewReader(data), name, environment, lookup, file.Format); err != nil {
		return diag.List{envFault(name, err)}
	}
	return nil
}

// envFault words what dotenv says of a file, without the value that it may quote.
func envFault(file string, err error) diag.Finding {
	line, message := lineIn(strings.TrimPrefix(err.Error(), "failed to read "+file+": "))
	if strings.Contains(message, "unterminated quoted value") {
		message = "a quoted value has no end"
	}
	return diag.Finding{Rule: "env-syntax", File: file, Line: line, Message: message, Hint: loadFix("env-syntax")}
}

// eachEnvLine visits the variables that an env_file reads, with their lines.
func eachEnvLine(source []byte, visit func(line int, v variable)) {
	number := 0
	for text := range bytes.Lines(source) {
		number++
		if strings.HasPrefix(strings.TrimSpace(string(text)), "#") {
			continue
		}
		_, value, _ := strings.Cut(string(text), "=")
		if value = strings.TrimSpace(value); strings.HasPrefix(value, "'") {
			continue // single quotes: as it stands
		}
		for _, v := range variables(value) {
			if v.offset == 0 || value[v.offset-1] != '\\' {
				visit(number, v)
			}
		}
	}
}

// undefinedInEnvFiles finds what an env_file reads and nothing defines: not .env, not the file itself, and not
// the services that have it.
func (p *Project) undefinedInEnvFiles() diag.List {
	var found diag.List
	for _, name := range slices.Sorted(maps.Keys(p.EnvFiles)) {
		source := p.EnvFiles[name]
		eachEnvLine(source, func(line int, v variable) {
			_, defined := p.Env[v.name]
			if defined || v.fallback || p.definedBeside(name, source, v.name) {
				return
			}
			f := diag.Finding{File: name, Line: line, Message: "${" + v.name + "} is not defined", Hint: nearest(v.name, p.Env)}
			found.Add(f)
		})
	}
	return found
}

// definedBeside tells whether an env_file itself or the environment of a service that has it defines a variable.
func (p *Project) definedBeside(file string, source []byte, name string) bool {
	if _, ok := envLines(source, map[string]string{name: ""})[name]; ok {
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

// envFileOf returns the env_file from which a service has a variable, and the line in it; "" if from none.
func (s service) envFileOf(name string) (file string, line int) {
	_, node := get(s.project.root(), "services")
	_, node = get(node, s.Name)
	_, node = get(node, "environment")
	if at, _, _ := s.project.step(node, name); at > 0 {
		return "", 0
	}
	for _, f := range slices.Backward(s.EnvFiles) {
		file := path.Clean(f.Path)
		if line, ok := envLines(s.project.EnvFiles[file], map[string]string{name: ""})[name]; ok {
			return file, line
		}
	}
	return "", 0
}
