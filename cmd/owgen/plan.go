package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/sizing"
)

type planCmd struct {
	Where   string `arg:"" optional:"" name:"dir|profile" default:"single-server" help:"The profile, a file that extends one, or a bundle's folder, whose sizes are meant."`
	Devices int    `required:"" placeholder:"N" help:"How many devices are to be managed."`
	inputFlags
	jsonFlag
}

// sized is a sizing, with what the size sets.
type sized struct {
	sizing.Sizing
	Sets  []set  `json:"sets"`
	Waits []wait `json:"waits"`
}

// A wait is work for which processes stand and wait: where there are too few of them it piles up, however idle the processors are.
type wait struct {
	Load      string   `json:"load"`
	AtOnce    float64  `json:"at_once"`
	Processes int64    `json:"processes"`
	By        []string `json:"by"`
}

type set struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Run prints what the devices ask for, the size, and the reasons.
func (c planCmd) Run(ctx context.Context, t *terminal) error {
	if c.Devices < 1 {
		return usageError{fmt.Sprintf("%d devices need nothing", c.Devices), "--devices 1000"}
	}
	request, err := c.open(ctx, t, c.Where)
	if err != nil {
		return err
	}
	prepared, found := generator.Prepare(request.Catalog...)
	if err := found.Err(); err != nil {
		return err
	}
	model, err := sizing.Read(prepared.Catalog().Sizing)
	if err != nil {
		return diag.List{{Rule: "sizing/unreadable", File: "_shared/sizing.yaml", Message: err.Error(), Hint: "docs/scaling.md describes it"}}
	}
	out := sized{model.For(c.Devices), []set{}, []wait{}}
	request.Source.Set = append(request.Source.Set, "size="+out.Size.Size)
	_, values, found := prepared.Resolve(request.Source)
	sizeless := func(f diag.Finding) bool { return f.Rule == profile.RuleNoSizes }
	if wrong := found.Errors(); len(wrong) > 0 && !slices.ContainsFunc(wrong, func(f diag.Finding) bool { return !sizeless(f) }) {
		return usageError{c.Where + " has no sizes, which are for profiles that manage devices", "name one that has them (`owgen list` shows the profiles), such as single-server"}
	}
	found = slices.DeleteFunc(found, sizeless) // what is wrong besides is why: a profile that is not there has none either
	if err := found.Err(); err != nil {
		return err
	}
	out.Size.Machines = out.Size.Machines || values.String("target") != plan.TargetCompose
	for _, d := range values.Schema().All() {
		if v, _ := values.Get(d.Key); v.Origin.Layer == "size" {
			out.Sets = append(out.Sets, set{d.Key, values.String(d.Key)})
		}
	}
	for _, r := range out.Rates {
		if w := prepared.Catalog().Works(r.Name); r.AtOnce > 0 && len(w.Each) > 0 {
			out.Waits = append(out.Waits, wait{r.Name, r.AtOnce, w.Processes(values.Int), []string{strings.Join(w.Each, " or "), w.Scale}})
		}
	}
	if c.JSON {
		return printJSON(t.out, out)
	}
	return t.sizing(out)
}

// sizing prints a table of loads, and what follows.
func (t *terminal) sizing(s sized) error {
	w := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\tevery\trequests/s\ttasks/s\tpoints/s\tkB/s\tcores\t")
	row := func(name, every string, r sizing.Rate) {
		fmt.Fprintf(w, "%s\t%s\t%.1f\t%.1f\t%.1f\t%.1f\t%.2f\t\n", name, every, r.Requests, r.Tasks, r.Points, r.Bytes/1000, r.Cores)
	}
	for _, r := range s.Rates {
		row(r.Name, fmt.Sprintf("%g s", r.Every), r)
	}
	row("all", "", s.Sum)
	if err := w.Flush(); err != nil {
		return err
	}
	say(t.out, "\n")
	for _, r := range s.Rates {
		say(t.out, "%s: %s.\n", r.Name, r.What)
	}
	say(t.out, "The time-series store grows by %.1f GB a year, as long as timeseries.retention keeps it.\n\n", s.PerYear/1e9)
	where := "one machine"
	if s.Size.Machines {
		where = "several machines"
	}
	say(t.out, "%d devices keep %.1f cores busy; with room to answer in time these are %.1f.\n", s.Devices, s.Sum.Cores, s.Cores)
	if s.Beyond {
		say(t.out, "No size bears them: the largest, %s, ends at some %d devices.\n", s.Size.Size, s.Bears)
	} else {
		say(t.out, "size: %s, on %s with %g cores and %s of memory together, bears some %d devices.\n", s.Size.Size, where, s.Size.Cores, s.Size.Memory, s.Bears)
	}
	say(t.out, "First limit: %s.\n", s.Size.Limit)
	for _, w := range s.Waits {
		say(t.out, "%s: %.1f processes are taken at a time, of %d (%s)", w.Load, w.AtOnce, w.Processes, strings.Join(w.By, ", times "))
		if w.AtOnce > float64(w.Processes) {
			say(t.out, ": raise that, or what waits grows without end")
		}
		say(t.out, ".\n")
	}
	if len(s.Sets) > 0 {
		say(t.out, "\nThe size sets:\n")
		for _, x := range s.Sets {
			say(t.out, "  %s: %s\n", x.Key, x.Value)
		}
	}
	return nil
}
