package catalog

import (
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/secret"
	"github.com/owgen/owgen/generator/settings"
)

// SecretFiles are the secrets of all folders, with the names that people have for them: a password of the store "sql" is that of
// the service that provides it, too. One that has the name of its database in it, as further databases have, is called so by nobody.
func (c *Catalog) SecretFiles() []settings.SecretFile {
	var out []settings.SecretFile
	for _, s := range c.Services {
		for _, x := range s.Secrets {
			if strings.Contains(x.Name, "*") {
				continue
			}
			file := settings.SecretFile{Name: x.Name}
			if x.Kind == secret.Provided {
				file.Given = x.File
			}
			what := x.Name[strings.LastIndexByte(x.Name, '_')+1:]
			owners := []string{s.Name}
			for _, p := range s.Provides {
				owners = append(owners, p.Capability)
			}
			for _, o := range c.Services {
				for _, d := range o.Databases {
					if d.Password != x.Name || x.Name != d.Capability+"_"+what {
						continue
					}
					owners = append(owners, d.Capability)
					for _, provider := range c.Providers(d.Capability) {
						owners = append(owners, provider.Name)
					}
				}
			}
			for _, owner := range owners {
				file.Also = append(file.Also, strings.ReplaceAll(owner, "-", "_")+"_"+what)
			}
			for _, old := range x.Replaces[replaces.Docker].Names() {
				file.Also = append(file.Also, strings.ToLower(old))
			}
			out = append(out, file)
		}
	}
	slices.SortFunc(out, func(a, b settings.SecretFile) int { return strings.Compare(a.Name, b.Name) })
	return out
}
