// Package completion knows what a word of a command line may become: names of what there is, keys of settings and their values.
package completion

import (
	"cmp"
	"io/fs"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/settings"
)

// A Candidate is a word that may be meant, and what it is.
type Candidate struct{ Word, About string }

// Profiles are the profiles that are built in.
func Profiles(named fs.FS) []Candidate {
	var out []Candidate
	for _, name := range profile.Names(named) {
		out = append(out, Candidate{name, profile.Summary(named, name)})
	}
	return out
}

// Names are what can be explained.
func Names(services *catalog.Catalog, schema *settings.Schema) []Candidate {
	var out []Candidate
	seen := map[string]bool{}
	add := func(word, about string) {
		if !seen[word] {
			seen[word] = true
			out = append(out, Candidate{word, about})
		}
	}
	for _, s := range services.Services {
		add(s.Name, s.Summary)
		for _, p := range s.Provides {
			add(p.Capability, "Capability of "+s.Name)
		}
		for _, x := range s.Secrets {
			add(x.Name, x.Description)
		}
		for _, v := range s.Volumes {
			add(v.Name, cmp.Or(v.Contains, "Volume of "+s.Name))
		}
	}
	for _, n := range services.Networks {
		add(n.Name, n.Comment)
	}
	for _, d := range schema.All() {
		add(d.Key, d.Description)
	}
	for _, rule := range lint.Rules() {
		add(rule.ID, rule.Summary)
	}
	return out
}

// Assignment is what KEY=VALUE may become: first the key, behind which more is to come, then what it may be.
func Assignment(values *settings.Values, current string) (out []Candidate, more bool) {
	key, text, given := strings.Cut(current, "=")
	if !given {
		for _, d := range values.Schema().All() {
			out = append(out, Candidate{d.Key + "=", d.Description})
		}
		return out, true
	}
	d := values.Schema().Lookup(key)
	if d == nil {
		return nil, false
	}
	allowed := d.Values
	switch {
	case d.Type == settings.Bool:
		allowed = []string{"true", "false"}
	case d.Known != nil && d.Type == settings.String && text != "": // hundreds of them, once there is a beginning
		allowed = d.Known.Names()
	}
	if value := values.String(key); len(allowed) == 0 && value != "" && text == "" {
		allowed = []string{value}
	}
	for _, value := range allowed {
		out = append(out, Candidate{Word: key + "=" + value})
	}
	return out, false
}
