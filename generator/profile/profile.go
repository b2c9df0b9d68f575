// Package profile reads profiles, the user's files and --set flags as layers of values.
package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/buildkit/util/suggest"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/settings"
	"github.com/owgen/owgen/generator/yamltext"
)

// Version is the newest version of the format of profiles that this program reads and writes.
const Version = 1

// A Source says where the input is.
type Source struct {
	Profile string   // a profile's name, or a file
	Given   []Given  // values laid over it that stand in no file of their own
	Values  []string // files laid over these, in order
	Set     []string // key=value, laid over all

	Named    fs.FS                        // NAME.yaml of each named profile
	ReadFile func(string) ([]byte, error) // reads the user's files
}

// Given are values that are a part of another document, which is named in findings.
type Given struct {
	File   string
	Values *yaml.Node // a mapping of settings; it is only read
}

// An Input is what a source says, lowest layer first.
type Input struct {
	Profile string // the named profile at the bottom of the chain
	Word    string // profile or extends: by which the file that the source names as its profile says on what it is built
	Summary string
	Layers  []settings.Layer
}

// document is one file: its meta keys, and its values as a mapping node.
type document struct {
	name, file  string
	version     int
	extends     string
	extendsWord string // as the user wrote it: extends or profile
	extendsLine int
	summary     string
	sizes       map[string]*yaml.Node
	values      *yaml.Node
}

// Read reads the profile with all that it extends, the values and the flags.
func Read(src Source) (Input, diag.List) {
	var found diag.List
	chain := src.chain(src.Profile, &found)
	in := Input{Word: "extends"}
	for _, doc := range chain {
		if doc.extends != "" {
			in.Word = doc.extendsWord
		}
		if doc.summary != "" {
			in.Summary = doc.summary
		}
		if doc.name == "profile" {
			in.Profile = strings.TrimSuffix(filepath.Base(doc.file), ".yaml")
		}
	}
	for _, given := range src.Given {
		chain = append(chain, &document{name: "file", file: given.File, values: given.Values})
	}
	for _, file := range src.Values {
		if doc := src.file(file, &found); doc != nil {
			if doc.extends != "" && doc.extends != src.Profile {
				found.Add(diag.Finding{Rule: "profile/extends-in-values", File: file, Line: doc.extendsLine, Path: doc.extendsWord,
					Message: "a file of values cannot name another profile than the command line", Hint: "name the profile on the command line, or pass this file as the profile"})
			}
			chain = append(chain, doc)
		}
	}
	flags := fromFlags(src.Set, &found)
	in.Layers = layers(chain, flags, &found)
	return in, found
}

// chain reads a profile and what it extends; the lowest comes first.
func (src Source) chain(name string, found *diag.List) []*document {
	var chain []*document
	seen := map[string]bool{}
	for next := name; next != ""; {
		var below *document // who extends it
		if len(chain) > 0 {
			below = chain[len(chain)-1]
		}
		if seen[next] {
			found.Add(diag.Finding{Rule: "profile/extends-itself", File: below.file, Line: below.extendsLine, Path: below.extendsWord,
				Message: next + " is built on itself", Hint: "name a profile that does not lead back here"})
			break
		}
		seen[next] = true
		doc := src.open(next, below, found)
		if doc == nil {
			break
		}
		chain = append(chain, doc)
		next = Beside(doc.file, doc.extends)
	}
	slices.Reverse(chain)
	return chain
}

// Placed puts findings about what nobody has set into the user's file, where it is to be set.
func (src Source) Placed(found diag.List) diag.List {
	for i := range found {
		if found[i].File == "" && isFile(src.Profile) {
			found[i].File = src.Profile
		}
	}
	return found
}

// Beside is the profile that a file means by a name: a path is relative to the file's folder.
func Beside(file, name string) string {
	if isFile(name) && !filepath.IsAbs(name) {
		return filepath.Join(filepath.Dir(file), name)
	}
	return name
}

// The rules of what is named and not there.
const (
	RuleUnknown = "profile/unknown"
	RuleAbsent  = "profile/absent"
)

func isFile(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml") || strings.ContainsAny(name, `/\`)
}

// open reads a named profile or a file; by is the document that extends it, if one does.
func (src Source) open(name string, by *document, found *diag.List) *document {
	if isFile(name) {
		return src.file(name, found)
	}
	data, err := fs.ReadFile(src.Named, name+".yaml")
	if err != nil {
		f := diag.Finding{Rule: RuleUnknown, Path: name, Message: "is no profile",
			Hint: fmt.Sprintf("the profiles are %s; a file ends in .yaml", strings.Join(Names(src.Named), ", "))}
		if meant, ok := suggest.Search(name, Names(src.Named), true); ok {
			f.Hint = "did you mean " + meant + "? " + f.Hint
		}
		if by != nil {
			f.File, f.Line, f.Path, f.Message = by.file, by.extendsLine, by.extendsWord, name+" is no profile"
		}
		found.Add(f)
		return nil
	}
	return parse("profile", "profiles/"+name+".yaml", data, found)
}

