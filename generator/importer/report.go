package importer

import (
	"fmt"
	"slices"

	"github.com/owgen/owgen/generator/diag"
)

// A Report is what a run took over, and what it left; never a value.
type Report struct {
	Source    string    `json:"source"`
	Variables int       `json:"variables"`
	InputFile string    `json:"input"`
	Settings  []string  `json:"settings"` // those that differ from the profile
	Secrets   []string  `json:"secrets"`
	Custom    []string  `json:"custom"`
	Left      []Left    `json:"left"`
	Findings  diag.List `json:"findings"`
	Target    string    `json:"target"`            // the engine that the profile is for
	Missing   []string  `json:"missing,omitempty"` // settings that several machines need, and an installation on one says nothing of
}

// Report tells what was made, as the input of that name.
func (r Result) Report(input string, found diag.List) Report {
	out := Report{Source: r.Kind, Variables: r.Read, InputFile: input, Settings: []string{},
		Secrets: append([]string{}, r.Secrets...), Custom: append([]string{}, r.Custom...), Left: append([]Left{}, r.Left...), Findings: append(diag.List{}, found...),
		Target: r.Target, Missing: r.Missing}
	for _, choice := range r.Choices {
		out.Settings = append(out.Settings, choice.Key)
	}
	return out
}

// A Group is a reason, and everything that was left for it.
type Group struct {
	Reason string
	Names  []string // each with its place
}

// LeftByReason groups what was left, in the order of the first of each.
func (r Report) LeftByReason() []Group {
	var out []Group
	for _, l := range r.Left {
		place := l.File
		if l.Line > 0 {
			place += fmt.Sprintf(":%d", l.Line)
		}
		i := slices.IndexFunc(out, func(g Group) bool { return g.Reason == l.Reason })
		if i < 0 {
			i, out = len(out), append(out, Group{Reason: l.Reason})
		}
		out[i].Names = append(out[i].Names, l.Name+" ("+place+")")
	}
	return out
}
