package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/diag"
)

// What became of a site.
const (
	siteMade      = "made"
	siteChanged   = "changed"
	siteUnchanged = "unchanged"
	siteWrong     = "wrong"
	siteLeft      = "left" // interrupted before it was its turn
)

// siteResult is what became of one site.
type siteResult struct {
	Name     string    `json:"name"`
	Bundle   string    `json:"bundle"`
	State    string    `json:"state"`
	Written  int       `json:"written"`
	Removed  int       `json:"removed"`
	Secrets  int       `json:"secrets"`
	Backups  []string  `json:"backups,omitempty"`
	Findings diag.List `json:"findings,omitempty"`

	line int
}

// count takes over what was done for the site; first means that nothing generated was there before.
func (s *siteResult) count(r result, first bool) {
	s.Written, s.Removed, s.Secrets, s.Backups = len(r.Written), len(r.Removed), len(r.Secrets), r.Backups
	switch {
	case s.Written+s.Removed+s.Secrets == 0:
		s.State = siteUnchanged
	case first:
		s.State = siteMade
	default:
		s.State = siteChanged
	}
}

// A fleetReport is what became of all sites.
type fleetReport struct {
	Inventory string       `json:"inventory"`
	Sites     []siteResult `json:"sites"`

	command generateCmd
	total   int
	counts  map[string]int
}

func newFleetReport(c generateCmd, total int) *fleetReport {
	return &fleetReport{Inventory: c.Fleet, Sites: []siteResult{}, command: c, total: total, counts: map[string]int{}}
}

func (r *fleetReport) add(s siteResult) {
	if s.State != siteLeft {
		r.Sites = append(r.Sites, s)
		r.counts[s.State]++
	}
}

// print says what happened, and fails where not all sites are as they should be.
func (r *fleetReport) print(t *terminal) error {
	slices.SortFunc(r.Sites, func(a, b siteResult) int { return a.line - b.line })
	if r.command.JSON {
		if err := printJSON(t.out, r); err != nil {
			return err
		}
	} else {
		r.text(t)
	}
	wrong, left := r.counts[siteWrong], r.total-len(r.Sites)
	switch {
	case left > 0:
		return difference{fmt.Sprintf("interrupted: %d of %d sites are left", left, r.total), "run the same command again to go on"}
	case wrong > 0:
		return difference{fmt.Sprintf("%d of %d sites %s wrong, and nothing was written for %s", wrong, r.total, plural(wrong, "is", "are"), plural(wrong, "it", "them")), ""}
	}
	return nil
}

// text lists the findings in the order of the inventory, and what became of the sites.
func (r *fleetReport) text(t *terminal) {
	t.show(r.findings())
	secrets := 0
	for _, s := range r.Sites {
		secrets += s.Secrets
		if r.command.DryRun && s.State != siteUnchanged && s.State != siteWrong {
			say(t.out, "%-9s %s: %d files to write, %d to remove, %d secrets to make\n", s.State, s.Bundle, s.Written, s.Removed, s.Secrets)
		}
		for _, path := range s.Backups {
			say(t.out, "%s kept a copy: %s\n", s.Bundle, path)
		}
	}
	var parts []string
	for _, state := range []string{siteMade, siteChanged, siteUnchanged, siteWrong} {
		if n := r.counts[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	verb, made := "", "made"
	if r.command.DryRun {
		verb, made = " would be", "to make"
	}
	say(t.out, "%s: %d of %d sites%s: %s; %d secrets %s\n", r.command.Output, len(r.Sites), r.total, verb, strings.Join(parts, ", "), secrets, made)
}

// findings collects those of all sites. A warning that many sites have stands once, with their number.
func (r *fleetReport) findings() diag.List {
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
		out[first[k]].Message += fmt.Sprintf(" (and so for %d other %s)", n, plural(n, "site", "sites"))
	}
	return out.Sort()
}
