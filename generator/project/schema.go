package project

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/schema"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/owgen/owgen/generator/diag"
)

// schemaFindings validates the file against the schema of Compose and reports every violation; compose-go
// picks one. It costs a compilation of the schema, so it is done only for files that compose-go refuses.
func (r *Reading) schemaFindings() diag.List {
	config, ok := decode(r.Root()).(map[string]any)
	if !ok {
		return diag.List{{Rule: "compose-schema", File: r.File, Line: 1, Message: "the top level must be a mapping", Hint: Fix("compose-schema")}}
	}
	options := loader.ToOptions(&types.ConfigDetails{Environment: r.Variables}, nil).Interpolate
	options.Substitute = r.substitute
	if interpolated, err := interpolation.Interpolate(config, *options); err == nil {
		config = interpolated
	}
	violations, document := violations(config)
	var found diag.List
	for _, v := range violations {
		found.Add(r.violation(v, document)...)
	}
	return found.Sort()
}

// violations validates a config and returns what is wrong with it, and the schema as plain values.
func violations(config map[string]any) ([]*jsonschema.ValidationError, any) {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(schema.Schema))
	if err != nil {
		return nil, nil
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("compose-spec.json", document); err != nil {
		return nil, nil
	}
	compiled, err := compiler.Compile("compose-spec.json")
	if err != nil {
		return nil, nil
	}
	var plain any // what JSON makes of it: the validator knows no other types
	data, err := json.Marshal(config)
	if err != nil || json.Unmarshal(data, &plain) != nil {
		return nil, nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(compiled.Validate(plain), &invalid) {
		return nil, document
	}
	return leaves(invalid), document
}

// leaves returns the violations at the ends of the tree. Of alternatives only the one that went deepest is
// kept: the others say that the value is not something that nobody meant it to be.
func leaves(v *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(v.Causes) == 0 {
		return []*jsonschema.ValidationError{v}
	}
	var all, best []*jsonschema.ValidationError
	deepest := len(v.InstanceLocation)
	for _, cause := range v.Causes {
		below := leaves(cause)
		all = append(all, below...)
		for _, leaf := range below {
			if depth := specificity(leaf); depth > deepest {
				deepest, best = depth, below
			}
		}
	}
	switch v.ErrorKind.(type) {
	case *kind.OneOf, *kind.AnyOf:
		if best != nil {
			return best
		}
		return []*jsonschema.ValidationError{noneOf(all)}
	}
	return all
}

// noneOf sums up alternatives that all fail at their own place: it could be any of their types.
func noneOf(all []*jsonschema.ValidationError) *jsonschema.ValidationError {
	var want []string
	for _, v := range all {
		if k, ok := v.ErrorKind.(*kind.Type); ok {
			want = append(want, k.Want...)
		}
	}
	if len(want) == 0 {
		return all[0]
	}
	slices.Sort(want)
	return &jsonschema.ValidationError{InstanceLocation: all[0].InstanceLocation, ErrorKind: &kind.Type{Want: slices.Compact(want)}}
}

func specificity(v *jsonschema.ValidationError) int {
	switch v.ErrorKind.(type) {
	case *kind.AdditionalProperties, *kind.FalseSchema:
		return len(v.InstanceLocation) + 1
	}
	return len(v.InstanceLocation)
}

// violation words one violation, with the line of the attribute.
func (r *Reading) violation(v *jsonschema.ValidationError, document any) diag.List {
	path := slices.Clone(v.InstanceLocation)
	for i, element := range path {
		if _, err := strconv.Atoi(element); err == nil && i > 1 {
			path[i] = "[" + element + "]"
		}
	}
	base := diag.Finding{Rule: "compose-schema", File: r.File, Hint: Fix("compose-schema")}
	at := func(f diag.Finding, path ...string) diag.Finding {
		place := r.At(path...)
		f.File, f.Line, f.Path = place.File, place.Line, place.Path
		return f
	}
	switch k := v.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		var found diag.List
		for _, name := range k.Properties {
			below := append(slices.Clone(path), name)
			found.Add(at(unknownKey(base, below, document), below...))
		}
		return found
	case *kind.FalseSchema: // a key that no part of the schema has looked at: unknown, or wrong itself
		if len(path) == 0 || known(path[:len(path)-1], document)[path[len(path)-1]] {
			return nil
		}
		return diag.List{at(unknownKey(base, path, document), path...)}
	case *kind.Type:
		base.Message = "must be a " + strings.ReplaceAll(strings.Join(k.Want, " or "), "object", "mapping")
		return diag.List{at(base, path...)}
	}
	base.Message = v.ErrorKind.LocalizedString(message.NewPrinter(language.English))
	return diag.List{at(base, path...)}
}

// unknownKey words a key that the schema does not have, with the nearest one that it has there.
func unknownKey(f diag.Finding, path []string, document any) diag.Finding {
	name := path[len(path)-1]
	f.Message = "unknown key " + strconv.Quote(name)
	if hint := Nearest(name, known(path[:len(path)-1], document)); hint != "" {
		f.Hint = hint
	}
	return f
}

// known returns the attributes that the schema has at a place; for the depths of a service, all of any depth.
func known(path []string, document any) map[string]bool {
	attributes := map[string]bool{}
	root, _ := document.(map[string]any)
	definitions, _ := root["$defs"].(map[string]any)
	switch {
	case len(path) == 0:
		addProperties(root, attributes)
	case len(path) == 2 && (path[0] == "services" || path[0] == "jobs"):
		for _, part := range []string{"container_spec", "workload_spec", strings.TrimSuffix(path[0], "s")} {
			addProperties(definitions[part], attributes)
		}
	case len(path) == 2:
		addProperties(definitions[strings.TrimSuffix(path[0], "s")], attributes)
	default:
		allProperties(document, attributes)
	}
	return attributes
}

func addProperties(definition any, attributes map[string]bool) {
	if node, ok := definition.(map[string]any); ok {
		properties, _ := node["properties"].(map[string]any)
		for name := range properties {
			attributes[name] = true
		}
	}
}

func allProperties(document any, attributes map[string]bool) {
	switch node := document.(type) {
	case map[string]any:
		addProperties(node, attributes)
		for _, below := range node {
			allProperties(below, attributes)
		}
	case []any:
		for _, item := range node {
			allProperties(item, attributes)
		}
	}
}
