// Package importer turns an installation that owgen did not make into the input of a bundle: it reads what another way of
// installing was configured with, and finds for each variable what has replaced it. Which variable that is, and
// what its values mean now, stands in the service folders.
package importer

import (
	"io/fs"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/replaces"
)

// An Installation is what another way of installing was configured with. It holds secrets.
type Installation struct {
	Kind      string
	Variables []Variable        // each name once
	Files     map[string][]byte // what people put beside the configuration, by path
	Left      []Left            // files that were not taken
	Findings  diag.List         // what is odd about all that
}

// A Variable is one value of the configuration.
type Variable struct {
	Name  string
	Value *yaml.Node
	File  string
	Line  int

	cut bool // something after a # was taken for a comment
}

// variable returns the variable of that name, or nil.
func (in *Installation) variable(name string) *Variable {
	for i := range in.Variables {
		if in.Variables[i].Name == name {
			return &in.Variables[i]
		}
	}
	return nil
}

// Options say what to read where there is a choice.
type Options struct {
	Host      string // of an inventory with several
	Inventory *Place // of several, or one that is elsewhere
	Kinds     []catalog.Kind
}

// Read reads a checkout of docker-openwisp or kopano-docker, or a playbook of ansible-openwisp2 with its inventory.
func Read(dir fs.FS, o Options) (*Installation, diag.List) {
	kind, missing := kindOf(dir, o.Kinds)
	if missing != nil {
		return nil, diag.List{*missing}
	}
	if kind != "" {
		read := readDocker
		if kind != replaces.Docker {
			read = func(dir fs.FS) (*Installation, diag.List) { return readCompose(dir, kind) }
		}
		in, found := read(dir)
		if in != nil {
			found = append(found, in.Findings.Errors()...)
		}
		return in, found
	}
	in, found := readAnsible(dir, o)
	if in != nil {
		found = append(found, in.Findings.Errors()...)
	}
	if in == nil && len(found) == 0 {
		found.Add(diag.Finding{Rule: "import/unknown", File: ".", Message: "is neither a checkout of docker-openwisp or kopano-docker (there is no .env) nor a playbook of ansible-openwisp2 (no *.yml there uses the role)",
			Hint: "name the folder that .env, or the playbook, is in"})
	}
	return in, found
}

// text is a value that is certainly one.
func text(value string, line int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Line: line}
}
