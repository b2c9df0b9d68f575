package lint

import (
	"strings"

	"github.com/distribution/reference"

	"github.com/owgen/owgen/generator/diag"
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

// validImage tells whether a text can be the name of an image.
func validImage(image string) bool {
	_, err := reference.ParseNormalizedNamed(image)
	return err == nil
}

// unpinned says what is missing from an image's name, "" if nothing is.
func unpinned(image string) string {
	name, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return image + " is not the name of an image"
	}
	if _, ok := name.(reference.Digested); ok {
		return ""
	}
	tagged, ok := name.(reference.Tagged)
	switch {
	case !ok:
		return "the image " + image + " has no version"
	case tagged.Tag() == "latest":
		return "the image " + image + " is whatever is the latest"
	}
	return ""
}

func unpinnedImages(p *Project) diag.List {
	var found diag.List
	for _, s := range p.services() {
		if s.Build != nil || s.Image == "" {
			continue
		}
		if problem := unpinned(s.Image); problem != "" {
			found.Add(s.find(problem, "image"))
		}
	}
	return found
}

func missingDockerfiles(p *Project) diag.List {
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
