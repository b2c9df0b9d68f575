package explain

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/diff"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/reference"
	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/settings"
	"github.com/owgen/owgen/generator/sides"
	"github.com/owgen/owgen/generator/whatif"
)

// An Origin is where a value comes from.
type Origin struct {
	Layer string `json:"layer"` // default, profile, size, file or --set
	File  string `json:"file,omitempty"`
	Line  int    `json:"line,omitempty"`
}

// A Trial is what a change of a setting does, found out by making it.
type Trial struct {
	From     string             `json:"from"`
	To       string             `json:"to"`
	Cost     diff.Cost          `json:"cost"`
	Notes    []diff.Reason      `json:"notes"`
	Services []diff.Consequence `json:"services"`
}

// setting explains one setting, with its value and what a change of it costs here.
func (l *Library) setting(ctx context.Context, d *settings.Setting) Explanation {
	v, _ := l.values.Get(d.Key)
	e := Explanation{Kind: "setting", Name: d.Key, Summary: reference.OneLine(d.Description), Value: shownValue(v.Value),
		Origin: &Origin{v.Origin.Layer, v.Origin.File, v.Origin.Line}, Values: d.Values}
	if v.Origin.Layer == "default" {
		e.Origin.File = ""
	}
	e.add("Type", reference.Kind(d))
	e.add("Allowed", strings.Join(d.Values, ", "))
	e.add("Matches", d.Pattern)
	if d.Known != nil {
		e.add("Names", strings.Join(d.Known.Names(), " "))
	}
	e.add("Default", defaultText(d))
	e.add("Needs", d.Needs)
	e.add("In .env", d.Env)
	e.add("Formerly", strings.Join(d.Replaces[replaces.Docker].Names(), ", "))
	e.add("Since", d.Since)
	if d.Owner == "" {
		e.add("Declared in", d.File)
	} else {
		e.add("Declared by", d.Owner)
	}
	e.add("Value "+l.where, quoteEmpty(e.Value)+", "+originText(v.Origin, d))
	l.cost(ctx, d, &e)
	return e
}

// cost tries a change, and says who is affected and how.
func (l *Library) cost(ctx context.Context, d *settings.Setting, e *Explanation) {
	known, err := sides.Known(l.values.Schema())
	if l.faulty || err != nil {
		return // diff reports it
	}
	base := func() *generator.Deployment { return l.deployment(ctx) }
	tried, ok := whatif.Change(ctx, l.Prepared, l.source, l.values, base, d, diff.Options{Known: known})
	if l.faulty {
		return
	}
	if !ok {
		e.add("A change", "cannot be tried: no other value fits to the rest "+l.where)
		return
	}
	from, to := quoteEmpty(shownValue(tried.From.Value)), quoteEmpty(shownValue(tried.To.Value))
	e.Change = &Trial{From: from, To: to, Cost: tried.Report.Cost, Notes: tried.Report.Notes, Services: tried.Report.Services}
	lines := []string{fmt.Sprintf("%s: %s (tried %s: %s becomes %s)", tried.Report.Cost, tried.Report.Cost.Explain(), l.where, from, to)}
	if len(tried.Report.Services) == 0 {
		lines[0] = "nothing: no service uses it " + l.where
		if len(tried.Report.Files) > 2 { // besides .env and the manifest
			lines[0] = "nothing: no service notices it " + l.where
		}
	}
	for _, note := range tried.Report.Notes {
		lines = append(lines, note.Cost.String()+": "+note.What)
	}
	e.add("A change", lines...)
	var users []string
	for _, s := range tried.Report.Services {
		users = append(users, fmt.Sprintf("%s: %s, %s", s.Name, s.Cost, s.Reasons[0].What))
	}
	e.add("Used by", users...)
}

// originText says where a value comes from.
func originText(o settings.Origin, d *settings.Setting) string {
	at := o.File
	if o.Line > 0 {
		at = fmt.Sprintf("%s:%d", o.File, o.Line)
	}
	switch {
	case o.Layer == "default" && d.Derive != "":
		return "the default, made of " + d.Derive
	case o.Layer == "default":
		return "the default"
	case o.Layer == "profile":
		return "set by the profile, " + at
	case o.Layer == "size":
		return "set by the size, " + at
	case o.Layer == "--set":
		return "set by --set"
	}
	return "set in " + at
}

func defaultText(d *settings.Setting) string {
	if d.Derive != "" {
		return d.Derive
	}
	if d.Default.Kind == 0 {
		return quoteEmpty(shownValue(d.Type.Zero()))
	}
	var value any
	if err := d.Default.Decode(&value); err != nil {
		return d.Default.Value
	}
	return quoteEmpty(shownValue(value))
}

// shownValue is a value without what may be a secret: nobody but the user writes one into a mapping.
func shownValue(value any) string {
	if m, ok := value.(map[string]any); ok {
		text, err := json.Marshal(hideSecrets(m))
		if err == nil {
			return string(text)
		}
	}
	return reference.OneLine(settings.Flat(value))
}

func hideSecrets(m map[string]any) map[string]any {
	out := maps.Clone(m)
	for name, value := range m {
		below, isMap := value.(map[string]any)
		switch {
		case isMap:
			out[name] = hideSecrets(below)
		case lint.SecretName(name):
			out[name] = "(hidden)"
		}
	}
	return out
}

// quoteEmpty makes an empty value visible.
func quoteEmpty(value string) string {
	if value == "" {
		return `""`
	}
	return value
}

// group explains the settings below a name by listing them.
func (l *Library) group(name string, below map[string]settings.Value) Explanation {
	e := Explanation{Kind: "group of settings", Name: name}
	for _, rest := range slices.Sorted(maps.Keys(below)) {
		v := below[rest]
		e.add(v.Key, quoteEmpty(shownValue(v.Value))+"  "+reference.OneLine(v.Description))
	}
	return e
}
