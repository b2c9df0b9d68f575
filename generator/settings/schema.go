// Package settings holds the typed schema of everything a user can set, and resolves the layers
// of values (defaults, profile, size, file, --set) into one checked set.
package settings

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/yamltext"
)

// A Setting is one declared value; Key is its full dotted path, unique in the catalogue.
type Setting struct {
	Key         string          `yaml:"key"`
	Type        Type            `yaml:"type"`
	Items       Type            `yaml:"items"`        // type of a list's items, string when empty; of a map's values, any when empty
	Default     yaml.Node       `yaml:"default"`      // absent: the type's zero value
	Derive      string          `yaml:"derive"`       // a default made of other settings: "dashboard.{domain}"
	Fields      map[string]Type `yaml:"fields"`       // of JSON that is a list of objects: what each must have, a string or a list
	Values      []string        `yaml:"values"`       // allowed values of an enum
	Min         *float64        `yaml:"min"`          // smallest number, or fewest characters
	Max         *float64        `yaml:"max"`          // largest number, or most characters
	Pattern     string          `yaml:"pattern"`      // regular expression that the whole value matches; a map's names
	Form        string          `yaml:"form"`         // what a value that matches it is, in words
	Least       string          `yaml:"least"`        // shortest duration, smallest size
	Most        string          `yaml:"most"`         // and the longest, largest
	Together    int             `yaml:"together"`     // most characters that a list's items have together, with one between two
	Same        Names           `yaml:"same"`         // entries of settings that take anything, which are this one: openwisp.settings.TIME_ZONE
	OneOf       string          `yaml:"one_of"`       // the list that its reader has: lists/NAME in the folder that declares it
	Instead     string          `yaml:"instead"`      // what to do with a secret that somebody writes into a mapping; {name} is its path
	SecretNames string          `yaml:"secret_names"` // the list that names those of its entries that stand in files in secrets/
	Folder      string          `yaml:"folder"`       // regular expression, whose group is a folder of the bundle that an item names
	Public      bool            `yaml:"public"`       // what it names may be seen by everybody, although it is mounted like a secret
	Unit        string          `yaml:"unit"`
	Needs       string          `yaml:"needs"`    // another setting, which must be set when this one is
	Works       string          `yaml:"works"`    // the load of _shared/sizing.yaml for which this many processes of each replica work
	Env         string          `yaml:"env"`      // its name in .env
	Replaces    replaces.By     `yaml:"replaces"` // variables of other installations
	Description string          `yaml:"description"`
	Since       string          `yaml:"since"`
	Ask         *Ask            `yaml:"ask"`    // what `owgen init` asks, if it is for everybody to decide
	Change      *Change         `yaml:"change"` // what a change of it does that the deployment's files do not show

	Known   *Vocabulary                    `yaml:"-"` // the list that OneOf names
	owned   map[string]string              // settings that are entries of this mapping as well (Same), by the entry's name in lower case
	matches func() (*regexp.Regexp, error) // Pattern, compiled once for a schema

	File  string `yaml:"-"` // the service.yaml that declares it
	Owner string `yaml:"-"` // the service, or empty for a global setting
}

// A Change says what a change of a setting costs, in the words of package diff, and why.
type Change struct {
	Cost     string `yaml:"cost"`
	Variable string `yaml:"variable"` // of a container's environment, in which the setting is seen; the setting's env when empty
	Why      string `yaml:"why"`
}

// An Ask is a question about a setting. It may be written as its text alone.
type Ask struct {
	Text string           `yaml:"text"`
	When map[string]Names `yaml:"when"` // values of other settings without which it means nothing; "*" is any but empty
}

// UnmarshalYAML accepts a scalar or a mapping.
func (a *Ask) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		a.Text = node.Value
		return nil
	}
	type plain Ask
	return node.Decode((*plain)(a))
}

// Names is a list of names that may be written as a single one.
type Names = yamltext.Names

// A Schema is the ordered set of all settings.
type Schema struct {
	list     []*Setting
	byKey    map[string]*Setting
	prefixes map[string]bool // every proper prefix of a key
	secrets  []SecretFile
}

// NewSchema indexes settings in the order given; a key declared twice, or below another, is a finding.
func NewSchema(list []*Setting) (*Schema, diag.List) {
	s := &Schema{list: list, byKey: map[string]*Setting{}, prefixes: map[string]bool{}}
	var found diag.List
	for _, d := range list {
		if old := s.byKey[d.Key]; old != nil {
			found.Add(diag.Finding{Rule: "catalog/setting-declared-twice", File: d.File, Path: d.Key,
				Message: fmt.Sprintf("is declared in %s as well", old.File), Hint: "declare it once, in the folder it belongs to"})
			continue
		}
		s.byKey[d.Key] = d
		if d.Pattern != "" && d.matches == nil {
			d.matches = sync.OnceValues(d.compile)
		}
		for i := range d.Key {
			if d.Key[i] == '.' {
				s.prefixes[d.Key[:i]] = true
			}
		}
	}
	s.own()
	for _, d := range list {
		if s.prefixes[d.Key] {
			found.Add(diag.Finding{Rule: "catalog/setting-is-a-group", File: d.File, Path: d.Key,
				Message: "is a setting and a group of settings at once", Hint: "rename one of them"})
		}
	}
	return s, found
}

// own tells mappings that take anything which of their entries have a setting.
func (s *Schema) own() {
	for _, d := range s.list {
		for _, entry := range d.Same {
			at := strings.LastIndexByte(entry, '.')
			door := s.byKey[entry[:max(at, 0)]]
			if door == nil || door.Type != Map {
				continue // the catalogue's check says so
			}
			if door.owned == nil {
				door.owned = map[string]string{}
			}
			door.owned[strings.ToLower(entry[at+1:])] = d.Key
		}
	}
}

// All returns the settings in their order.
func (s *Schema) All() []*Setting { return s.list }

// Lookup returns the setting of that key, or nil.
func (s *Schema) Lookup(key string) *Setting { return s.byKey[key] }

// ByEnv returns the setting that .env knows under that name, or nil.
func (s *Schema) ByEnv(name string) *Setting {
	for _, d := range s.list {
		if d.Env == name {
			return d
		}
	}
	return nil
}

// Nearest returns the known key or group closest to an unknown one, or "" when none is near: one
// with a few letters changed, or else one with the same last part.
func (s *Schema) Nearest(unknown string) string {
	last := unknown[strings.LastIndexByte(unknown, '.')+1:]
	best, distance := "", 2+len(last)/4
	consider := func(known string) {
		if longer := len(known) - len(unknown); max(longer, -longer) > distance {
			return // each character more is one step
		}
		if d := editDistance(unknown, known); d < distance || d == distance && known < best {
			best, distance = known, d
		}
	}
	samePart := ""
	for _, d := range s.list {
		consider(d.Key)
		if samePart == "" && last == d.Key[strings.LastIndexByte(d.Key, '.')+1:] {
			samePart = d.Key
		}
	}
	for p := range s.prefixes {
		consider(p)
	}
	if best == "" {
		return samePart
	}
	return best
}

// editDistance is Levenshtein's distance of two ASCII names, in which two neighbours that have changed places are one step.
func editDistance(a, b string) int {
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
