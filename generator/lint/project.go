package lint

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/buildkit/util/suggest"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
)

// A Project is what the rules look at. Any part but File may be missing; rules that need it then find nothing.
// It is used by pointer only, and not changed once a rule has seen it.
type Project struct {
	File   string // name of the compose file in findings
	Source []byte // its text, in which excuses are looked for

	Overrides []Text // compose files that are merged over it

	Node   *yaml.Node     // its document, with the overrides merged into it, for lines
	Loaded *types.Project // as compose-go understands it, all profiles on; nil when it cannot be loaded

	EnvFile   string            // name of the .env file in findings
	EnvSource []byte            // its text
	Env       map[string]string // all variables that Compose interpolates; nil when they are not known

	EnvFiles map[string][]byte // texts of what env_file names, by path; nil when they are not known

	Dockerfiles map[string]Dockerfile // by service; nil when they are not known

	listed    sync.Once
	list      []service // all services by name
	parsed    sync.Once
	images    map[string]*image // by service
	evaluated sync.Once
}

// root is the top-level mapping of the compose file, or nil.
func (p *Project) root() *yaml.Node { return resolve(p.Node) }

// at returns the line and the dotted path of an attribute. An element names a key, an item as "[3]", or an
// item by what it refers to (a secret's source, a port's text). Where something is not written in this
// file, because it is missing or comes from elsewhere, the line is that of the nearest thing around it.
func (p *Project) at(path ...string) (line int, dotted string) {
	node := p.root()
	var b strings.Builder
	for i, name := range path {
		var at int
		at, node, name = p.step(node, name)
		if at > 0 {
			line = at
		}
		if i > 0 && !strings.HasPrefix(name, "[") {
			b.WriteByte('.')
		}
		b.WriteString(name)
	}
	return line, b.String()
}

// step goes from a node to one of its children; at is 0 when there is no such child.
func (p *Project) step(node *yaml.Node, name string) (at int, child *yaml.Node, written string) {
	node = resolve(node)
	switch {
	case node == nil:
		return 0, nil, name
	case node.Kind == yaml.MappingNode:
		if key, value := get(node, name); key != nil {
			return key.Line, value, name
		}
	case node.Kind == yaml.SequenceNode:
		for i, item := range node.Content {
			index := "[" + strconv.Itoa(i) + "]"
			if index == name || p.refers(resolve(item), name) {
				return item.Line, item, index
			}
		}
	}
	return 0, nil, name
}

// refers tells whether an item of a list is the one with that name: `name`, `name:more`, `NAME=value`,
// or a mapping whose source, target or name it is.
func (p *Project) refers(item *yaml.Node, name string) bool {
	if item == nil {
		return false
	}
	if item.Kind == yaml.ScalarNode {
		text := p.expand(item.Value)
		before, _, _ := strings.Cut(text, ":")
		key, _, _ := strings.Cut(text, "=")
		return text == name || before == name || key == name
	}
	for _, attribute := range []string{"source", "target", "name", "path"} {
		if _, value := get(item, attribute); value != nil && p.expand(value.Value) == name {
			return true
		}
	}
	return false
}

// expand interpolates a value as Compose would.
func (p *Project) expand(value string) string {
	if !strings.Contains(value, "$") {
		return value
	}
	expanded, err := template.SubstituteWithOptions(value, p.lookup, template.WithoutLogging)
	if err != nil {
		return value
	}
	return expanded
}

func (p *Project) lookup(name string) (string, bool) {
	value, ok := p.Env[name]
	return value, ok
}

// finding makes a finding at an attribute.
func (p *Project) finding(message string, path ...string) diag.Finding {
	line, dotted := p.at(path...)
	return diag.Finding{Line: line, Path: dotted, Message: message}
}

// A service is one service of the loaded project, with the way back to where it is written.
type service struct {
	*types.ServiceConfig
	project *Project
}

// services returns all services in the order of their names.
func (p *Project) services() []service {
	if p.Loaded == nil {
		return nil
	}
	p.listed.Do(func() {
		for _, name := range slices.Sorted(maps.Keys(p.Loaded.Services)) {
			config := p.Loaded.Services[name]
			config.Name = name
			p.list = append(p.list, service{&config, p})
		}
	})
	return p.list
}

// service returns one of the services.
func (p *Project) service(name string) (service, bool) {
	i, ok := slices.BinarySearchFunc(p.services(), name, func(s service, name string) int { return strings.Compare(s.Name, name) })
	if !ok {
		return service{}, false
	}
	return p.list[i], true
}

// running returns the services of which at least one container is started; others exist to be built only.
func (p *Project) running() []service {
	return slices.DeleteFunc(slices.Clone(p.services()), func(s service) bool {
		return s.Provider != nil || s.GetScale() == 0
	})
}

// find makes a finding at an attribute of the service.
func (s service) find(message string, path ...string) diag.Finding {
	return s.project.finding(message, append([]string{"services", s.Name}, path...)...)
}

// nearest suggests the name that was probably meant, as a hint, or says nothing.
func nearest[V any](name string, known map[string]V) string {
	if match, ok := suggest.Search(name, slices.Sorted(maps.Keys(known)), true); ok {
		return "did you mean " + match + "?"
	}
	return ""
}
