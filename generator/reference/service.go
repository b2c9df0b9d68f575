package reference

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
)

// A ServiceEntry describes a service by facts.
type ServiceEntry struct {
	*catalog.Definition
	settings []string
}

// A Fact is one thing about a service: what it is, and a line for each of its values.
type Fact struct {
	Name  string
	Lines []Line
}

// A Line is code, with what is to be said about it in words.
type Line struct{ Code, Text string }

// Facts are what a service's folder says, in the order in which people ask.
func (s ServiceEntry) Facts() []Fact {
	var out []Fact
	add := func(name string, lines []Line) {
		if len(lines) > 0 {
			out = append(out, Fact{name, lines})
		}
	}
	add("Runs when", s.runs())
	add("Image", s.image())
	add("Provides", s.provides())
	add("Requires", s.requires())
	add("Networks", s.networks())
	add("Published ports", each(s.Ports, func(p catalog.Port) Line {
		return Line{fmt.Sprintf("%d/%s", p.Target, p.Protocol), "at the port `" + p.Published + "`" + address(p.Address) + when(p.When)}
	}))
	add("Routes", each(s.Routes, func(r catalog.Route) Line {
		return Line{r.Path, "on `hosts." + r.Host + "`, " + answered(r) + when(r.When)}
	}))
	add("Asks through the edge", each(s.Asks, func(a catalog.Ask) Line {
		return Line{a.Paths, "of " + a.Of + when(a.When)}
	}))
	add("Volumes", each(s.Volumes, func(v catalog.Volume) Line {
		text := "at " + v.Path
		if v.ReadOnly {
			text += ", read-only"
		}
		if v.Contains != "" {
			text += ": " + sentence(v.Contains)
		}
		return Line{v.Name, text + when(v.When)}
	}))
	var backup []Line
	for _, v := range s.Volumes {
		backup = append(backup, each(v.Backup, func(step catalog.Step) Line {
			return Line{strings.Join(step.Command(), " "), "in " + s.Name + ", of " + v.Name}
		})...)
	}
	add("Backup", backup)
	add("Your files", each(s.Binds, func(b catalog.Bind) Line { return Line{b.Source, "at " + b.Path + ", read-only" + when(b.When)} }))
	add("Secrets", s.secrets())
	add("Periodic jobs", each(s.Jobs, func(j catalog.Job) Line { return Line{j.Name, schedule(j.Schedule) + when(j.When)} }))
	add("Limits", s.limits())
	add("Deviations", each(s.Exceptions, func(e catalog.Exception) Line {
		return Line{strings.Join(e.Kinds(), ", "), OneLine(e.Reason) + when(e.When)}
	}))
	return out
}

// answered says by whom a route is.
func answered(r catalog.Route) string {
	from := "`" + r.Files.Folder + "` of " + r.Files.Image
	switch {
	case r.Protocol == catalog.ProtocolRedirect:
		return "sends browsers to `" + r.To + "`"
	case r.To != "":
		return "by " + r.Protocol + ", there `" + r.To + "`"
	case !r.HandsOut():
		return "by " + r.Protocol
	case r.Files.Volume != "":
		from = "the volume `" + r.Files.Volume + "`"
	}
	if r.Files.Over != "" {
		from = "`" + r.Files.Over + "`, then " + from
	}
	return "from " + from
}

// Settings are the keys of those that it declares.
func (s ServiceEntry) Settings() []string { return s.settings }

func (s ServiceEntry) runs() []Line {
	if s.Role == catalog.RoleImage {
		return []Line{{"", "never: it is only built"}}
	}
	text := "is true"
	if len(s.When) > 0 {
		text += ", and " + Condition(s.When)
	}
	return []Line{{"services." + s.Name, text}}
}

func (s ServiceEntry) image() []Line {
	if s.Image.From == "" {
		return []Line{{"", "the root of all others"}}
	}
	line := Line{s.Image.From, "is what it derives from"}
	if copies := slices.Concat(s.Image.Copies, s.Image.Hands); len(copies) > 0 {
		line.Text += "; it copies files of " + strings.Join(copies, ", ")
	}
	return []Line{line}
}

func (s ServiceEntry) provides() []Line {
	return each(s.Provides, func(c catalog.Capability) Line {
		if c.Port == 0 {
			return Line{c.Capability, ""}
		}
		return Line{c.Capability, Place(c)}
	})
}

func (s ServiceEntry) requires() []Line {
	var out []Line
	for _, r := range s.Definition.Requires {
		text := "before it starts"
		if r.Start != nil && !*r.Start {
			text = "without waiting for it"
		}
		if r.Optional {
			text += ", if it is there"
		}
		line := Line{r.Capability, text + when(r.When)}
		if !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out
}

func (s ServiceEntry) networks() []Line {
	var out []Line
	for _, name := range slices.Sorted(maps.Keys(s.Definition.Networks)) {
		a := s.Definition.Networks[name]
		text := ""
		if a.Address > 0 {
			text = fmt.Sprintf("with the fixed address %d", a.Address)
		}
		out = append(out, Line{name, strings.TrimSpace(text + when(a.When))})
	}
	return out
}

func (s ServiceEntry) secrets() []Line {
	out := each(s.Definition.Secrets, func(x catalog.Secret) Line {
		text := sentence(x.Description)
		if x.Each != "" {
			text += "; one file of yours for each item of `" + x.Each + "`"
		}
		if x.File != "" {
			text += "; `" + x.File + "` can name a file of yours"
		}
		return Line{x.Name, text + when(x.When)}
	})
	for _, name := range s.Mounts {
		if !slices.ContainsFunc(s.Definition.Secrets, func(x catalog.Secret) bool { return x.Name == name }) {
			out = append(out, Line{name, "of another service"})
		}
	}
	return out
}

func (s ServiceEntry) limits() []Line {
	if s.Role == catalog.RoleImage {
		return nil
	}
	return []Line{
		{s.Resources.Memory, "of memory, unless `resources." + s.Name + ".memory` says otherwise"},
		{fmt.Sprint(s.Resources.Pids), "processes, unless `resources." + s.Name + ".pids` says otherwise"},
	}
}

// schedule says when a job runs: by cron's five fields, by seconds, or by a setting.
func schedule(text string) string {
	if key, ok := strings.CutPrefix(text, "{"); ok {
		return "by `" + strings.TrimSuffix(key, "}") + "`"
	}
	if strings.HasPrefix(text, "every ") {
		return text + " seconds"
	}
	return "at `" + text + "`"
}

func each[T any](list []T, line func(T) Line) []Line {
	var out []Line
	for _, x := range list {
		out = append(out, line(x))
	}
	return out
}

// when ends a line with its condition.
func when(c catalog.Condition) string {
	if len(c) == 0 {
		return ""
	}
	return ", if " + Condition(c)
}

// sentence is a description in one line, without the full stop.
func sentence(s string) string { return strings.TrimSuffix(OneLine(s), ".") }

func address(setting string) string {
	if setting == "" {
		return ""
	}
	return " of `" + setting + "`"
}

// Place says where a capability is reached. The edge answers who asks through it at a port for each.
func Place(c catalog.Capability) string {
	switch {
	case c.Capability == catalog.Inner:
		return fmt.Sprintf("on the network of each that asks, at port %d and that network's index", c.Port)
	case c.Network == "":
		return fmt.Sprintf("at port %d", c.Port)
	}
	return fmt.Sprintf("at port %d on the network %s", c.Port, c.Network)
}
