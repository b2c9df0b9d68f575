package plan

import (
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/settings"
)

// addOutside plans what has to be so elsewhere: once, or for each value of the settings that it names.
func (p *Plan) addOutside(o catalog.Outside) {
	if !p.holds(o.When) {
		return
	}
	for _, value := range p.each(o.Each) {
		expand := func(text string) string { return p.expand(strings.ReplaceAll(text, catalog.EachValue, value)) }
		p.Outside = append(p.Outside, Outside{Kind: o.Kind, Of: expand(o.Of), Is: expand(o.Is), Hint: expand(o.Hint)})
	}
}

// each are the values of settings and the items of their lists, which are names, each once; without a setting, one that is empty.
func (p *Plan) each(keys []string) []string {
	if len(keys) == 0 {
		return []string{""}
	}
	var out []string
	for _, key := range keys {
		values := []string{p.Values.String(key)}
		if setting, _ := p.Values.Get(key); setting.Setting != nil && setting.Type == settings.List {
			values = p.Values.Strings(key)
		}
		for _, value := range values {
			known := func(other string) bool { return strings.EqualFold(other, value) }
			if value != "" && !slices.ContainsFunc(out, known) {
				out = append(out, value)
			}
		}
	}
	return out
}
