package settings

import (
	"fmt"
	"maps"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/yamltext"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lazy"
)

// A Contradiction is what settings must not be together, each of them right by itself.
type Contradiction struct {
	If      map[string]Tests `yaml:"if"` // by setting; all must hold
	At      string           `yaml:"at"` // the setting that the finding is about
	Message string           `yaml:"message"`
	Hint    string           `yaml:"hint"`
	Warn    bool             `yaml:"warn"` // it may be meant
}

// Tests are what a value must pass, all of them: a regular expression for the whole of it, in which another setting in
// braces stands for its value, "!" and one that it must not match, or "=", "<", ">" and a number, or another setting in
// braces, which it is compared with.
type Tests []test

type test struct {
	sign byte                  // '~', '!', '=', '<' or '>'
	re   func() *regexp.Regexp // compiled when it is first asked for; nil where the text stands for itself
	with string                // what it is compared with
}

// UnmarshalYAML accepts one test or several.
func (l *Tests) UnmarshalYAML(node *yaml.Node) error {
	for _, n := range yamltext.OneOrSeveral(node) {
		text, one := n.Value, test{sign: '~'}
		if text != "" && strings.IndexByte("!=<>", text[0]) >= 0 {
			one.sign, text = text[0], text[1:]
		}
		if one.sign == '~' || one.sign == '!' {
			if _, err := syntax.Parse(text, syntax.Perl); err != nil {
				return fmt.Errorf("line %d: is no regular expression: %w", n.Line, err)
			}
			if regexp.QuoteMeta(text) != strings.TrimSpace(text) {
				one.re = lazy.Regexp(`^(?:` + text + `)$`)
			}
		}
		one.with = strings.TrimSpace(text)
		*l = append(*l, one)
	}
	return nil
}

// Contradictions finds what does not go together.
func (v *Values) Contradictions(list []Contradiction) diag.List {
	var found diag.List
	for _, c := range list {
		holds := len(c.If) > 0
		for key, tests := range c.If {
			value, known := v.byKey[key]
			if !known {
				found.Add(diag.Finding{Rule: "catalog/unknown-setting", Path: key, Message: "is tested in a contradiction, and is no setting"})
			}
			for _, t := range tests {
				holds = holds && known && v.passes(value, t)
			}
		}
		if !holds {
			continue
		}
		f := diag.Finding{Rule: "settings/contradiction", Path: c.At, Message: c.Message, Hint: c.Hint}
		if about, ok := v.byKey[c.At]; ok && !strings.HasPrefix(c.Message, "needs ") {
			f.Message = about.subject() + f.Message
		}
		if c.Warn {
			f.Severity = diag.Warning
		}
		written := false
		for _, key := range append([]string{c.At}, slices.Sorted(maps.Keys(c.If))...) { // what was written beside a default, or beside a profile's value
			file, line, of := v.Place(key)
			if own := v.byKey[of].Written(); f.File == "" || own && !written {
				f.File, f.Line, written = file, line, own
			}
		}
		found.Add(f)
	}
	return found
}

func (v *Values) passes(value Value, t test) bool {
	text := Flat(value.Value)
	switch t.sign {
	case '~':
		return v.matches(t, text)
	case '!':
		return !v.matches(t, text)
	}
	other, kind := t.with, value.Type
	if strings.HasPrefix(other, "{") {
		of := v.byKey[strings.Trim(other, "{}")]
		if other = ""; of.Setting != nil {
			other = Flat(of.Value)
		}
	}
	a, errA := Quantity(kind, text)
	b, errB := Quantity(kind, other)
	if errA != nil || errB != nil {
		return t.sign == '=' && text == other
	}
	return t.sign == '=' && a == b || t.sign == '<' && a < b || t.sign == '>' && a > b
}

// matches tells whether a test's regular expression is one for the whole of a text.
func (v *Values) matches(t test, text string) bool {
	if t.re == nil {
		return text == t.with
	}
	return v.filled(t.re()).MatchString(text)
}

// filled puts the values of other settings into a regular expression that names them.
func (v *Values) filled(re *regexp.Regexp) *regexp.Regexp {
	text := reference().ReplaceAllStringFunc(re.String(), func(braces string) string {
		if of, known := v.byKey[strings.Trim(braces, "{}")]; known {
			return regexp.QuoteMeta(Flat(of.Value))
		}
		return braces // how often something is repeated
	})
	if text == re.String() {
		return re
	}
	return regexp.MustCompile(text)
}

// Place is where a value was written, and the setting that is written there; for one that is derived, where what it is made of was.
func (v *Values) Place(key string) (file string, line int, of string) {
	for range 5 {
		value, ok := v.byKey[key]
		if !ok {
			break
		}
		if value.Origin.Layer != "default" {
			return value.Origin.File, value.Origin.Line, key
		}
		match := reference().FindStringSubmatch(value.Derive)
		if match == nil {
			break
		}
		key = match[1]
	}
	return "", 0, ""
}
