package lint

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dockerfile"
	"github.com/owgen/owgen/generator/project"
)

// A Subject is what the rules look at: what was read of a project, and what its images are built from. Any part may
// be missing; rules that need it then find nothing. It is used by pointer only, and not changed once a rule has seen it.
type Subject struct {
	*project.Reading

	Dockerfiles map[string]dockerfile.File // by service; nil when they are not known

	listed    sync.Once
	list      []locatedService // all services by name
	inClear   sync.Once
	clear     []setting
	parsed    sync.Once
	images    map[string]*dockerfile.Image // by service
	evaluated sync.Once
}

// A locatedService is one service of the loaded project, with the way back to where it is written.
type locatedService struct {
	*types.ServiceConfig
	subject *Subject
}

// services returns all services in the order of their names.
func (p *Subject) services() []locatedService {
	if p.Loaded == nil {
		return nil
	}
	p.listed.Do(func() {
		for _, name := range slices.Sorted(maps.Keys(p.Loaded.Services)) {
			config := p.Loaded.Services[name]
			config.Name = name
			p.list = append(p.list, locatedService{&config, p})
		}
	})
	return p.list
}

// service returns one of the services.
func (p *Subject) service(name string) (locatedService, bool) {
	i, ok := slices.BinarySearchFunc(p.services(), name, func(s locatedService, name string) int { return strings.Compare(s.Name, name) })
	if !ok {
		return locatedService{}, false
	}
	return p.list[i], true
}

// running returns the services of which at least one container is started; others exist to be built only.
func (p *Subject) running() []locatedService {
	return slices.DeleteFunc(slices.Clone(p.services()), func(s locatedService) bool {
		return s.Provider != nil || s.GetScale() == 0
	})
}

// find makes a finding at an attribute of the service.
func (s locatedService) find(message string, path ...string) diag.Finding {
	return s.subject.Finding(message, append([]string{"services", s.Name}, path...)...)
}

// parseDockerfiles parses all Dockerfiles. It needs no loaded project, so it can run beside the load.
func (p *Subject) parseDockerfiles() {
	p.parsed.Do(func() { p.images = dockerfile.Parse(p.Dockerfiles) })
}

// Images are what services are built from, parsed, by service.
func (p *Subject) Images() map[string]*dockerfile.Image {
	p.parseDockerfiles()
	return p.images
}

// image returns what a service is built from, evaluated; nil if its Dockerfile is not known.
func (p *Subject) image(name string) *dockerfile.Image {
	p.builtImages()
	return p.images[name]
}

// builtImages returns all images in the order of their services, parsed and evaluated.
func (p *Subject) builtImages() []*dockerfile.Image {
	p.parseDockerfiles()
	p.evaluated.Do(func() {
		var builds map[string]dockerfile.Build
		if p.Loaded != nil {
			builds = map[string]dockerfile.Build{}
		}
		for _, s := range p.services() {
			if s.Build == nil {
				continue
			}
			builds[s.Name] = buildOf(s.Build)
			if text := s.Build.DockerfileInline; text != "" {
				place := p.At("services", s.Name, "build", "dockerfile_inline")
				p.images[s.Name] = dockerfile.ParseFile(dockerfile.File{Path: place.File, Data: []byte(text), Offset: place.Line})
			}
		}
		dockerfile.Evaluate(p.images, builds)
	})
	images := make([]*dockerfile.Image, 0, len(p.images))
	for _, name := range slices.Sorted(maps.Keys(p.images)) {
		images = append(images, p.images[name])
	}
	return images
}

func buildOf(config *types.BuildConfig) dockerfile.Build {
	build := dockerfile.Build{Args: map[string]string{}, Contexts: config.AdditionalContexts, Target: config.Target}
	for arg, value := range config.Args {
		if value != nil {
			build.Args[arg] = *value
		}
	}
	return build
}
