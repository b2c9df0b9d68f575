package explain

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/reference"
)

// service explains one service: what its folder says, and what it is here.
func (l *Library) service(ctx context.Context, s *catalog.Definition) Explanation {
	e := Explanation{Kind: "service, " + s.Role, Name: s.Name, Summary: s.Summary}
	for _, f := range (reference.ServiceEntry{Definition: s}).Facts() {
		var lines []string
		for _, line := range f.Lines {
			lines = append(lines, strings.TrimSpace(line.Code+"  "+strings.ReplaceAll(line.Text, "`", "")))
		}
		e.add(f.Name, lines...)
	}
	var keys []string
	for _, d := range s.Settings {
		keys = append(keys, d.Key)
	}
	e.add("Settings", keys...)
	if l.deployment(ctx) != nil {
		l.here(&e, l.stateOf(s)...)
	}
	return e
}

// stateOf says whether a service runs, and who waits for whom.
func (l *Library) stateOf(s *catalog.Definition) []string {
	planned := l.bundle.Plan.Service(s.Name)
	switch {
	case planned == nil && s.Role != catalog.RoleImage && !l.values.Bool("services."+s.Name):
		return []string{"does not run: services." + s.Name + " is false"}
	case planned == nil && slices.ContainsFunc(s.Provides, func(c catalog.Capability) bool { return plan.External(l.values, c.Group()) }):
		return []string{"does not run: what it provides comes from outside"}
	case planned == nil:
		return []string{"does not run: its conditions do not hold, or nobody needs it"}
	case s.Role == catalog.RoleImage:
		return []string{"is built"}
	}
	lines := []string{strings.TrimSpace("runs " + planned.Where())}
	for _, d := range planned.DependsOn {
		how := "healthy"
		if d.Completed {
			how = "done"
		}
		lines = append(lines, "waits until "+d.Service+" is "+how)
	}
	for _, other := range l.bundle.Plan.Services {
		if slices.ContainsFunc(other.DependsOn, func(d plan.Dependency) bool { return d.Service == s.Name }) {
			lines = append(lines, other.Name+" waits for it")
		}
	}
	return lines
}

// capability explains what services give each other: who provides it, who needs it, and who does so here.
func (l *Library) capability(ctx context.Context, name string) Explanation {
	e := Explanation{Kind: "capability", Name: name, Summary: "What services provide and require, without naming each other."}
	var providers, clients, secrets []string
	for _, s := range l.Catalog().Providers(name) {
		provided := s.Provided(name)
		line := s.Name
		if provided.Port > 0 {
			line += ", " + reference.Place(*provided)
		}
		if len(s.When) > 0 {
			line += ", if " + strings.ReplaceAll(reference.Condition(s.When), "`", "")
		}
		providers = append(providers, line)
		secrets = append(secrets, provided.Secrets...)
	}
	for _, s := range l.Catalog().Services {
		for _, r := range s.Requires {
			if r.Capability != name {
				continue
			}
			line := s.Name
			if r.Optional {
				line += ", which can do without"
			}
			if len(r.When) > 0 {
				line += ", if " + strings.ReplaceAll(reference.Condition(r.When), "`", "")
			}
			clients = append(clients, line)
		}
	}
	e.add("Provided by", providers...)
	e.add("Or from outside", l.externalKeys(name)...)
	e.add("Required by", clients...)
	e.add("Secrets", secrets...)
	if l.deployment(ctx) != nil {
		l.here(&e, l.match(name))
	}
	return e
}

// externalKeys are the settings that say where a capability is outside.
func (l *Library) externalKeys(name string) []string {
	var keys []string
	for _, d := range l.values.Schema().All() {
		if strings.HasPrefix(d.Key, "external."+name+".") {
			keys = append(keys, d.Key)
		}
	}
	return keys
}

// match says who satisfies a capability.
func (l *Library) match(name string) string {
	var all []string
	for _, c := range l.bundle.Plan.Capabilities {
		switch {
		case c.Name != name:
		case c.Port == 0:
			all = append(all, c.Host)
		default:
			all = append(all, fmt.Sprintf("%s:%d", c.Host, c.Port))
		}
	}
	if len(all) == 0 {
		return "nobody provides it"
	}
	return strings.Join(all, ", ")
}

// ofRule explains one of lint's rules.
func ofRule(r lint.Rule) Explanation {
	e := Explanation{Kind: "rule, " + r.Severity.String(), Name: r.ID, Summary: r.Summary}
	e.add("Reason", r.Reason)
	e.add("To mend it", r.Fix)
	e.add("To allow it", lint.ExcuseComment(r.ID, "the reason"), "above the line, in the Compose file, .env or Dockerfile")
	e.add("More", r.Docs)
	return e
}
