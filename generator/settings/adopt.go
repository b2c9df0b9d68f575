package settings

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Convert reads a node as a value of the setting, and checks it.
func (d *Setting) Convert(node *yaml.Node) (any, error) { return d.convert(node) }

// Adopt turns the value of a former variable into one of the setting. The second result is false where that is
// the setting's default. With an error there may still be a value: the items of a list that are right.
func (d *Setting) Adopt(f Former, old *yaml.Node) (any, bool, error) {
	for old.Kind == yaml.AliasNode {
		old = old.Alias
	}
	switch {
	case d.Type == Map:
		return d.adoptMap(f, old)
	case d.Type == List:
		return d.adoptList(f, old)
	case old.Kind != yaml.ScalarNode:
		return nil, false, fmt.Errorf("must be a single %s, not a list or a mapping", d.Type)
	}
	text, ok := f.Value(scalarText(old))
	if !ok {
		return nil, false, nil
	}
	value, err := d.adoptText(d.Type, f, text)
	return value, err == nil, err
}

// Value returns the text that a variable's value is taken for, and false where it is the same as none.
func (f Former) Value(text string) (string, bool) {
	text, found := f.picked(text)
	if !found {
		return "", false
	}
	if mapped, known := f.mapped(text); known {
		return mapped, mapped != ""
	}
	return text, !unset(text)
}

func (f Former) picked(text string) (string, bool) {
	if f.Pick == "" {
		return text, true
	}
	match := regexp.MustCompile(f.Pick).FindStringSubmatch(text) // compiled before, when the catalogue was read
	for _, group := range match[min(1, len(match)):] {
		if group != "" {
			return group, true
		}
	}
	return "", false
}

// Covers returns the parts of a text, from and to, that Pick knows: all of it where there is no Pick.
func (f Former) Covers(text string) [][]int {
	if f.Pick == "" {
		return [][]int{{0, len(text)}}
	}
	return regexp.MustCompile(f.Pick).FindAllStringIndex(text, -1)
}

// Secret returns the secret that a text holds, and false where it holds none. Unlike in a setting, no word means that
// there is none: any of them may be somebody's password.
func (f Former) Secret(text string) (string, bool) {
	text, found := f.picked(text)
	if to, ok := f.Map[text]; ok {
		text = to
	}
	return text, found && text != ""
}

func (f Former) mapped(text string) (string, bool) {
	if to, ok := f.Map[text]; ok {
		return to, true
	}
	for from, to := range f.Map {
		if strings.EqualFold(from, text) {
			return to, true
		}
	}
	if yes, ok := truth(text); ok {
		if to, ok := f.Map[strconv.FormatBool(yes)]; ok {
			return to, true
		}
	}
	to, ok := f.Map["*"]
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

func (d *Setting) adoptText(t Type, f Former, text string) (any, error) {
	switch t {
	case Bool:
		if yes, ok := truth(text); ok {
			return yes, nil
		}
	case Int:
		text = inUnit(text, f.Unit, d.Unit)
	}
	return d.parse(t, text)
}

func (d *Setting) adoptList(f Former, old *yaml.Node) (any, bool, error) {
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
		kind = String
	}
	for i, word := range words {
		text, ok := f.Value(word)
		if !ok {
			continue
		}
		value, err := d.adoptText(kind, f, text)
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

func (d *Setting) adoptMap(f Former, old *yaml.Node) (any, bool, error) {
	if f.Into != "" {
		value := entry(old)
		if value == nil {
			return nil, false, nil
		}
		return map[string]any{f.Into: value}, true, nil
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
	value, err := d.convert(old)
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
