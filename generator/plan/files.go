package plan

import (
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
)

// addFiles mounts at the edge what routes hand out, each below the route's path.
func (p *Plan) addFiles(edge *Service) {
	for _, s := range p.Services {
		for _, r := range s.Definition.Routes {
			if !r.HandsOut() || !p.holds(r.When) || s.Role == catalog.RoleImage {
				continue
			}
			below := strings.TrimSuffix(r.Path, "/")
			volume := catalog.Volume{Name: r.Files.Volume, Path: catalog.FilesRoot + below, ReadOnly: true}
			if volume.Name != "" && !slices.ContainsFunc(edge.Volumes, func(v catalog.Volume) bool { return v.Path == volume.Path }) {
				edge.Volumes = append(edge.Volumes, volume)
			}
			bind := catalog.Bind{Source: r.Files.Over, Path: catalog.FilesOver + below}
			if bind.Source != "" && !slices.ContainsFunc(edge.Binds, func(b catalog.Bind) bool { return b.Path == bind.Path }) {
				edge.Binds = append(edge.Binds, bind)
			}
		}
	}
}

// Handed are the routes by which the edge hands out files, once for each path.
func (p *Plan) Handed() []Route {
	var out []Route
	for _, r := range p.Routes {
		if r.Protocol == catalog.ProtocolFiles && !slices.ContainsFunc(out, func(o Route) bool { return o.Path == r.Path }) {
			out = append(out, r)
		}
	}
	return out
}
