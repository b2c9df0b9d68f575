package catalog

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/settings"
)

// imported is the folder of what only the import of other installations reads.
const imported = "_import"

// A Kind is a way of installing that has a .env, and what tells it from others.
type Kind struct {
	Name      string         `yaml:"name"`
	Services  settings.Names `yaml:"services"`  // its Compose project has one of these,
	Variables settings.Names `yaml:"variables"` // or its .env; a kind with neither is that of all other folders
	Profile   string         `yaml:"profile"`   // what takes its place
}

// Dropped are variables of another way of installing that nothing replaces.
type Dropped struct {
	Names  settings.Names `yaml:"names"`  // a * stands for any part
	Values string         `yaml:"values"` // a regular expression: the reason is that of these values alone
	Reason string         `yaml:"reason"`

	values *regexp.Regexp
}

// Is says whether the reason is that of a variable with this value, or of a file.
func (d Dropped) Is(name, value string) bool {
	return slices.ContainsFunc(d.Names, func(pattern string) bool {
		ok, _ := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(name, "/", "\x00")) // a * stands for folders as well
		return ok && (d.values == nil || d.values.MatchString(value))
	})
}

// readImported reads what is said of other ways of installing.
func (c *Catalog) readImported(files tree, found *diag.List) {
	dropped, kinds := files[imported+"/dropped.yaml"], files[imported+"/kinds.yaml"]
	if err := decode(kinds.data, &c.Kinds); err != nil {
		found.Add(unreadable(kinds.origin, err)...)
	}
	if err := decode(dropped.data, &c.Dropped); err != nil {
		found.Add(unreadable(dropped.origin, err)...)
	}
	for _, list := range c.Dropped {
		for i, d := range list {
			if d.Values == "" {
				continue
			}
			var err error
			if list[i].values, err = regexp.Compile("^(?:" + d.Values + ")$"); err != nil {
				found.Add(diag.Finding{Rule: "catalog/unreadable", File: dropped.origin, Path: strings.Join(d.Names, ", "), Message: "values: " + err.Error(), Hint: "write a regular expression as Go reads them"})
			}
		}
	}
}
