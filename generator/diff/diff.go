// Package diff says what a change of a bundle does, service by service, and what it costs to bring it into
// force. It compares two sets of files with the Compose projects that they make, and nothing else: it reads no
// disk and no engine, and what it says holds no secret's value.
package diff

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// A Side is a bundle before or after the change.
type Side struct {
	Files   map[string][]byte // by slash-separated path
	Project *types.Project    // that the files make; nil where there is none
	Cluster *Cluster          // what they tell an engine of several machines; nil where it is Compose
}

// Options say what the two sides do not.
type Options struct {
	Replaced []string // secrets that get another value, although they stay in their place
	Known    []Known  // what is known of variables
	Full     bool     // show long differences of files, too
}

// Known is what a change of a setting does that its place in the project does not show. It is seen by a variable.
type Known struct {
	Setting  string
	Variable string // empty: it is seen in the manifest alone
	Service  string // that it belongs to; with the cost Migrate the jobs that others wait for
	Cost     Cost
	Why      string
}

// A Report is the difference.
type Report struct {
	Cost     Cost          `json:"cost"`     // the gravest
	Notes    []Reason      `json:"notes"`    // what concerns more than one service, said once
	Services []Consequence `json:"services"` // those that something happens to, the gravest first
	Files    []File        `json:"files"`    // those that differ, by path
}

// A Consequence is what happens to one service.
type Consequence struct {
	Name    string   `json:"name"`
	Change  Change   `json:"change"`
	Cost    Cost     `json:"cost"`
	Reasons []Reason `json:"reasons"`
}

// A Reason is one thing that happens, and what it costs.
type Reason struct {
	Cost Cost   `json:"cost"`
	What string `json:"what"`
}

// A Change says what became of a service or a file.
type Change string

// The changes.
const (
	Added   Change = "added"
	Removed Change = "removed"
	Changed Change = "changed"
)

// Compare finds the difference.
func Compare(old, new Side, o Options) Report {
	c := &comparison{old: old, new: new, options: o, reasons: map[string][]Reason{}, left: map[string]bool{}}
	r := Report{Notes: []Reason{}, Services: []Consequence{}, Files: c.files()}
	if len(r.Files) == 0 && len(o.Replaced) == 0 && old.Project == new.Project {
		return r
	}
	if old.Cluster != nil || new.Cluster != nil {
		c.clusters()
	} else {
		c.project()
	}
	for _, name := range slices.Sorted(maps.Keys(c.reasons)) {
		s := Consequence{Name: name, Change: c.change(name), Reasons: tidy(c.reasons[name])}
		s.Cost = s.Reasons[0].Cost
		r.Cost = max(r.Cost, s.Cost)
		r.Services = append(r.Services, s)
	}
	r.Notes = append(r.Notes, tidy(c.notes)...)
	if len(r.Notes) > 0 {
		r.Cost = max(r.Cost, r.Notes[0].Cost)
	}
	slices.SortStableFunc(r.Services, func(a, b Consequence) int { return cmp.Compare(b.Cost, a.Cost) })
	return r
}

// project compares what Compose is told.
func (c *comparison) project() {
	c.services()
	c.networks()
	c.volumes()
	c.secrets()
	c.known()
	c.lasting()
	c.owners()
	c.others()
	c.contents()
}

// tidy puts the gravest reason first and drops repeated ones.
func tidy(reasons []Reason) []Reason {
	slices.SortStableFunc(reasons, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Cost, a.Cost), strings.Compare(a.What, b.What))
	})
	return slices.Compact(reasons)
}

// A comparison is a Report in the making.
type comparison struct {
	old, new Side
	options  Options
	reasons  map[string][]Reason // by service
	notes    []Reason
	left     map[string]bool   // volumes of which it was said that their data stays behind
	comments map[string]string // on volumes; nil until they were looked for
}

func (c *comparison) add(service string, cost Cost, what string) {
	c.reasons[service] = append(c.reasons[service], Reason{cost, what})
}

func (c *comparison) note(cost Cost, what string) { c.notes = append(c.notes, Reason{cost, what}) }

// cost is the gravest so far of what happens to a service.
func (c *comparison) cost(service string) Cost {
	worst := Nothing
	for _, r := range c.reasons[service] {
		worst = max(worst, r.Cost)
	}
	return worst
}

func (s Side) service(name string) (types.ServiceConfig, bool) {
	if s.Project == nil {
		return types.ServiceConfig{}, false
	}
	config, ok := s.Project.Services[name]
	return config, ok
}

// names lists the services in order.
func (s Side) names() []string {
	if s.Cluster != nil {
		return slices.Sorted(maps.Keys(s.Cluster.Workloads))
	}
	if s.Project == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(s.Project.Services))
}

func (c *comparison) change(service string) Change {
	switch {
	case !c.old.has(service):
		return Added
	case !c.new.has(service):
		return Removed
	}
	return Changed
}

// both visits the services that are on both sides.
func (c *comparison) both(visit func(old, new types.ServiceConfig)) {
	for _, name := range c.new.names() {
		after, _ := c.new.service(name)
		if before, ok := c.old.service(name); ok {
			before.Name, after.Name = name, name
			visit(before, after)
		}
	}
}

// differs tells whether a file is not the same on both sides.
func (c *comparison) differs(path string) bool {
	before, was := c.old.Files[path]
	after, is := c.new.Files[path]
	return was != is || !bytes.Equal(before, after)
}

// changedBelow lists the files that differ at a path or below it, relative to it.
func (c *comparison) changedBelow(path string) []string {
	var out []string
	for _, side := range []Side{c.old, c.new} {
		for name := range side.Files {
			rest, below := strings.CutPrefix(name, path+"/")
			if name == path {
				rest, below = "", true
			}
			if below && c.differs(name) {
				out = append(out, rest)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
