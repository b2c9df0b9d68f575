package project

import (
	"bytes"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/yamltext"
)

// readEnvFiles completes the environment of each service from its env_file, as Compose does it and compose-go
// can do from the disk only: a file may use variables of .env and of the service, which itself wins over it.
func (r *Reading) readEnvFiles() diag.List {
	var found diag.List
	for _, name := range slices.Sorted(maps.Keys(r.Loaded.Services)) {
		s := r.Loaded.Services[name]
		if len(s.EnvFiles) == 0 || r.EnvFiles == nil {
			continue
		}
		own := s.Environment
		lookup := func(name string) (string, bool) {
			if value, ok := r.Variables[name]; ok {
				return value, true
			}
			if value, ok := own[name]; ok && value != nil {
				return *value, true
			}
			return "", false
		}
		environment := own.ToMapping()
		for _, file := range s.EnvFiles {
			found.Add(r.readEnvFile(name, file, environment, lookup)...)
		}
		s.Environment = environment.ToMappingWithEquals().OverrideBy(own)
		r.Loaded.Services[name] = s
	}
	return found
}

// readEnvFile reads one of them into the environment.
func (r *Reading) readEnvFile(service string, file types.EnvFile, environment types.Mapping, lookup dotenv.LookupFn) diag.List {
	name := path.Clean(file.Path)
	data, ok := r.EnvFiles[name]
	switch {
	case !ok && bool(file.Required):
		f := r.Finding("there is no file "+file.Path, "services", service, "env_file", file.Path)
		f.Rule, f.Hint = "compose-invalid", "correct the path, which is relative to the compose file"
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
	line, message := yamltext.Line(strings.TrimPrefix(err.Error(), "failed to read "+file+": "))
	if strings.Contains(message, "unterminated quoted value") {
		message = "a quoted value has no end"
	}
	return diag.Finding{Rule: "env-syntax", File: file, Line: line, Message: message, Hint: Fix("env-syntax")}
}

// EnvFileOf returns the env_file from which a service has a variable, and the line in it; "" if from none.
func (r *Reading) EnvFileOf(service, name string) (file string, line int) {
	if r.Has("services", service, "environment", name) {
		return "", 0
	}
	for _, f := range slices.Backward(r.Loaded.Services[service].EnvFiles) {
		file := path.Clean(f.Path)
		if line, ok := EnvLines(r.EnvFiles[file], map[string]string{name: ""})[name]; ok {
			return file, line
		}
	}
	return "", 0
}
