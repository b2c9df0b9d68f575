package explain

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/reference"
	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/secret"
)

// things explains what a bundle has besides its services: what it is made from, and what its services share.
func (l *Library) things(ctx context.Context, name string) []Explanation {
	var found []Explanation
	if slices.Contains(profile.Names(l.source.Named), name) {
		found = append(found, l.profile(ctx, name))
	}
	if e, ok := l.secret(ctx, strings.TrimPrefix(name, bundle.SecretsFolder+"/")); ok {
		found = append(found, e)
	}
	if e, ok := l.volume(ctx, name); ok {
		found = append(found, e)
	}
	if at := slices.IndexFunc(l.Catalog().Networks, func(n catalog.Network) bool { return n.Name == name }); at >= 0 {
		found = append(found, l.network(ctx, l.Catalog().Networks[at]))
	}
	return found
}

// here adds what something is in the deployment that is explained.
func (l *Library) here(e *Explanation, lines ...string) {
	e.add(strings.ToUpper(l.where[:1])+l.where[1:], lines...)
}

// profile explains a named profile by what it would run.
func (l *Library) profile(ctx context.Context, name string) Explanation {
	e := Explanation{Kind: "profile", Name: name, Summary: profile.Summary(l.source.Named, name)}
	source := profile.Source{Profile: name, Named: l.source.Named, ReadFile: l.source.ReadFile}
	if made, found := l.Generate(ctx, source); found.Err() == nil {
		for _, s := range made.Plan.Services {
			if s.Role != catalog.RoleImage {
				e.more("Runs", s.Name)
			}
		}
	} else {
		for _, f := range found.Errors() { // it is no bundle by itself: what it waits for
			e.more("Needs", strings.TrimSpace(f.Path+" "+f.Message))
		}
	}
	e.add("To use it", "owgen generate "+name+" -o DIR, or owgen init DIR", "its settings: owgen explain KEY "+name)
	return e
}

// secret explains a file in secrets/: what it opens, and who has it.
func (l *Library) secret(ctx context.Context, name string) (Explanation, bool) {
	for _, s := range l.Catalog().Services {
		for _, x := range s.Secrets {
			if x.Name != name {
				continue
			}
			e := Explanation{Kind: "secret", Name: name, Summary: x.Description}
			e.add("Made", made(x.Kind, x.File, x.Each))
			e.add("Declared by", s.Name)
			e.add("Formerly", strings.Join(x.Replaces[replaces.Docker].Names(), ", "))
			if l.deployment(ctx) != nil {
				l.here(&e, l.holders(name)...)
			}
			return e, true
		}
	}
	return Explanation{}, false
}

// made says where a secret comes from.
func made(kind secret.Kind, file, each string) string {
	switch {
	case kind == secret.Provided && file != "":
		return "by you: the setting " + file + " names the file"
	case kind == secret.Provided && each != "":
		return "by you: one for each item of the setting " + each
	case kind == secret.Provided:
		return "by you"
	}
	return "by owgen generate, once, where it is missing; never replaced"
}

// holders are where a secret lies in the deployment, and who can read it there.
func (l *Library) holders(name string) []string {
	at := slices.IndexFunc(l.bundle.Plan.Secrets, func(x secret.Spec) bool { return x.Name == name })
	if at < 0 {
		return []string{"is not needed"}
	}
	lines := []string{"lies in " + cmp.Or(l.bundle.Plan.Secrets[at].File, bundle.SecretPath(name))}
	for _, s := range l.bundle.Plan.Services {
		if slices.ContainsFunc(s.Secrets, func(x secret.Spec) bool { return x.Name == name }) {
			lines = append(lines, s.Name+" has it")
		}
	}
	return lines
}

// volume explains a volume: what is in it, and who mounts it.
func (l *Library) volume(ctx context.Context, name string) (Explanation, bool) {
	e := Explanation{Kind: "volume", Name: name}
	for _, s := range l.Catalog().Services {
		for _, v := range s.Volumes {
			if v.Name != name {
				continue
			}
			e.Summary = cmp.Or(e.Summary, v.Contains)
			line := s.Name + ", at " + v.Path
			if v.ReadOnly {
				line += ", read-only"
			}
			if len(v.When) > 0 {
				line += ", if " + strings.ReplaceAll(reference.Condition(v.When), "`", "")
			}
			e.more("Mounted by", line)
		}
	}
	if len(e.Facts) == 0 {
		return e, false
	}
	if l.deployment(ctx) != nil {
		v := l.bundle.Plan.Volume(name)
		switch {
		case v.Name == "":
			l.here(&e, "is not needed")
		case len(v.Backup) > 0:
			l.here(&e, "mounted by "+strings.Join(v.Services, ", "), "to keep: README.md says how, below Back up")
		default:
			l.here(&e, "mounted by "+strings.Join(v.Services, ", "))
		}
	}
	return e, true
}

// network explains a network: what it is for, and who meets there.
func (l *Library) network(ctx context.Context, n catalog.Network) Explanation {
	e := Explanation{Kind: "network", Name: n.Name, Summary: n.Comment}
	if n.Internal {
		e.add("Way out", "none")
	}
	if l.deployment(ctx) == nil {
		return e
	}
	var lines []string
	for _, s := range l.bundle.Plan.Services {
		if at := slices.IndexFunc(s.Networks, func(j plan.Joined) bool { return j.Name == n.Name }); at >= 0 {
			line := s.Name + " is on it"
			if address := s.Networks[at].Address; address.IsValid() {
				line += fmt.Sprintf(", at %s", address)
			}
			lines = append(lines, line)
		}
	}
	if subnet, there := l.bundle.Plan.Subnet(n.Name); there {
		lines = append([]string{subnet.String()}, lines...)
	} else {
		lines = []string{"is not needed"}
	}
	l.here(&e, lines...)
	return e
}

// planned explains what only a deployment has: its machines, and secrets that are made for clients of a store or for items of a list.
func (l *Library) planned(ctx context.Context, name string) []Explanation {
	if l.deployment(ctx) == nil {
		return nil
	}
	var found []Explanation
	if at := slices.IndexFunc(l.bundle.Plan.Secrets, func(x secret.Spec) bool { return x.Name == strings.TrimPrefix(name, bundle.SecretsFolder+"/") }); at >= 0 {
		x := l.bundle.Plan.Secrets[at]
		e := Explanation{Kind: "secret", Name: x.Name, Summary: x.Description}
		e.add("Made", made(x.Kind, "", ""))
		l.here(&e, l.holders(x.Name)...)
		found = append(found, e)
	}
	if node := l.bundle.Plan.Node(name); node != nil {
		e := Explanation{Kind: "node", Name: name, Summary: "A machine that services may run on."}
		e.add("Roles", node.Roles...)
		e.add("Address", node.Address)
		e.add("May run", node.Services...)
		found = append(found, e)
	}
	return found
}
