package project

import (
	"maps"
	"path"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dotenv"
)

// readEnvFiles completes the environment of each service from its env_file, as Compose does it and compose-go
// can do from the disk only: a file may use variables of .env and of the service, which itself wins over it.
func (r *Reading) readEnvFiles() diag.List {
	if r.EnvFiles == nil {
		return nil
	}
	var found diag.List
	for _, name := range slices.Sorted(maps.Keys(r.Loaded.Services)) { // one after the other: they share what may be read
		if s := r.Loaded.Services[name]; len(s.EnvFiles) > 0 {
			found.Add(r.readEnvFilesOf(&s)...)
			r.Loaded.Services[name] = s
		}
	}
	return found
}

// readEnvFilesOf completes the environment of one service.
func (r *Reading) readEnvFilesOf(s *types.ServiceConfig) diag.List {
	var found diag.List
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
		found.Add(r.readEnvFile(s.Name, file, environment, lookup)...)
	}
	s.Environment = environment.ToMappingWithEquals().OverrideBy(own)
	return found
}

// readEnvFile reads one of them into the environment.
func (r *Reading) readEnvFile(service string, file types.EnvFile, environment types.Mapping, lookup func(string) (string, bool)) diag.List {
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
	if err := r.affords(data); err != nil {
		return diag.List{r.unreadable(err, file.Path, "services", service, "env_file", file.Path)}
	}
	switch file.Format {
	case "", dotenv.DotEnv:
		values, faults := dotenv.Read(data, lookup)
		maps.Copy(environment, values)
		return envFaults(name, faults)
	case "raw":
		maps.Copy(environment, dotenv.Raw(data, lookup))
		return nil
	}
	f := r.Finding("env_file has no format "+file.Format, "services", service, "env_file", file.Path)
	f.Rule, f.Hint = "compose-invalid", "write format: raw, or leave it out"
	return diag.List{f}
}

// envFaults are the findings of a file of variables.
func envFaults(file string, faults []dotenv.Fault) diag.List {
	var found diag.List
	for _, fault := range faults {
		found.Add(diag.Finding{Rule: "env-syntax", File: file, Line: fault.Line, Message: fault.Message, Hint: Fix("env-syntax")})
	}
	return found
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
