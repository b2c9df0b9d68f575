package lint

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/consts"
	"github.com/compose-spec/compose-go/v2/schema"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
)

// Warm makes compose-go compile its schema, half of what the first load of a program takes. Called in the
// background as soon as it is clear that something will be loaded, it costs no time where there are two cores.
func Warm() { _ = schema.Validate(map[string]any{}) }

// Check reads a project and applies all rules to it. The parts are read side by side: on two cores the
// YAML document and the Dockerfiles are parsed in the time that compose-go needs for its own load.
func Check(ctx context.Context, in Input) (*Project, diag.List) {
	env, _ := in.environment() // Load reports what is wrong with it
	env[consts.ComposeProjectName] = in.name(env)
	p := &Project{
		File: in.File, Source: in.Compose, Overrides: in.Overrides, Env: env, EnvFile: in.EnvFile, EnvSource: in.Env,
		EnvFiles: in.EnvFiles, Dockerfiles: in.Dockerfiles,
	}
	go Warm()
	read := make(chan struct{})
	go func() {
		defer close(read)
		p.Node = in.document() // Load reports what is wrong with it
		p.parseDockerfiles()
	}()
	loaded, found := Load(ctx, in)
	<-read
	p.Loaded = loaded
	found.Add(Run(p)...)
	return p, in.relocate(found).Sort()
}

// parse parses a YAML document. Of several documents in a file the first is taken, as for the rules.
func parse(data []byte) (parsed *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			parsed, err = nil, fmt.Errorf("the YAML parser cannot read this file: %v", r)
		}
	}()
	var node yaml.Node
	if err := yaml.Unmarshal(data, &node); err != nil {
		return nil, err
	}
	return &node, nil
}

// lineIn takes the line out of a parser's message: "yaml: line 3: did not ..." or "line 3: ...".
func lineIn(message string) (line int, rest string) {
	message = strings.TrimPrefix(message, "yaml: ")
	if _, after, ok := strings.Cut(message, "line "); ok {
		number, rest, found := strings.Cut(after, ":")
		if line, err := strconv.Atoi(number); err == nil && found {
			return line, strings.TrimSpace(rest)
		}
	}
	return 0, message
}

// trimBOM drops the byte order mark that editors on Windows put before a text.
func trimBOM(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\uFEFF")) }
