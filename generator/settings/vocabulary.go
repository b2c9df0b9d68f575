package settings

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// A Vocabulary is a list of names that a program knows. Each line of its text has one, and what else people write:
//
//	NAME < OLD ...      older names, which are taken for it
//	NAME ? MISTAKEN ... what is no name, and probably means it
//	= NAME ...          what the program knows, and this image sets by itself
//
// A name may have a * for any part. Lines that begin with # are comments.
type Vocabulary struct {
	file     string
	names    []string
	known    map[string]bool
	patterns []string
	old      map[string]string
	mistaken map[string]string // in lower case
	taken    map[string]bool
}

// ParseVocabulary reads a list; file is where findings say that it stands.
func ParseVocabulary(file string, data []byte) *Vocabulary {
	v := &Vocabulary{file: file, known: map[string]bool{}, old: map[string]string{}, mistaken: map[string]string{}, taken: map[string]bool{}}
	for line := range strings.Lines(string(data)) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if words[0] == "=" {
			for _, word := range words[1:] {
				v.taken[word] = true
			}
			continue
		}
		name, into := words[0], map[string]string(nil)
		if strings.Contains(name, "*") {
			v.patterns = append(v.patterns, name)
			continue
		}
		v.names = append(v.names, name)
		v.known[name] = true
		for _, word := range words[1:] {
			switch {
			case word == "<":
				into = v.old
			case word == "?":
				into = v.mistaken
			case into != nil:
				into[word] = name
			}
		}
	}
	return v
}

// File is where the list stands.
func (v *Vocabulary) File() string { return v.file }

// Names returns the names, in the order of the list.
func (v *Vocabulary) Names() []string { return v.names }

// Accepted returns the names and the older ones, sorted: all that is taken, or nil where there are names of any form.
func (v *Vocabulary) Accepted() []string {
	if len(v.patterns) > 0 {
		return nil
	}
	all := append(slices.Clone(v.names), slices.Collect(maps.Keys(v.old))...)
	slices.Sort(all)
	return slices.Compact(all)
}

// Find returns the name that is meant, and false where there is none.
func (v *Vocabulary) Find(text string) (string, bool) {
	if v.known[text] {
		return text, true
	}
	if name, ok := v.old[text]; ok {
		return name, true
	}
	return text, slices.ContainsFunc(v.patterns, func(p string) bool { ok, _ := path.Match(p, text); return ok })
}

// Nearest returns the name that an unknown one is probably meant to be, or "".
func (v *Vocabulary) Nearest(text string) string {
	low := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(text), " ", "_"))
	language, _, _ := strings.Cut(strings.ReplaceAll(low, "_", "-"), ".") // pt_BR.UTF-8 is pt-br
	all := slices.Clone(v.names)
	for old := range v.old {
		all = append(all, old)
	}
	slices.Sort(all)
	now := func(name string) string {
		if to, ok := v.old[name]; ok {
			return to
		}
		return name
	}
	for _, name := range all {
		if lower := strings.ToLower(name); lower == low || lower == language {
			return now(name)
		}
	}
	for word, name := range v.mistaken {
		if strings.ToLower(word) == low {
			return name
		}
	}
	for _, name := range all { // the city alone
		if last := name[strings.LastIndexByte(name, '/')+1:]; strings.ToLower(last) == low[strings.LastIndexByte(low, '/')+1:] {
			return now(name)
		}
	}
	if cut := strings.IndexAny(low, "-_"); cut > 0 && v.known[low[:cut]] {
		return low[:cut]
	}
	lower := map[string]string{}
	for _, name := range slices.Backward(all) {
		lower[strings.ToLower(name)] = name
	}
	return now(lower[Closest(low, slices.Sorted(maps.Keys(lower)))])
}

// known takes a name that is in the setting's list, and the new one for an old one.
func (d *Setting) known(text string) (any, error) {
	if d.Known == nil {
		return nil, fmt.Errorf("cannot be checked: there is no list %s", d.OneOf)
	}
	name, ok := d.Known.Find(text)
	if ok {
		return name, d.checkText(name)
	}
	if key := d.owned[strings.ToLower(text)]; key != "" {
		return nil, wrong{"has a setting of its own", "set " + key}
	}
	if d.Known.taken[strings.ToLower(text)] {
		return nil, wrong{"is set by the image itself", "leave it away; the rest of the image relies on its value"}
	}
	hint := "its names stand in " + d.Known.file
	if near := Closest(strings.ToLower(text), slices.Sorted(maps.Keys(d.owned))); near != "" {
		hint = fmt.Sprintf("did you mean %s? It has a setting of its own: %s", near, d.owned[near])
	} else if near := d.Known.Nearest(text); near != "" {
		hint = fmt.Sprintf("did you mean %s? Its names stand in %s", near, d.Known.file)
	}
	return nil, wrong{"must be one of the names that its reader knows", hint}
}

// wrong is what is expected of a value, with what to do about it.
type wrong struct{ message, hint string }

func (w wrong) Error() string { return w.message }

// Hint is what an error about a value says to do, or "".
func Hint(err error) string {
	var w wrong
	errors.As(err, &w)
	return w.hint
}

// about puts what is wrong into a sentence, and keeps its hint.
func about(what string, err error) error {
	if w, ok := err.(wrong); ok {
		return wrong{what + " " + w.message, w.hint}
	}
	return fmt.Errorf("%s %w", what, err)
}

// Closest returns the name that an unknown one is probably meant to be, or "".
func Closest(unknown string, known []string) string {
	best, distance := "", 2+len(unknown)/8
	for _, name := range known {
		if longer := len(name) - len(unknown); max(longer, -longer) >= distance {
			continue // each character more is one step
		}
		if d := editDistance(unknown, name); d < distance {
			best, distance = name, d
		}
	}
	return best
}
