package plan

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/secret"
	"github.com/owgen/owgen/generator/settings"
)

// addMounts gives each service its secrets, volumes, binds and exceptions.
func (p *Plan) addMounts(c *catalog.Catalog) {
	declared := p.declaredSecrets(c)
	p.tenantSecrets(declared)
	p.clientSecrets(declared)
	mounted := map[string]secret.Spec{}
	volumes := map[string]Volume{}
	for _, s := range p.Services {
		for _, name := range s.Image.Secrets {
			for _, spec := range declared[name] {
				s.BuildReads = append(s.BuildReads, spec.Name)
				mounted[spec.Name] = spec
			}
		}
		if s.Role == catalog.RoleImage {
			continue
		}
		for _, name := range p.secretNames(s) {
			for _, spec := range declared[name] {
				s.Secrets = append(s.Secrets, spec)
				mounted[spec.Name] = spec
			}
		}
		for _, image := range append(slices.Clone(s.Images), s.Definition) {
			s.Volumes = append(s.Volumes, keep(image.Volumes, p, func(v catalog.Volume) catalog.Condition { return v.When })...)
			s.Binds = append(s.Binds, keep(image.Binds, p, func(b catalog.Bind) catalog.Condition { return b.When })...)
			for _, e := range keep(image.Exceptions, p, func(e catalog.Exception) catalog.Condition { return e.When }) {
				e.Sysctls = maps.Clone(e.Sysctls)
				for name, value := range e.Sysctls {
					e.Sysctls[name] = p.expand(value)
				}
				s.Exceptions = append(s.Exceptions, e)
			}
		}
		if s.Provided(catalog.Edge) != nil {
			p.addFiles(s)
		}
		for _, v := range s.Volumes {
			volumes[v.Name] = Volume{Name: v.Name}
		}
	}
	for _, s := range c.Services { // a volume's owner may be switched off while others use it
		for _, v := range s.Volumes {
			if _, used := volumes[v.Name]; used && v.Contains != "" {
				volumes[v.Name] = Volume{Name: v.Name, Contains: v.Contains, Owner: s.Name}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(mounted)) {
		p.Secrets = append(p.Secrets, mounted[name])
	}
	for _, name := range slices.Sorted(maps.Keys(volumes)) {
		p.Volumes = append(p.Volumes, volumes[name])
	}
}

func keep[T any](all []T, p *Plan, when func(T) catalog.Condition) []T {
	var out []T
	for _, x := range all {
		if p.holds(when(x)) {
			out = append(out, x)
		}
	}
	return out
}

// declaredSecrets are the secrets of the whole catalogue whose conditions hold, by name. A secret that
// only a file of the user's can hold is absent when no file is named, and one of a capability that is
// external is the user's as well.
func (p *Plan) declaredSecrets(c *catalog.Catalog) map[string][]secret.Spec {
	out := map[string][]secret.Spec{}
	for _, s := range c.Services {
		outside := slices.ContainsFunc(s.Provides, func(a catalog.Capability) bool { return External(p.Values, a.Group()) })
		for _, x := range s.Secrets {
			if x.Each != "" {
				out[x.Name] = p.family(x)
				continue
			}
			external := outside || External(p.Values, ExternalGroup(x.File))
			spec := secret.Spec{Name: x.Name, Kind: x.Kind, Length: x.Length, Description: x.Description, Renewed: x.Renewed}
			if x.Kind == secret.Authority {
				spec.Names, spec.NamedAt = p.publicNames()
			}
			if x.File != "" {
				spec.File, spec.Asked = p.Values.String(x.File), p.place(x.File)
				setting, _ := p.Values.Get(x.File)
				spec.Public = setting.Setting != nil && setting.Public
			}
			if spec.File != "" {
				spec.Kind = secret.Provided
			}
			absent := spec.File == "" && (external || spec.Kind == secret.Provided)
			if !absent && p.holds(x.When) {
				out[x.Name] = []secret.Spec{spec}
			}
		}
	}
	return out
}

// family are the secrets that a list of the user's names: a file each, which only the user can make.
func (p *Plan) family(x catalog.Secret) []secret.Spec {
	var out []secret.Spec
	if !p.holds(x.When) {
		return nil
	}
	for _, member := range slices.Compact(slices.Sorted(slices.Values(p.Values.Strings(x.Each)))) {
		name := secret.FileOf(x.Name, member)
		out = append(out, secret.Spec{Name: name, Kind: secret.Provided, File: "secrets/" + name, Asked: p.place(x.Each), Description: x.Description + " " + member})
	}
	return out
}

// secretNames are the secrets that a service mounts: its own, its images' and those of the
// capabilities that it requires, in order.
func (p *Plan) secretNames(s *Service) []string {
	names := map[string]bool{}
	for _, image := range append(slices.Clone(s.Images), s.Definition) {
		for _, name := range image.Mounts {
			names[name] = true
		}
	}
	for _, x := range s.Definition.Secrets {
		if !slices.Contains(s.Image.Secrets, x.Name) { // the build has it, and nobody else
			names[x.Name] = true
		}
	}
	for _, u := range s.Uses {
		for _, name := range u.offer.Secrets {
			if !slices.Contains(u.without, name) {
				names[name] = true
			}
		}
	}
	for _, t := range p.Tenants {
		if t.Service == s.Name || slices.Contains(t.Clients, s.Name) {
			names[t.Secret] = true
		}
	}
	for _, c := range p.Clients {
		if c.Secret != "" && (c.Provider == s.Name || c.ID == s.Name) {
			names[c.Secret] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func envOf(s *settings.Setting) string {
	if s == nil {
		return ""
	}
	return s.Env
}

// publicNames are the domain and each public host that is not below it, the domain first.
func (p *Plan) publicNames() ([]string, map[string]diag.Place) {
	domain := p.Values.String("domain")
	names, at := []string{domain}, map[string]diag.Place{domain: p.place("domain")}
	for _, key := range slices.Sorted(maps.Keys(p.Hosts)) {
		if host := p.Hosts[key]; !strings.HasSuffix(host, "."+domain) && !slices.Contains(names, host) {
			names, at[host] = append(names, host), p.source(key)
		}
	}
	return names, at
}

// A Folder is a part of the bundle that is the user's.
type Folder struct {
	Source   string   // inside the bundle
	About    string   // what belongs there
	Services []string // that run on with what they read at their start
}

// Yours are the user's folders that services mount, by name.
func (p *Plan) Yours() []Folder {
	folders := map[string]Folder{}
	for _, s := range p.Services {
		for _, b := range s.Binds {
			if !strings.HasPrefix(b.Source, "custom/") {
				continue
			}
			f := folders[b.Source]
			f.Source, f.About = b.Source, cmp.Or(f.About, b.About)
			if s.Role != catalog.RoleJob {
				f.Services = append(f.Services, s.Name)
			}
			folders[b.Source] = f
		}
	}
	var out []Folder
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		out = append(out, folders[name])
	}
	return out
}
