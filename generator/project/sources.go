// Package project reads a Compose project: the compose files, .env and env_files as texts go in, a document in which
// everything has a place and the project as compose-go understands it come out. It reads as Compose does, and goes on
// where Compose stops at the first fault. It knows no rule, and nothing about Dockerfiles.
package project

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/consts"
	"github.com/compose-spec/compose-go/v2/loader"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dotenv"
)

// Sources are the texts that make a Compose project.
type Sources struct {
	File    string // name of the compose file in findings
	Compose []byte
	// Overrides are compose files that are merged over the first, in order.
	Overrides []Text
	EnvFile   string // name of the .env file in findings
	Env       []byte

	// EnvFiles are the texts of what env_file names, by slash-separated path beside the compose file. When
	// they are given, a file that is not among them is missing; nil means that they are not looked at.
	EnvFiles map[string][]byte

	// Dir is the folder whose files the project may refer to (include, extends, env_file, label_file).
	// Empty means that nothing but these texts is read.
	Dir string
	// Valid says that these texts were loaded before: Compose's schema has nothing to say about them.
	Valid bool
	// Environ is the environment of whoever runs Compose; it wins over .env.
	Environ map[string]string
}

// A Text is a file: its name in findings, and what is in it.
type Text struct {
	Name string
	Data []byte
}

// Fix is what to do about a finding of the reading, by its rule.
func Fix(rule string) string {
	switch rule {
	case "compose-syntax":
		return "correct the YAML at this line"
	case "compose-schema":
		return "see the Compose specification for the attribute"
	case "compose-invalid":
		return "correct what the message names"
	case "undefined-variable":
		return "define it in .env, or give it a default: ${NAME:-value}"
	case "env-syntax":
		return `write NAME="value", with a backslash before each " \ and $ of the value`
	}
	return ""
}

// texts are the compose files in the order in which they are laid over each other.
func (s Sources) texts() []Text { return append([]Text{{s.File, s.Compose}}, s.Overrides...) }

// lookupIn is how compose-go asks for a variable.
func lookupIn(variables map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	}
}

// environment returns the variables that Compose interpolates.
func (s Sources) environment() (map[string]string, diag.List) {
	env, faults := dotenv.Read(s.Env, lookupIn(s.Environ))
	found := envFaults(s.EnvFile, faults)
	maps.Copy(env, s.Environ)
	return env, found
}

// name finds the project's name without parsing the file: it stands at the start of a line.
func (s Sources) name(env map[string]string) string {
	if name := env[consts.ComposeProjectName]; name != "" {
		return loader.NormalizeProjectName(name)
	}
	for _, text := range slices.Backward(s.texts()) {
		for line := range strings.Lines(string(text.Data)) {
			value, ok := strings.CutPrefix(line, "name:")
			if !ok {
				continue
			}
			value, _, _ = strings.Cut(value, " #")
			value, _ = substitute(strings.Trim(strings.TrimSpace(value), `"'`), func(name string) (string, bool) {
				value, ok := env[name]
				return value, ok
			})
			if name := loader.NormalizeProjectName(value); name != "" {
				return name
			}
		}
	}
	return "project"
}

// trimBOM drops the byte order mark that editors on Windows put before a text.
func trimBOM(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\uFEFF")) }
