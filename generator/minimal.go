package generator

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/settings"
)

// Minimal writes an owgen.yaml that extends a profile: a comment above each choice, and no choice that would be the
// same without it. The result says which choices it holds.
func (p *Prepared) Minimal(source profile.Source, choices []profile.Choice) ([]byte, []profile.Choice, diag.List) {
	input, found := profile.Read(source)
	if found.Err() != nil {
		return nil, nil, found.Sort()
	}
	m := minimal{schema: p.schema, input: input}
	kept := slices.Clone(choices)
	all, f := m.resolve(kept)
	if found.Add(f...); found.Err() != nil {
		return nil, nil, found.Sort()
	}
	for i := 0; i < len(kept); {
		key := kept[i].Key
		without, _ := m.resolve(slices.Delete(slices.Clone(kept), i, i+1))
		if without.String(key) == all.String(key) {
			kept = slices.Delete(kept, i, i+1)
			continue
		}
		kept[i].Comment = comment(p.schema.Lookup(key), without.String(key), kept[i].Comment)
		i++
	}
	layer, err := profile.Chosen(bundle.InputFile, kept)
	if err != nil {
		return nil, nil, diag.List{{Rule: "profile/encode", File: bundle.InputFile, Message: err.Error()}}
	}
	text, err := profile.Encode(profile.Input{Profile: input.Profile, Layers: []settings.Layer{layer}}, p.schema)
	if err != nil {
		return nil, nil, diag.List{{Rule: "profile/encode", File: bundle.InputFile, Message: err.Error()}}
	}
	return text, kept, found.Sort()
}

// minimal resolves one profile with changing choices.
type minimal struct {
	schema *settings.Schema
	input  profile.Input
}

func (m minimal) resolve(choices []profile.Choice) (*settings.Values, diag.List) {
	layer, err := profile.Chosen(bundle.InputFile, choices)
	if err != nil {
		return nil, diag.List{{Rule: "profile/encode", File: bundle.InputFile, Message: err.Error()}}
	}
	return m.schema.Resolve(append(slices.Clone(m.input.Layers), layer))
}

// comment says what a setting is for, what it is otherwise, and where this value comes from.
func comment(d *settings.Setting, otherwise, origin string) string {
	text := d.Description
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	if d.Unit != "" {
		text += " In " + d.Unit + "."
	}
	if otherwise != "" && otherwise != "{}" {
		text += " Default: " + otherwise + "."
	}
	return wrap(strings.TrimSpace(text+" "+origin), 100)
}

// wrap breaks a text into comment lines.
func wrap(text string, width int) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return fmt.Sprint("# ", strings.Join(append(lines, line), "\n# "))
}