func (src Source) file(name string, found *diag.List) *document {
	data, err := src.ReadFile(name)
	if err != nil {
		f := diag.Finding{Rule: "profile/unreadable", File: name, Message: "cannot be read: " + err.Error(), Hint: "check the path"}
		if errors.Is(err, fs.ErrNotExist) {
			f.Rule, f.Message = RuleAbsent, "does not exist"
		}
		found.Add(f)
		return nil
	}
	return parse("file", name, data, found)
}

// Names returns the named profiles: those that others extend first, then those that stand for themselves, then those that extend
// another.
func Names(named fs.FS) []string {
	files, _ := fs.Glob(named, "*.yaml") // the pattern is well-formed
	extends := map[string]string{}
	var names []string
	for _, file := range files {
		data, _ := fs.ReadFile(named, file)
		name := strings.TrimSuffix(file, ".yaml")
		names = append(names, name)
		var found diag.List
		if doc := parse("profile", file, data, &found); doc != nil {
			extends[name] = doc.extends
		}
	}
	rank := func(name string) int {
		switch {
		case extends[name] != "":
			return 2
		case slices.Contains(slices.Collect(maps.Values(extends)), name):
			return 0
		}
		return 1
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	return names
}

// Summary returns a named profile's one line.
func Summary(named fs.FS, name string) string {
	data, err := fs.ReadFile(named, name+".yaml")
	if err != nil {
		return ""
	}
	var found diag.List
	if doc := parse("profile", name, data, &found); doc != nil {
		return doc.summary
	}
	return ""
}

// parse splits a file into its meta keys and its values.
func parse(name, file string, data []byte, found *diag.List) *document {
	doc := &document{name: name, file: file, version: Version, sizes: map[string]*yaml.Node{}}
	mapping, problems := yamltext.Document(data)
	for _, p := range problems {
		found.Add(diag.Finding{Rule: "profile/not-yaml", File: file, Line: p.Line, Message: p.Message, Hint: p.Hint})
	}
	if mapping == nil {
		if len(problems) > 0 {
			return nil
		}
		return doc
	}
	if mapping.Kind != yaml.MappingNode {
		p := yamltext.Scalar(mapping.Line, mapping.Value)
		found.Add(diag.Finding{Rule: "profile/not-a-mapping", File: file, Line: p.Line, Message: p.Message, Hint: p.Hint})
		return nil
	}
	doc.values = &yaml.Node{Kind: yaml.MappingNode, Line: mapping.Line}
	for key, value := range yamltext.Pairs(mapping) {
		if !doc.meta(key.Value, value, found) {
			doc.values.Content = append(doc.values.Content, key, value)
		}
	}
	migrate(doc)
	return doc
}

// meta takes the keys that are about the file itself.
func (doc *document) meta(key string, value *yaml.Node, found *diag.List) bool {
	wrong := func(expected string) {
		found.Add(diag.Finding{Rule: "profile/wrong-meta", File: doc.file, Line: value.Line, Path: key, Message: "must be " + expected})
	}
	switch key {
	case "version":
		if value.Decode(&doc.version) != nil || doc.version < 1 || doc.version > Version {
			wrong(fmt.Sprintf("%d, the version of the format; a higher one is for a newer owgen", Version))
		}
	case "extends", "profile":
		switch {
		case value.Kind != yaml.ScalarNode:
			wrong("a profile's name, or a file")
		case doc.extends != "":
			found.Add(diag.Finding{Rule: "profile/named-twice", File: doc.file, Line: value.Line, Path: key,
				Message: fmt.Sprintf("the profile is named in line %d already", doc.extendsLine), Hint: "keep one of profile and extends, which mean the same"})
			return true
		}
		doc.extends, doc.extendsWord, doc.extendsLine = value.Value, key, value.Line
	case "summary":
		doc.summary = value.Value
	case "sizes":
		if value.Kind != yaml.MappingNode {
			wrong("a mapping of sizes to settings")
			return true
		}
		for size, settings := range yamltext.Pairs(value) {
			doc.sizes[size.Value] = settings
		}
	default:
		return false
	}
	return true
}

// migrate rewrites the values of older versions in place. There is no older version yet.
func migrate(doc *document) { doc.version = Version }
