package lint

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
)

// inconsistencies reports all wrong references and contradictions of a project that compose-go has read but
// not accepted. Its own message, which names one of them, is used only where no rule has an equivalent.
func (in Input) inconsistencies(loose *types.Project, env map[string]string, err error) diag.List {
	p := &Project{File: in.File, Node: in.document(), Loaded: loose, Env: env}
	var found diag.List
	for _, rule := range append(slices.Concat(referenceRules(), conflictRules()), cycleRule()) {
		if rule.Severity == diag.Error {
			found.Add(complete(rule, p, rule.Check(p)).Errors()...)
		}
	}
	if len(found) == 0 {
		found.Add(p.fault(err))
	}
	return found
}

// faults reports why a file cannot be loaded: its syntax, else all violations of the schema, else what
// compose-go says of each attribute on its own, else what it says of the whole.
func (in Input) faults(ctx context.Context, env map[string]string, err error) diag.List {
	node, syntaxErr := parse(in.Compose)
	p := &Project{File: in.File, Node: node, Env: env}
	if syntaxErr != nil {
		line, message := lineIn(syntaxErr.Error())
		return diag.List{{Rule: "compose-syntax", File: in.File, Line: line, Message: message, Hint: loadFix("compose-syntax")}}
	}
	found := complete(duplicateKeyRule(), p, duplicateKeys(p))
	found.Add(complete(resourceSourceRule(), p, resourceSources(p))...)
	found.Add(p.schemaFindings()...)
	for _, f := range in.attributeFaults(ctx, p) {
		known := slices.ContainsFunc(found, func(other diag.Finding) bool { return strings.HasPrefix(other.Path+".", f.Path+".") })
		if !known { // the schema says it better, and deeper down
			found.Add(f)
		}
	}
	if len(found) == 0 {
		found.Add(p.fault(err))
	}
	return found
}

// attributeFaults loads each attribute of each service alone, and each network, volume, secret and config,
// because compose-go reports only one fault a load. It is slow, and only done where there is a fault.
func (in Input) attributeFaults(ctx context.Context, p *Project) diag.List {
	var found diag.List
	try := func(config map[string]any, path ...string) {
		file := types.ConfigFile{Filename: in.File, Config: config}
		_, err := in.load(ctx, p.Env, []types.ConfigFile{file}, inconsistent)
		if err == nil {
			return
		}
		f := p.fault(err)
		if line, dotted := p.at(path...); !strings.HasPrefix(f.Path+".", dotted+".") {
			f.Line, f.Path = line, dotted
		}
		found.Add(f)
	}
	nobody := map[string]any{"nobody": map[string]any{"image": "none"}}
	for _, section := range []string{"services", "networks", "volumes", "secrets", "configs"} {
		_, entries := get(p.root(), section)
		for _, name := range keys(entries) {
			_, entry := get(entries, name)
			if section != "services" {
				try(map[string]any{"services": nobody, section: map[string]any{name: decode(entry)}}, section, name)
				continue
			}
			if _, extended := get(entry, "extends"); extended != nil {
				continue // not whole without the service that it extends
			}
			for _, attribute := range keys(entry) {
				_, value := get(entry, attribute)
				service := map[string]any{"image": "none"}
				service[attribute] = decode(value)
				try(map[string]any{"services": map[string]any{name: service}}, section, name, attribute)
			}
		}
	}
	return found
}

// fault turns an error of compose-go into a finding, with the attribute that its message names.
func (p *Project) fault(err error) diag.Finding {
	message := strings.TrimPrefix(err.Error(), "validating "+p.File+": ")
	message = strings.TrimPrefix(message, "failed to parse "+p.File+": ")
	if _, decoding, ok := strings.Cut(message, "failed due to the following error(s):"); ok {
		message = strings.Join(strings.FieldsFunc(decoding, func(r rune) bool { return r == '\n' }), "; ")
		if quoted := strings.SplitN(message, "' ", 2); len(quoted) == 2 && strings.HasPrefix(message, "'") {
			message = quoted[1] // the path, in a notation of its own
		}
	}
	f := diag.Finding{Rule: "compose-invalid", File: p.File, Message: message, Hint: loadFix("compose-invalid")}
	if path := pathIn(message); path != nil {
		f.Line, f.Path = p.at(path...)
	} else if line, rest := lineIn(message); line > 0 {
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

// keys lists the keys of a mapping in order.
func keys(node *yaml.Node) []string {
	names := map[string]bool{}
	if node = resolve(node); node != nil && node.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Tag != "!!merge" {
				names[node.Content[i].Value] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
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
