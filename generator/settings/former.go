package settings

import (
	"fmt"
	"regexp"

	"gopkg.in/yaml.v3"
)

// A Former is what a setting or a secret replaces: a variable of an installation that owgen did not
// make, and what has become of its values.
type Former struct {
	Names   Names             `yaml:"name"`    // the variable, or several alike; a dot leads into a mapping or a list
	Pick    string            `yaml:"pick"`    // regular expression; its first group that is not empty is the value
	Map     map[string]string `yaml:"map"`     // what values are called now; "" is the default, "*" any other value
	Unit    string            `yaml:"unit"`    // of its numbers, where that is not the setting's
	Into    string            `yaml:"into"`    // the entry of a mapping that it becomes
	File    bool              `yaml:"file"`    // it names the file that the value is in
	Example Names             `yaml:"example"` // values that everybody was given
	Absent  *string           `yaml:"absent"`  // its value where it is not set
	When    map[string]Names  `yaml:"when"`    // values of other settings that it depends on
	Note    string            `yaml:"note"`    // what to say to whoever comes from there
}

// Formers lists what is replaced, the most telling first. It may be written as a name, as one mapping, or as a
// list of both.
type Formers []Former

// UnmarshalYAML accepts all of these forms.
func (l *Formers) UnmarshalYAML(node *yaml.Node) error {
	nodes := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		nodes = node.Content
	}
	for _, n := range nodes {
		f, err := readFormer(n)
		if err != nil {
			return err
		}
		*l = append(*l, f)
	}
	return nil
}

func readFormer(n *yaml.Node) (Former, error) {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind == yaml.ScalarNode {
		return Former{Names: Names{n.Value}}, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; !formerKeys[key.Value] { // a decoder inside of UnmarshalYAML lets unknown ones pass
			return Former{}, fmt.Errorf("line %d: %s is nothing that can be said of a former variable", key.Line, key.Value)
		}
	}
	var f Former
	if err := n.Decode(&f); err != nil {
		return Former{}, err
	}
	if _, err := regexp.Compile(f.Pick); err != nil {
		return Former{}, fmt.Errorf("line %d: pick is no regular expression: %w", n.Line, err)
	}
	return f, nil
}

var formerKeys = map[string]bool{"name": true, "pick": true, "map": true, "unit": true, "into": true, "file": true,
	"example": true, "absent": true, "when": true, "note": true}

// Names returns the names of all variables.
func (l Formers) Names() []string {
	var out []string
	for _, f := range l {
		out = append(out, f.Names...)
	}
	return out
}

// Closest returns the name that an unknown one is probably meant to be, or "".
func Closest(unknown string, known []string) string {
	best, distance := "", 2+len(unknown)/8
	for _, name := range known {
		if d := editDistance(unknown, name); d < distance {
			best, distance = name, d
		}
	}
	return best
}
