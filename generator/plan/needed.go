package plan

import (
	"regexp"
	"slices"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/settings"
)

// addNeeded collects the files and folders of the user's that images are built from: those that a setting of what is
// built names, and that are no secret's.
func (p *Plan) addNeeded(c *catalog.Catalog) {
	secrets := map[string]bool{}
	for _, s := range c.Services {
		for _, x := range s.Secrets {
			secrets[x.File] = true
		}
	}
	for _, d := range p.Values.Schema().All() {
		built := d.Owner == "" || slices.ContainsFunc(p.Services, func(s *Service) bool { return s.Name == d.Owner })
		if !built || secrets[d.Key] {
			continue
		}
		if name := p.Values.String(d.Key); d.Type == settings.FilePath && name != "" {
			p.Needed = append(p.Needed, bundle.Needed{Path: name, Asked: p.place(d.Key)})
		}
		if d.Folder == "" {
			continue
		}
		within := regexp.MustCompile(d.Folder)
		for _, item := range p.Values.Strings(d.Key) {
			if found := within.FindStringSubmatch(item); len(found) > 1 {
				p.Needed = append(p.Needed, bundle.Needed{Path: found[1], Folder: true, Asked: p.place(d.Key)})
			}
		}
	}
}
