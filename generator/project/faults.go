package project

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/yamltext"
)

// faults reports why a file cannot be loaded: its syntax, else all violations of the schema and what compose-go says
// of each attribute on its own.
func (r *Reading) faults(ctx context.Context) diag.List {
	if _, err := parse(r.Compose); err != nil {
		return diag.List{r.syntaxFault(err)}
	}
	found := r.schemaFindings()
	for _, f := range r.attributeFaults(ctx) {
		known := slices.ContainsFunc(found, func(other diag.Finding) bool { return strings.HasPrefix(other.Path+".", f.Path+".") })
		if !known { // the schema says it better, and deeper down
			found.Add(f)
		}
	}
	return found
}

// syntaxFault words what the YAML parser says. It names no line for what is wrong in the first one, and for some other
// faults; yamltext finds them.
func (r *Reading) syntaxFault(err error) (f diag.Finding) {
	f = diag.Finding{Rule: "compose-syntax", File: r.File, Hint: Fix("compose-syntax")}
	f.Line, f.Message = yamltext.Line(err.Error())
	f.Line = max(f.Line, 1)
	defer func() { _ = recover() }() // the parser has given up once already
	_, problems := yamltext.Document(r.Compose)
	for _, p := range problems {
		if p.Line > 0 {
			f.Line, f.Message, f.Hint = p.Line, p.Message, p.Hint
			break
		}
	}
	return f
}

// attributeFaults loads each attribute of each service alone, and each network, volume, secret and config,
// because compose-go reports only one fault a load. It is slow, and only done where there is a fault.
func (r *Reading) attributeFaults(ctx context.Context) diag.List {
	var found diag.List
	tries := 0
	try := func(config map[string]any, path ...string) {
		if tries++; tries > mostTries || ctx.Err() != nil {
			return
		}
		file := types.ConfigFile{Filename: r.File, Config: config}
		_, err := r.load(ctx, r.Sources, []types.ConfigFile{file}, inconsistent)
		if err == nil {
			return
		}
		f := r.fault(err)
		if place := r.At(path...); !strings.HasPrefix(f.Path+".", place.Path+".") {
			f.Line, f.Path = place.Line, place.Path
		}
		found.Add(f)
	}
	nobody := map[string]any{"nobody": map[string]any{"image": "none"}}
	for _, section := range []string{"services", "networks", "volumes", "secrets", "configs"} {
		_, entries := Get(r.Root(), section)
		for _, name := range Keys(entries) {
			_, entry := Get(entries, name)
			if section != "services" {
				try(map[string]any{"services": nobody, section: map[string]any{name: decode(entry)}}, section, name)
				continue
			}
			if _, extended := Get(entry, "extends"); extended != nil {
				continue // not whole without the service that it extends
			}
			for _, attribute := range Keys(entry) {
				_, value := Get(entry, attribute)
				service := map[string]any{"image": "none"}
				service[attribute] = decode(value)
				try(map[string]any{"services": map[string]any{name: service}}, section, name, attribute)
			}
		}
	}
	return found
}

// fault turns an error of compose-go into a finding, with the attribute that its message names.
func (r *Reading) fault(err error) diag.Finding {
	if at := (*includeError)(nil); errors.As(err, &at) {
		f := r.Finding(at.Error(), "include", "["+strconv.Itoa(at.index)+"]")
		f.Rule, f.Hint = "compose-invalid", "name a small file of variables, or none: env_file: /dev/null"
		return f
	}
	message := strings.TrimPrefix(err.Error(), "validating "+r.File+": ")
	message = strings.TrimPrefix(message, "failed to parse "+r.File+": ")
	if _, decoding, ok := strings.Cut(message, "failed due to the following error(s):"); ok {
		message = strings.Join(strings.FieldsFunc(decoding, func(r rune) bool { return r == '\n' }), "; ")
		if quoted := strings.SplitN(message, "' ", 2); len(quoted) == 2 && strings.HasPrefix(message, "'") {
			message = quoted[1] // the path, in a notation of its own
		}
	}
	message = dotenv.Unquoted(message) // of an env_file of an include
	f := diag.Finding{Rule: "compose-invalid", File: r.File, Message: message, Hint: Fix("compose-invalid")}
	if path := pathIn(message); path != nil {
		place := r.At(path...)
		f.File, f.Line, f.Path = place.File, place.Line, place.Path
	} else if line, rest := yamltext.Line(message); line > 0 {
		f.Line, f.Message = line, rest
	}
	return f
}

// pathIn finds the path of an attribute in a message of compose-go: "services.web.ports.0: ..." or "ports[0]".
func pathIn(message string) []string {
	for _, word := range strings.FieldsFunc(message, func(r rune) bool { return strings.ContainsRune(" \"'`:,", r) }) {
		path := strings.Split(strings.ReplaceAll(strings.TrimRight(word, "."), "[", ".["), ".")
		if len(path) < 2 || !slices.Contains([]string{"services", "networks", "volumes", "secrets", "configs"}, path[0]) {
			continue
		}
		for i, element := range path {
			if _, err := strconv.Atoi(element); err == nil {
				path[i] = "[" + element + "]"
			}
		}
		return path
	}
	return nil
}

// decode turns a node into plain values, as compose-go takes them; nil where that is impossible.
func decode(node *yaml.Node) any {
	var value any
	if node == nil || node.Decode(&value) != nil {
		return nil
	}
	return stringKeys(value)
}

// stringKeys makes every key a string, which JSON and compose-go demand.
func stringKeys(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, item := range value {
			value[key] = stringKeys(item)
		}
	case map[any]any:
		out := make(map[string]any, len(value))
		for key, item := range value {
			text, ok := key.(string)
			if !ok {
				continue // reported by the rule on scalars that YAML retypes
			}
			out[text] = stringKeys(item)
		}
		return out
	case []any:
		for i, item := range value {
			value[i] = stringKeys(item)
		}
	}
	return value
}
