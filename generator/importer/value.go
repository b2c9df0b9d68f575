package importer

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/settings"
	"github.com/owgen/owgen/generator/yamltext"
)

// Value turns the value of a variable into one of the setting that replaces it. The second result is false where that is
// the setting's default. With an error there may still be a value: the items of a list that are right.
func Value(d *settings.Setting, v replaces.Variable, old *yaml.Node) (any, bool, error) {
	old = yamltext.Resolved(old)
	switch {
	case d.Type == settings.Map:
		return mapValue(d, v, old)
	case d.Type == settings.List:
		return listValue(d, v, old)
	case old.Kind != yaml.ScalarNode:
		return nil, false, fmt.Errorf("must be a single %s, not a list or a mapping", d.Type)
	}
	text, ok := meant(v, scalarText(old))
	if !ok {
		return nil, false, nil
	}
	value, err := textValue(d, d.Type, v, text)
	return value, err == nil, err
}

// meant returns the text that a variable's value is taken for, and false where it is the same as none.
func meant(v replaces.Variable, text string) (string, bool) {
	text, found := picked(v, text)
	if !found {
		return "", false
	}
	if mapped, known := mapped(v, text); known {
		return mapped, mapped != ""
	}
	return text, !unset(text)
}

func picked(v replaces.Variable, text string) (string, bool) {
	if v.Pick == "" {
		return text, true
	}
	match := regexp.MustCompile(v.Pick).FindStringSubmatch(text) // compiled before, when the catalogue was read
	for _, group := range match[min(1, len(match)):] {
		if group != "" {
			return group, true
		}
	}
	return "", false
}

// covers returns the parts of a text, from and to, that Pick knows: all of it where there is no Pick.
func covers(v replaces.Variable, text string) [][]int {
	if v.Pick == "" {
		return [][]int{{0, len(text)}}
	}
	return regexp.MustCompile(v.Pick).FindAllStringIndex(text, -1)
}

// secretIn returns the secret that a text holds, and false where it holds none. Unlike in a setting, no word means that
// there is none: any of them may be somebody's password.
func secretIn(v replaces.Variable, text string) (string, bool) {
	text, found := picked(v, text)
	if to, ok := v.Map[text]; ok {
		text = to
	}
	return text, found && text != ""
}

func mapped(v replaces.Variable, text string) (string, bool) {
	if to, ok := v.Map[text]; ok {
		return to, true
	}
	for from, to := range v.Map {
		if strings.EqualFold(from, text) {
			return to, true
		}
	}
	if yes, ok := truth(text); ok {
		if to, ok := v.Map[strconv.FormatBool(yes)]; ok {
			return to, true
		}
	}
	to, ok := v.Map["*"]
	return to, ok && !unset(text)
}

// unset tells the words by which start scripts and templates mean that there is no value.
func unset(text string) bool {
	return text == "" || text == "None" || text == "null" || text == "__UNSET__"
}

// truth reads the words that people use for true and false.
func truth(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1":
		return true, true
	case "false", "no", "off", "0":
		return false, true
	}
	return false, false
}

func scalarText(n *yaml.Node) string {
	if n.ShortTag() == "!!null" {
		return ""
	}
	return n.Value
}

func textValue(d *settings.Setting, t settings.Type, v replaces.Variable, text string) (any, error) {
	switch t {
	case settings.Bool:
		if yes, ok := truth(text); ok {
			return yes, nil
		}
	case settings.Int:
		text = inUnit(text, v.Unit, d.Unit)
	case settings.Bytes:
		text = inUnit(text, v.Unit, "bytes")
	}
	return d.Parse(t, text)
}

func listValue(d *settings.Setting, v replaces.Variable, old *yaml.Node) (any, bool, error) {
	var words []string
	switch old.Kind {
	case yaml.SequenceNode:
		for _, n := range old.Content {
			words = append(words, scalarText(n))
		}
	case yaml.ScalarNode:
		words = splitWords(scalarText(old))
	default:
		return nil, false, errors.New("must be a list")
	}
	var wrong []string
	items := []any{}
	kind := d.Items
	if kind == "" {
		kind = settings.String
	}
	for i, word := range words {
		text, ok := meant(v, word)
		if !ok {
			continue
		}
		value, err := textValue(d, kind, v, text)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("item %d %s", i+1, err))
			continue
		}
		items = append(items, value)
	}
	if len(wrong) > 0 {
		return items, len(items) > 0, errors.New(strings.Join(wrong, "; "))
	}
	return items, len(items) > 0, nil
}

// splitWords splits a list as people write them: with commas, spaces, or as JSON and Python do.
func splitWords(text string) []string {
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		var items []string
		if yaml.Unmarshal([]byte(text), &items) == nil {
			return items
		}
	}
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",; \t\r\n", r) })
}

func mapValue(d *settings.Setting, v replaces.Variable, old *yaml.Node) (any, bool, error) {
	if old.Kind == yaml.MappingNode && len(old.Content) == 0 {
		return nil, false, nil
	}
	if v.Into != "" {
		value := entry(old)
		if value == nil {
			return nil, false, nil
		}
		return map[string]any{v.Into: value}, true, nil
	}
	if old.Kind == yaml.ScalarNode {
		text := scalarText(old)
		if unset(text) {
			return nil, false, nil
		}
		var document yaml.Node
		if yaml.Unmarshal([]byte(text), &document) != nil || len(document.Content) != 1 {
			return nil, false, errors.New("must be a mapping, as JSON writes it")
		}
		old = document.Content[0]
	}
	value, err := d.Convert(old)
	m, _ := value.(map[string]any)
	return value, err == nil && len(m) > 0, err
}

// entry reads the value of one Django setting. Variables of an environment have no types, so docker-openwisp guesses:
// numbers, words for true and false, and JSON are what they look like.
func entry(old *yaml.Node) any {
	var value any
	if old.ShortTag() != "!!str" {
		if old.Decode(&value) != nil {
			return nil
		}
		return value
	}
	text := old.Value
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	if yes, ok := truth(text); ok {
		return yes
	}
	if unset(text) {
		return nil
	}
	if strings.ContainsAny(text[:1], `[{"-0123456789`) && yaml.Unmarshal([]byte(text), &value) == nil {
		switch value.(type) {
		case map[string]any, []any, float64:
			return value
		case string:
			if text[0] == '"' {
				return value
			}
		}
	}
	return text
}
