package catalog

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/settings"
)

// settingsOf is about the settings that a folder declares.
func (k *checker) settingsOf(list []*settings.Setting) {
	for _, d := range list {
		path := "settings." + d.Key
		for _, t := range []settings.Type{d.Type, d.Items} {
			if t != "" && !slices.Contains(settings.Types, t) || d.Type == "" {
				k.at("unknown-type", path, fmt.Sprintf("%q is no type", t), "CONTRIBUTING.md lists them")
				break
			}
		}
		k.fits(path, d)
		k.setting(path, d.Needs)
		for _, entry := range d.Same {
			at := strings.LastIndexByte(entry, '.')
			k.setting(path, entry[:max(at, 0)], settings.Map)
			if at < 1 {
				k.at("unknown-setting", path, fmt.Sprintf("same: %q names no entry of a setting", entry), "SETTING.ENTRY, a setting of type map")
			}
		}
		if d.Ask != nil {
			k.condition(path, withoutAny(d.Ask.When), false)
		}
	}
}

var (
	counted = []settings.Type{settings.Int, settings.Number, settings.Port}
	chosen  = []settings.Type{settings.Bool, settings.Enum}
	sized   = []settings.Type{settings.Duration, settings.Bytes}
)

// fits finds what is said of a setting and means nothing for its type: it would hold nobody back.
func (k *checker) fits(path string, d *settings.Setting) {
	wrong := func(field, message, hint string) {
		k.at("field-without-effect", path, field+": "+message, hint)
	}
	item := d.Type // what limits are about: each item of a list
	if d.Type == settings.List {
		item = d.Items
	}
	for _, field := range []struct {
		name    string
		written bool
		fits    bool
		hint    string
	}{
		{"items", d.Items != "", d.Type == settings.List || d.Type == settings.Map, "lists and maps have items"},
		{"values", d.Values != nil, d.Type == settings.Enum, "make it an enum, or use one_of or pattern"},
		{"fields", d.Fields != nil, d.Type == settings.JSON, "JSON has fields"},
		{"min", d.Min != nil, !slices.Contains(chosen, item) && !slices.Contains(sized, item), "durations and sizes have least"},
		{"max", d.Max != nil, !slices.Contains(chosen, item) && !slices.Contains(sized, item), "durations and sizes have most"},
		{"least", d.Least != "", slices.Contains(sized, item), "numbers and texts have min"},
		{"most", d.Most != "", slices.Contains(sized, item), "numbers and texts have max"},
		{"pattern", d.Pattern != "", !slices.Contains(chosen, item) && !slices.Contains(counted, item), "texts have a pattern"},
		{"form", d.Form != "", d.Pattern != "", "it says in words what pattern takes"},
		{"one_of", d.OneOf != "", !slices.Contains(chosen, item) && !slices.Contains(counted, item), "texts are names of a list"},
		{"together", d.Together != 0, d.Type == settings.List, "lists have it; texts have max"},
		{"instead", d.Instead != "", d.Type == settings.Map, "secrets are looked for in maps"},
		{"secret_names", d.SecretNames != "", d.Type == settings.Map, "secrets are looked for in maps"},
		{"public", d.Public, d.Type == settings.FilePath, "files may be seen by everybody, or not"},
		{"folder", d.Folder != "", d.Type == settings.List, "lists name folders"},
		{"default", d.Default.Kind != 0, d.Derive == "", "derive gives it; remove one of them"},
	} {
		if field.written && !field.fits {
			what := "means nothing for the type " + string(d.Type)
			if item != d.Type && item != "" {
				what = "means nothing for a list of the type " + string(item)
			}
			switch {
			case field.name == "form":
				what = "means nothing without pattern"
			case field.name == "default":
				what = "means nothing beside derive"
			}
			wrong(field.name, what, field.hint)
		}
	}
	switch {
	case d.Type == settings.Enum && len(d.Values) == 0:
		wrong("values", "there are none to choose from", "name them")
	case d.Min != nil && d.Max != nil && *d.Min > *d.Max:
		wrong("min", "is more than max, so that no value fits", "exchange them")
	}
	k.limits(path, d)
	for name, t := range d.Fields {
		if t != settings.String && t != settings.List {
			wrong("fields", fmt.Sprintf("%s: %q is none", name, t), "string or list")
		}
	}
	if _, err := syntax.Parse(d.Pattern, syntax.Perl); err != nil { // without the program that a value needs
		wrong("pattern", "is no regular expression: "+err.Error(), "as Go's package regexp has them")
	}
}

// limits are those of a duration or a size, which must be some themselves.
func (k *checker) limits(path string, d *settings.Setting) {
	type bound struct{ name, text string }
	var read []float64
	for _, b := range []bound{{"least", d.Least}, {"most", d.Most}} {
		if b.text == "" || !slices.Contains(sized, d.Type) {
			continue
		}
		n, err := settings.Quantity(d.Type, b.text)
		if err != nil {
			k.at("field-without-effect", path, b.name+": "+err.Error(), "write it as a value of the setting")
			continue
		}
		read = append(read, n)
	}
	if len(read) == 2 && read[0] > read[1] {
		k.at("field-without-effect", path, "least: is more than most, so that no value fits", "exchange them")
	}
}

// global checks what belongs to no service.
func (k *checker) global() {
	if len(k.catalog.Global) == 0 {
		return
	}
	before := len(k.found)
	k.service = &Definition{}
	k.settingsOf(k.catalog.Global)
	for i := range k.found[before:] {
		k.found[before+i].File = k.catalog.Global[0].File
	}
}
