package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/lazy"
	"github.com/owgen/owgen/generator/secret"
	"github.com/owgen/owgen/generator/yamltext"
)

// convertMap takes any values, or those of the type that the setting's items have.
func (d *Setting) convertMap(node *yaml.Node) (any, error) {
	if node.Kind != yaml.MappingNode {
		return nil, errors.New("must be a mapping of names to values")
	}
	if d.Items == "" {
		value, err := plain(node, 0)
		if err != nil {
			return nil, err
		}
		for name := range value.(map[string]any) {
			if err := d.checkName(name); err != nil {
				return nil, err
			}
		}
		return value, nil
	}
	m := map[string]any{}
	for key, value := range yamltext.Pairs(node) {
		name := yamltext.Resolved(key).Value
		if err := d.checkName(name); err != nil {
			return nil, err
		}
		if _, twice := m[name]; twice {
			return nil, fmt.Errorf("names %s twice", name)
		}
		value = yamltext.Resolved(value)
		if value.Kind != yaml.ScalarNode || value.ShortTag() == "!!null" {
			return nil, fmt.Errorf("%s: must be a single %s, in quotes", name, d.Items)
		}
		v, err := (&Setting{}).parse(d.Items, value.Value)
		if err != nil {
			return nil, about(name+":", (&Setting{Key: d.Key + "." + name}).not(err, d.Items, value.Value))
		}
		m[name] = v
	}
	return m, nil
}

// checkName checks a name of a mapping, and says which of them is wrong.
func (d *Setting) checkName(name string) error {
	err := d.checkText(name)
	if err == nil && d.OneOf != "" {
		_, err = d.known(name)
	}
	if err == nil && (strings.ContainsFunc(name, unseen) || !utf8.ValidString(name)) {
		err = errors.New("must be one line without control characters")
	}
	if err != nil {
		return about("has the name "+strconv.Quote(short(name))+", which", err)
	}
	return nil
}

// short is a name as far as it fits into a message.
func short(name string) string {
	const most = 60
	if len(name) > most {
		return name[:most] + "..."
	}
	return name
}

const deepest = 20 // mappings within mappings

// plain reads a value as it was written. YAML's own types would change some: a date becomes a time, a long number loses
// digits, and one with a zero before it is octal.
func plain(n *yaml.Node, depth int) (any, error) {
	if depth > deepest {
		return nil, fmt.Errorf("must not be deeper than %d levels", deepest)
	}
	n = yamltext.Resolved(n)
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for key, value := range yamltext.Pairs(n) {
			key = yamltext.Resolved(key)
			if key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge" || !utf8.ValidString(key.Value) || strings.ContainsFunc(key.Value, unseen) {
				return nil, errors.New("must have names that are texts")
			}
			if _, twice := m[key.Value]; twice {
				return nil, fmt.Errorf("has a name twice, again in line %d", key.Line)
			}
			v, err := plain(value, depth+1)
			if err != nil {
				return nil, err
			}
			m[key.Value] = v
		}
		return m, nil
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			v, err := plain(item, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	}
	return plainScalar(n)
}

var leadingZero = lazy.Regexp(`^[+-]?0[0-9_]`)

func plainScalar(n *yaml.Node) (any, error) {
	text := n.Value
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		var yes bool
		return yes, n.Decode(&yes)
	case "!!int":
		if leadingZero().MatchString(text) {
			return text, nil
		}
		var i int
		if n.Decode(&i) == nil {
			return i, nil
		}
		return digits(text)
	case "!!float":
		f, err := strconv.ParseFloat(text, 64)
		switch {
		case err != nil || math.IsInf(f, 0) || math.IsNaN(f):
			return nil, errors.New("must hold only names, texts, numbers, lists and mappings")
		case len(strings.Trim(text, "+-.0")) > 15: // more digits than it has
			return digits(text)
		}
		return f, nil
	case "!!binary":
		return nil, errors.New("must hold only names, texts, numbers, lists and mappings")
	}
	if strings.ContainsFunc(text, forbidden) || !utf8.ValidString(text) {
		return nil, errors.New("must hold texts without control characters")
	}
	return text, nil
}

// digits keeps all digits of a number, or takes it for a text where JSON has no such number.
func digits(text string) (any, error) {
	if json.Valid([]byte(text)) {
		return json.Number(text), nil
	}
	return text, nil
}

// A placed secret is one that stands in a mapping.
type placed struct {
	path string
	line int
}

// secrets finds what is named like a secret in a mapping, and has a value that can be one; and what is one whatever its
// name.
func secrets(n *yaml.Node, path string) []placed {
	n = yamltext.Resolved(n)
	var out []placed
	join := func(part string) string { return strings.TrimPrefix(path+"."+part, ".") }
	switch n.Kind {
	case yaml.MappingNode:
		for key, value := range yamltext.Pairs(n) {
			out = append(out, secrets(value, join(key.Value))...)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			out = append(out, secrets(item, join(strconv.Itoa(i)))...)
		}
	case yaml.ScalarNode:
		value, err := plainScalar(n)
		if text, _ := value.(string); err == nil && (secret.Named(path) && secret.Valued(value) || secret.Bare(text)) {
			out = append(out, placed{path, n.Line})
		}
	}
	return out
}
