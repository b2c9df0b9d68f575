package reference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/settings"
)

// object is a JSON Schema in the making.
type object map[string]any

// Schema is the JSON Schema of owgen.yaml and of profiles, for editors. It takes all that owgen takes; what
// only owgen can tell, such as two settings that contradict each other, is left to owgen.
func (r *Reference) Schema() ([]byte, error) {
	values := object{"type": "object", "additionalProperties": false, "properties": object{}}
	for _, g := range r.Groups {
		for _, s := range g.Settings {
			place(values, strings.Split(s.Key, "."), s.schema())
		}
	}
	top := values["properties"].(object)
	named := []any{object{"enum": r.profileNames()}, object{"type": "string", "pattern": `\.ya?ml$|[/\\]`}}
	properties := object{
		"version": object{"description": "Version of this file's format.", "enum": []any{1, "1"}},
		"extends": object{"description": "The profile, or the file, that this one differs from.", "anyOf": named},
		"profile": object{"description": "The same as extends; a file has one of them.", "anyOf": named},
		"summary": object{"description": "What this is, in one line.", "type": []any{"string", "null"}},
		"sizes": object{"description": "Settings for each value of size.", "type": "object",
			"additionalProperties": object{"$ref": "#/$defs/settings"}},
	}
	for key := range top {
		properties[key] = object{"$ref": "#/$defs/settings/properties/" + key}
	}
	schema := object{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"title":                "owgen.yaml",
		"description":          "The input of a bundle that owgen " + r.Version + " generates.",
		"type":                 []any{"object", "null"},
		"additionalProperties": false,
		"properties":           properties,
		"$defs":                object{"settings": values},
	}
	var out bytes.Buffer
	err := write(&out, schema, "\n")
	out.WriteByte('\n')
	return out.Bytes(), err
}

// write writes JSON with objects spread over lines and lists in one.
func write(out *bytes.Buffer, value any, newline string) error {
	o, ok := value.(object)
	if !ok || len(o) == 0 {
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		err := encoder.Encode(value)
		out.Write(bytes.TrimSpace(text.Bytes()))
		return err
	}
	for i, key := range slices.Sorted(maps.Keys(o)) {
		start := newline + "  "
		if i == 0 {
			out.WriteByte('{')
		} else {
			out.WriteByte(',')
		}
		fmt.Fprintf(out, "%s%q: ", start, key)
		if err := write(out, o[key], start); err != nil {
			return err
		}
	}
	out.WriteString(newline + "}")
	return nil
}

func (r *Reference) profileNames() []any {
	out := []any{}
	for _, p := range r.Profiles {
		out = append(out, p.Name)
	}
	return out
}

// place puts a setting's schema below its path.
func place(into object, path []string, schema object) {
	properties := into["properties"].(object)
	if len(path) == 1 {
		properties[path[0]] = schema
		return
	}
	next, ok := properties[path[0]].(object)
	if !ok {
		next = object{"type": []any{"object", "null"}, "additionalProperties": false, "properties": object{}}
		properties[path[0]] = next
	}
	place(next, path[1:], schema)
}

// schema says what a setting's value may be. Null takes its default back.
func (s Setting) schema() object {
	o := s.value(s.Type)
	switch s.Type {
	case settings.List:
		items := s.Items
		if items == "" {
			items = settings.String
		}
		o = object{"type": []any{"array", "string", "null"}, "maxLength": 0, "items": s.value(items)}
	case settings.Map:
		o = object{"type": []any{"object", "null"}}
		if s.Pattern != "" {
			o["propertyNames"] = object{"pattern": s.pattern(settings.Map)}
		}
		if s.Items != "" {
			o["additionalProperties"] = (Setting{Setting: &settings.Setting{Type: s.Items}}).value(s.Items)
		}
	}
	o["description"] = s.Sentence + s.units()
	if s.Derive == "" && s.Default.Kind != 0 {
		var value any
		if s.Default.Decode(&value) == nil {
			o["default"] = value
		}
	}
	return o
}

func (s Setting) units() string {
	text := ""
	if s.Unit != "" {
		text += " In " + s.Unit + "."
	}
	if s.Derived {
		text += " Default: " + s.Value + "."
	}
	return text
}

// value is the schema of a single value. YAML gives plain scalars types of its own, and owgen reads their
// text: a number or a date is taken where a text is wanted, and "443" where a number is.
func (s Setting) value(t settings.Type) object {
	switch t {
	case settings.Int, settings.Port:
		o := object{"type": []any{"integer", "string", "null"}, "pattern": "^[+-]?[0-9]+$"}
		if t == settings.Port {
			o["minimum"], o["maximum"] = 1, 65535
		}
		return s.limit(o, "minimum", "maximum")
	case settings.Number:
		return s.limit(object{"type": []any{"number", "string", "null"}}, "minimum", "maximum")
	case settings.Bool:
		return object{"type": []any{"boolean", "string", "null"}, "pattern": "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[Yy][Ee][Ss]|[Nn][Oo]|[Oo][Nn]|[Oo][Ff][Ff])$"}
	case settings.Enum:
		return oneOf(s.Values)
	}
	if s.Known != nil && t == settings.String {
		if names := s.Known.Accepted(); names != nil {
			return oneOf(append(names, ""))
		}
	}
	o := object{"type": []any{"string", "number", "boolean", "null"}}
	if pattern := s.pattern(t); pattern != "" {
		o["pattern"] = pattern
	}
	if t == settings.CIDR { // whose limits are those of its prefix
		return o
	}
	return s.limit(o, "minLength", "maxLength")
}

// oneOf takes these texts alone, quoted or not.
func oneOf(values []string) object {
	allowed := []any{}
	for _, v := range values {
		allowed = append(allowed, v)
		var plain any // what YAML takes it for without quotes
		if v != "" && yaml.Unmarshal([]byte(v), &plain) == nil && plain != any(v) {
			allowed = append(allowed, plain)
		}
	}
	return object{"enum": append(allowed, nil)}
}

func (s Setting) pattern(t settings.Type) string {
	if s.Pattern != "" {
		return "^(?:" + s.Pattern + ")$"
	}
	switch t {
	case settings.Bytes:
		return "^([0-9]+[kmgKMG]?)?$"
	case settings.Path:
		return "^(/.*)?$"
	case settings.URL:
		return "^([A-Za-z][A-Za-z0-9+.-]*://.+)?$"
	}
	return ""
}

func (s Setting) limit(o object, least, most string) object {
	if s.Min != nil {
		o[least] = *s.Min
	}
	if s.Max != nil {
		o[most] = *s.Max
	}
	return o
}
