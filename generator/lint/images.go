package lint

import (
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dockerfile"
)

// imageRules are about images that are pulled.
func imageRules() []Rule {
	return []Rule{
		{ID: "image-unpinned", Severity: diag.Warning, Summary: "An image that is pulled has a version.",
			Reason: "`latest` is another image tomorrow, and on the other machine today.",
			Fix:    "name a version, better with its digest: image:1.2@sha256:DIGEST", Check: unpinnedImages},
		{ID: "dockerfile-missing", Summary: "A service that is built has a Dockerfile.",
			Reason: "The build fails at `up`.",
			Fix:    "write the Dockerfile, or correct build.context and build.dockerfile", Check: missingDockerfiles},
	}
}

func unpinnedImages(p *Subject) diag.List {
	var found diag.List
	for _, s := range p.services() {
		if s.Build != nil || s.Image == "" || p.builds(s.Image) {
			continue
		}
		if problem := dockerfile.Unpinned(s.Image); problem != "" {
			found.Add(s.find(problem, "image"))
		}
	}
	return found
}

// builds tells whether one of the services builds an image of that name, so that it is not pulled.
func (p *Subject) builds(image string) bool {
	return slices.ContainsFunc(p.services(), func(s locatedService) bool { return s.Build != nil && s.Image == image })
}

func missingDockerfiles(p *Subject) diag.List {
	var found diag.List
	for _, s := range p.services() {
		if p.Dockerfiles == nil || s.Build == nil || s.Build.DockerfileInline != "" || strings.Contains(s.Build.Context, "://") {
			continue
		}
		if _, known := p.Dockerfiles[s.Name]; !known {
			found.Add(s.find("there is no Dockerfile for "+s.Name, "build"))
		}
	}
	return found
}
