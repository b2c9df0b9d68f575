// Package reference describes owgen: its settings, services, commands and rules, from the same data that it
// works with. Markdown, a page with a search, man pages and a JSON Schema are ways to write the same reference.
package reference

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/settings"
)

// A Reference is all that there is to know.
type Reference struct {
	Version  string
	Profiles []Profile
	Groups   []Group // of settings
	Services []ServiceEntry
	Commands []Command
	Rules    []lint.Rule
}

// A Profile is a named profile.
type Profile struct{ Name, Summary string }

// A Group is the settings below one name; that of the settings which stand alone has no Name.
type Group struct {
	Name     string
	Settings []Setting
}

// Title is the group's heading.
func (g Group) Title() string {
	if g.Name == "" {
		return "general"
	}
	return g.Name
}

// A Setting is described in words.
type Setting struct {
	*settings.Setting
	Kind     string // its type, with what a value may be
	Value    string // its default
	Derived  bool   // the default is made of other settings
	Sentence string // the description in one line
}

// Make collects the reference of a catalogue.
func Make(version string, c *catalog.Catalog, profiles []Profile, commands []Command) (*Reference, error) {
	schema, found := settings.NewSchema(c.Settings())
	values, more := schema.Resolve(nil)
	if err := append(found, more...).Err(); err != nil {
		return nil, err
	}
	r := &Reference{Version: version, Profiles: profiles, Commands: commands, Rules: lint.Rules()}
	groups := map[string][]Setting{}
	for _, d := range schema.All() {
		name, _, below := strings.Cut(d.Key, ".")
		if !below {
			name = ""
		}
		s := Setting{Setting: d, Kind: Kind(d), Value: values.String(d.Key), Sentence: OneLine(d.Description)}
		if d.Derive != "" {
			s.Value, s.Derived = d.Derive, true
		}
		groups[name] = append(groups[name], s)
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		r.Groups = append(r.Groups, Group{name, groups[name]})
	}
	for _, s := range c.Services {
		r.Services = append(r.Services, ServiceEntry{Definition: s, settings: r.owned(s.Name)})
	}
	slices.SortFunc(r.Rules, func(a, b lint.Rule) int { return strings.Compare(a.ID, b.ID) })
	return r, nil
}

// Files is the reference in all its forms, by the paths of its files.
func (r *Reference) Files() (map[string][]byte, error) {
	files := r.Markdown()
	for name, page := range r.ManPages() {
		files["man/"+name] = page
	}
	var err error
	if files["reference.html"], err = r.Page(); err != nil {
		return nil, err
	}
	files["owgen.schema.json"], err = r.Schema()
	return files, err
}

// owned are the keys of the settings that a service declares.
func (r *Reference) owned(service string) []string {
	var out []string
	for _, g := range r.Groups {
		for _, s := range g.Settings {
			if s.Owner == service {
				out = append(out, s.Key)
			}
		}
	}
	return out
}

// Notes are what else there is to know about a setting.
func (s Setting) Notes() []Line {
	var out []Line
	if s.Needs != "" {
		out = append(out, Line{s.Needs, "Needs"})
	}
	if s.Env != "" {
		out = append(out, Line{s.Env, "In .env:"})
	}
	if was := strings.Join(s.Replaces[replaces.Docker].Names(), ", "); was != s.Env && was != "" {
		out = append(out, Line{was, "In docker-openwisp:"})
	}
	return out
}

// Kind says what a setting's value may be.
func Kind(d *settings.Setting) string {
	text := string(d.Type)
	if d.Items != "" {
		text += " of " + string(d.Items)
	}
	isText := !slices.Contains([]settings.Type{settings.Int, settings.Number, settings.Port}, d.Type)
	switch limits := Limits(d.Min, d.Max); {
	case limits != "" && d.Type == settings.CIDR:
		text += ", /" + format(*d.Min) + " to /" + format(*d.Max)
	case limits != "" && isText:
		text += ", " + limits + " characters"
	case limits != "":
		text += ", " + limits
	}
	switch {
	case d.Least != "" && d.Most != "":
		text += ", " + d.Least + " to " + d.Most
	case d.Least != "":
		text += ", at least " + d.Least
	case d.Most != "":
		text += ", at most " + d.Most
	}
	if d.Together > 0 {
		text += ", " + strconv.Itoa(d.Together) + " characters together at most"
	}
	if d.Known != nil {
		text += ", one of the names in " + d.Known.File()
	}
	if d.Unit != "" {
		text += ", in " + d.Unit
	}
	return text
}

func format(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// Limits says between which numbers something lies.
func Limits(from, to *float64) string {
	switch {
	case from != nil && to != nil:
		return format(*from) + " to " + format(*to)
	case from != nil:
		return "at least " + format(*from)
	case to != nil:
		return "at most " + format(*to)
	}
	return ""
}

// Condition says when something holds.
func Condition(when catalog.Condition) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(when)) {
		values := cmp.Or(strings.Join(when[key], " or "), "empty")
		switch name, ok := strings.CutPrefix(key, "capability."); {
		case ok && values == "true":
			parts = append(parts, "something provides "+name)
		case ok:
			parts = append(parts, "nothing provides "+name)
		default:
			parts = append(parts, "`"+key+"` is "+values)
		}
	}
	return strings.Join(parts, " and ")
}

// Severity of a rule in words.
func Severity(rule lint.Rule) string {
	if rule.Severity == diag.Warning {
		return "warning"
	}
	return "error"
}

// OneLine is a text without its line breaks.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
