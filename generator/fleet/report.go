package fleet

import (
	"fmt"
	"slices"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/making"
)

// A State is what became of a site.
type State string

// The states.
const (
	Made      State = "made"
	Changed   State = "changed"
	Unchanged State = "unchanged"
	Wrong     State = "wrong"
	Left      State = "left" // interrupted before it was its turn
)

// A Result is what became of one site.
type Result struct {
	Name     string    `json:"name"`
	Bundle   string    `json:"bundle"`
	State    State     `json:"state"`
	Written  int       `json:"written"`
	Removed  int       `json:"removed"`
	Secrets  int       `json:"secrets"`
	Backups  []string  `json:"backups,omitempty"`
	Findings diag.List `json:"findings,omitempty"`

	line int
}

// count takes over what was done for the site.
func (r *Result) count(made making.Result) {
	r.Written, r.Removed, r.Secrets, r.Backups = len(made.Written), len(made.Removed), len(made.Secrets), made.Backups
	switch {
	case !made.Changed():
		r.State = Unchanged
	case made.First:
		r.State = Made
	default:
		r.State = Changed
	}
}

// A Report is what became of all sites, in the order of the inventory.
type Report struct {
	Inventory string   `json:"inventory"`
	Sites     []Result `json:"sites"`

	Total  int    `json:"-"` // with those that were left
	Folder string `json:"-"`
	DryRun bool   `json:"-"`
	counts map[State]int
}

func (r *Report) add(site Result) {
	if site.State != Left {
		r.Sites = append(r.Sites, site)
		r.counts[site.State]++
	}
}

func (r *Report) sort() { slices.SortFunc(r.Sites, func(a, b Result) int { return a.line - b.line }) }

// Of counts the sites in a state.
func (r *Report) Of(state State) int { return r.counts[state] }

// Left counts the sites that were not begun.
func (r *Report) Left() int { return r.Total - len(r.Sites) }

// Secrets counts those that were made.
func (r *Report) Secrets() int {
	n := 0
	for _, site := range r.Sites {
		n += site.Secrets
	}
	return n
}

// Findings collects those of all sites. A warning that many sites have stands once, with their number.
func (r *Report) Findings() diag.List {
	type key struct{ rule, message string }
	var out diag.List
	first, sites := map[key]int{}, map[key]int{}
	for _, s := range r.Sites {
		for _, f := range s.Findings {
			k := key{f.Rule, f.Message}
			if at, known := first[k]; known && f.Severity == diag.Warning && out[at].Severity == diag.Warning {
				sites[k]++
				continue
			}
			first[k] = len(out)
			out.Add(f)
		}
	}
	for k, n := range sites {
		other := "sites"
		if n == 1 {
			other = "site"
		}
		out[first[k]].Message += fmt.Sprintf(" (and so for %d other %s)", n, other)
	}
	return out.Sort()
}
