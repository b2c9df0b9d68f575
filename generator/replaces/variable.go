// Package replaces is how the catalogue says what a setting, a secret or a file takes the place of in installations
// that owgen did not make. Package importer applies it.
package replaces

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/yamltext"
)

// The ways of installing that are known.
const (
	Docker  = "docker-openwisp"
	Ansible = "ansible-openwisp2"
	Kopano  = "kopano-docker"
)

var kinds = []string{Docker, Ansible, Kopano}

// By lists what is replaced, by the way of installing.
type By map[string]Variables

// UnmarshalYAML refuses other ways of installing.
func (b *By) UnmarshalYAML(node *yaml.Node) error { return decode(node, (*map[string]Variables)(b)) }

// Files lists the files and folders that are replaced, by the way of installing.
type Files map[string]yamltext.Names

// UnmarshalYAML refuses other ways of installing.
func (f *Files) UnmarshalYAML(node *yaml.Node) error {
	return decode(node, (*map[string]yamltext.Names)(f))
}

func decode(node *yaml.Node, into any) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: replaces is a mapping, by the way of installing: %s", node.Line, strings.Join(kinds, ", "))
	}
	for key := range yamltext.Pairs(node) {
		if !slices.Contains(kinds, key.Value) {
			return fmt.Errorf("line %d: %s is no way of installing that is known: %s", key.Line, key.Value, strings.Join(kinds, ", "))
		}
	}
	return node.Decode(into)
}

// A Variable is what a setting or a secret replaces, or several variables alike, and what has become of its values.
type Variable struct {
	Names   yamltext.Names            `yaml:"name"`    // a dot leads into a mapping or a list
	Pick    string                    `yaml:"pick"`    // regular expression; its first group that is not empty is the value
	Map     map[string]string         `yaml:"map"`     // what values are called now; "" is the default, "*" any other value
	Unit    string                    `yaml:"unit"`    // of its numbers, where that is not the setting's
	Into    string                    `yaml:"into"`    // the entry of a mapping that it becomes
	File    bool                      `yaml:"file"`    // it names the file that the value is in
	Example yamltext.Names            `yaml:"example"` // values that everybody was given
	Absent  *string                   `yaml:"absent"`  // its value where it is not set
	When    map[string]yamltext.Names `yaml:"when"`    // values of other settings that it depends on
	Note    string                    `yaml:"note"`    // what to say to whoever comes from there
}

// Variables lists what is replaced, the most telling first. It may be written as a name, as one mapping, or as a list
// of both.
type Variables []Variable

// UnmarshalYAML accepts all of these forms.
func (l *Variables) UnmarshalYAML(node *yaml.Node) error {
	for _, n := range yamltext.OneOrSeveral(node) {
		v, err := readVariable(yamltext.Resolved(n))
		if err != nil {
			return err
		}
		*l = append(*l, v)
	}
	return nil
}

func readVariable(n *yaml.Node) (Variable, error) {
	if n.Kind == yaml.ScalarNode {
		return Variable{Names: yamltext.Names{n.Value}}, nil
	}
	for key := range yamltext.Pairs(n) { // a decoder inside of UnmarshalYAML lets unknown ones pass
		if !known[key.Value] {
			return Variable{}, fmt.Errorf("line %d: %s is nothing that can be said of a variable that is replaced", key.Line, key.Value)
		}
	}
	var v Variable
	if err := n.Decode(&v); err != nil {
		return Variable{}, err
	}
	if _, err := regexp.Compile(v.Pick); err != nil {
		return Variable{}, fmt.Errorf("line %d: pick is no regular expression: %w", n.Line, err)
	}
	return v, nil
}

var known = map[string]bool{"name": true, "pick": true, "map": true, "unit": true, "into": true, "file": true,
	"example": true, "absent": true, "when": true, "note": true}

// Names returns the names of all variables.
func (l Variables) Names() []string {
	var out []string
	for _, v := range l {
		out = append(out, v.Names...)
	}
	return out
}
