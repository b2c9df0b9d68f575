package archive

import (
	"bytes"
	"maps"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/secret"
	"github.com/owgen/owgen/generator/secret/known"
)

// inJSON says where a file holds a secret within JSON: a file of its own, or a value of a variable, as settings of
// some programs are. Whatever is in secrets/, nobody knows such a value by it; the name gives it away.
func (s secretSearch) inJSON(e Entry) []string {
	var found []string
	look := func(text, where string) {
		for _, m := range secret.InJSON(text) {
			if !strings.Contains(m.Value, "$") && !known.Value(m.Value) && !slices.Contains(s.names, m.Value) {
				found = append(found, "a secret in JSON: "+strings.Trim(where+"."+m.Path, "."))
			}
		}
	}
	switch name := path.Base(e.Path); {
	case strings.HasSuffix(name, ".json"):
		look(string(e.Data), "")
	case strings.HasSuffix(name, ".env"):
		values, _ := dotenv.Read(e.Data, nil) // what cannot be read is found by lint
		for _, variable := range slices.Sorted(maps.Keys(values)) {
			look(values[variable], variable)
		}
	case strings.HasSuffix(name, ".yml"), strings.HasSuffix(name, ".yaml"):
		var document yaml.Node
		if mayHoldJSON(e.Data) && yaml.Unmarshal(e.Data, &document) == nil {
			eachText(&document, "", look)
		}
	}
	return found
}

// mayHoldJSON tells whether a value within YAML may be a text that begins as JSON does, which most files have none of:
// behind a quote, a = or the sign of a block, as the first of its line, or with signs that hide it. Elsewhere such a
// bracket is YAML's own, or in the middle of a text.
func mayHoldJSON(text []byte) bool {
	before := byte('\n')
	for _, c := range text {
		switch {
		case c == ' ', c == '\t':
			continue
		case (c == '{' || c == '[') && (bytes.IndexByte([]byte("\n\r\"'=|>"), before) >= 0 || before >= 0x80), c == '\\':
			return true
		}
		before = c
	}
	return false
}

// eachText visits each value of a document that is a text, with the key that it stands at.
func eachText(node *yaml.Node, key string, visit func(text, key string)) {
	if node.Kind == yaml.ScalarNode {
		text := node.Value
		if name, value, ok := strings.Cut(text, "="); ok && key == "" && !strings.ContainsAny(name, `{["`) { // an item NAME=value
			key, text = name, value
		}
		visit(text, key)
		return
	}
	for i, child := range node.Content {
		switch {
		case node.Kind == yaml.MappingNode && i%2 == 1:
			eachText(child, node.Content[i-1].Value, visit)
		case node.Kind != yaml.MappingNode:
			eachText(child, "", visit)
		}
	}
}
