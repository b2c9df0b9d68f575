package lint

import (
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
)

// A Text is a file: its name in findings, and what is in it.
type Text struct {
	Name string
	Data []byte
}

// fileLines is added to the line numbers of each compose file behind the first, so that a line in the merged
// document tells its file too. No file has that many.
const fileLines = 1 << 24

// texts are the compose files in the order in which they are laid over each other.
func (in Input) texts() []Text { return append([]Text{{in.File, in.Compose}}, in.Overrides...) }

// document parses the compose files into one document; nil where the first one is no YAML.
func (in Input) document() *yaml.Node {
	document, err := parse(in.Compose)
	if err != nil || len(in.Overrides) == 0 {
		return document
	}
	for i, text := range in.Overrides {
		over, err := parse(text.Data)
		if err != nil {
			continue // the load reports it
		}
		shiftLines(over, (i+1)*fileLines)
		layOver(resolve(document), resolve(over))
	}
	return document
}

func shiftLines(node *yaml.Node, by int) {
	node.Line += by
	for _, child := range node.Content {
		shiftLines(child, by)
	}
}

// whole are the attributes whose lists an override replaces; other lists grow.
var whole = []string{"command", "entrypoint", "test"}

// layOver merges mappings as Compose does, as far as it matters for finding a value's line.
func layOver(base, over *yaml.Node) {
	if base == nil || over == nil || base.Kind != yaml.MappingNode || over.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(over.Content); i += 2 {
		key, value := over.Content[i], over.Content[i+1]
		at := 0
		for at < len(base.Content) && base.Content[at].Value != key.Value {
			at += 2
		}
		if at+1 >= len(base.Content) {
			base.Content = append(base.Content, key, value)
			continue
		}
		old := resolve(base.Content[at+1])
		merges := old != nil && old.Kind == value.Kind && value.Tag != "!override"
		switch {
		case value.Tag == "!reset":
			base.Content = slices.Delete(base.Content, at, at+2)
		case merges && value.Kind == yaml.MappingNode:
			layOver(old, value)
		case merges && value.Kind == yaml.SequenceNode && !slices.Contains(whole, key.Value):
			old.Content = append(old.Content, value.Content...)
		default:
			base.Content[at], base.Content[at+1] = key, value
		}
	}
}

// relocate gives findings in the merged document the file that their line tells.
func (in Input) relocate(found diag.List) diag.List {
	for i := range found {
		f := &found[i]
		if number := f.Line / fileLines; f.File == in.File && number > 0 && number <= len(in.Overrides) {
			f.File, f.Line = in.Overrides[number-1].Name, f.Line%fileLines
		}
	}
	return found
}
