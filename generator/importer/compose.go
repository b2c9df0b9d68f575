package importer

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/yamltext"
)

// What Compose reads where .env does not say otherwise.
var composeFiles = []string{"docker-compose.yml", "docker-compose.override.yml"}

const mostComposeFiles = 100 // one is read in full each time that it is named

// kindOf tells what a folder with a .env is; "" without one. It is a finding if only the .env is missing.
func kindOf(dir fs.FS, kinds []catalog.Kind) (string, *diag.Finding) {
	env, err := fs.ReadFile(dir, envFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		env, err = nil, nil // who reads it says why it cannot be read
	}
	variables, other := assignments(string(env)), replaces.Docker
	for _, k := range kinds {
		if len(k.Services)+len(k.Variables) == 0 {
			other = k.Name
			continue
		}
		if slices.ContainsFunc(variables, func(a assignment) bool { return slices.Contains(k.Variables, a.name) }) {
			return k.Name, nil
		}
		root, _ := source{FS: dir}.document(composeFiles[0])
		for name := range yamltext.Pairs(mapping(root, "services")) {
			if !slices.Contains(k.Services, name.Value) {
				continue
			}
			if err != nil {
				return "", &diag.Finding{Rule: "import/unknown", File: envFile, Message: "is not there, and without it nothing says how this " + k.Name + " was set up",
					Hint: "name the folder of the machine that it runs on, with its .env"}
			}
			return k.Name, nil
		}
	}
	if err != nil {
		return "", nil
	}
	return other, nil
}

// Profile is the one that takes the installation's place.
func (in *Installation) Profile(kinds []catalog.Kind) string {
	for _, k := range kinds {
		if k.Name == in.Kind {
			return k.Profile
		}
	}
	return "single-server"
}

// readCompose reads a Compose project whose services have variables of their own: besides those of .env, they are called
// SERVICE.NAME here, and what else it is made of services.NAME, volumes.NAME and SERVICE.ports.PORT.
func readCompose(dir fs.FS, kind string) (*Installation, diag.List) {
	in, found := readDocker(dir)
	if in == nil {
		return nil, found
	}
	in.Kind, in.Files = kind, map[string][]byte{}
	p := &project{in: in, dir: source{FS: dir}, env: map[string]string{}, scope: variables{}}
	for _, v := range in.Variables {
		p.env[v.Name] = v.Value.Value
	}
	for _, file := range p.files() {
		p.read(file)
	}
	for _, name := range p.names {
		in.Variables = append(in.Variables, p.scope[name])
	}
	return in, nil
}

// A project is what its files say, laid over one another.
type project struct {
	in    *Installation
	dir   source
	env   map[string]string // of .env
	scope variables
	names []string // in the order in which they came
}

// files are those that COMPOSE_FILE names, or those that Compose looks for.
func (p *project) files() []string {
	named := p.env["COMPOSE_FILE"]
	if named == "" {
		return composeFiles
	}
	separator := p.env["COMPOSE_PATH_SEPARATOR"]
	if separator == "" {
		separator = ":"
	}
	var files []string
	for file := range strings.SplitSeq(named, separator) {
		if !slices.Contains(files, file) && len(files) < mostComposeFiles {
			files = append(files, file)
		}
	}
	return files
}

func (p *project) set(v Variable) {
	if _, known := p.scope[v.Name]; !known {
		p.names = append(p.names, v.Name)
	}
	p.scope[v.Name] = v
}

func (p *project) warn(file string, line int, message string) {
	p.in.Findings.Add(diag.Finding{Rule: "import/unreadable", Severity: diag.Warning, File: file, Line: line, Message: message, Hint: "what it sets is not taken over"})
}

func (p *project) read(file string) {
	if file = path.Clean(strings.TrimSpace(file)); !fs.ValidPath(file) {
		p.warn(envFile, 0, "COMPOSE_FILE names a file outside of this folder")
		return
	}
	root, problem := p.dir.document(file)
	switch {
	case problem != nil:
		p.warn(problem.File, problem.Line, problem.Message)
	case root == nil && p.env["COMPOSE_FILE"] != "":
		p.warn(file, 0, "is not there, and COMPOSE_FILE in .env names it")
	}
	for name, service := range yamltext.Pairs(mapping(root, "services")) {
		p.set(Variable{Name: "services." + name.Value, Value: text("on", name.Line), File: file, Line: name.Line})
		if files := get(service, "env_file"); files != nil {
			for _, n := range yamltext.OneOrSeveral(files) {
				p.envFile(name.Value, file, n)
			}
		}
		p.environment(name.Value, file, get(service, "environment"))
		p.ports(name.Value, file, get(service, "ports"))
	}
	for name := range yamltext.Pairs(mapping(root, "volumes")) {
		p.set(Variable{Name: "volumes." + name.Value, Value: text("", name.Line), File: file, Line: name.Line})
	}
}

// environment takes what stands there itself. What refers to .env says nothing else than that.
func (p *project) environment(service, file string, n *yaml.Node) {
	for _, item := range items(n) {
		if name, value, ok := strings.Cut(item.Value, "="); ok {
			p.literal(service+"."+name, value, file, item.Line)
		}
	}
	if n != nil && n.Kind == yaml.MappingNode {
		for name, value := range yamltext.Pairs(n) {
			p.literal(service+"."+name.Value, scalarText(value), file, name.Line)
		}
	}
}

func (p *project) literal(name, value, file string, line int) {
	if plain := strings.ReplaceAll(value, "$$", ""); !strings.Contains(plain, "$") {
		p.set(Variable{Name: name, Value: text(strings.ReplaceAll(value, "$$", "$"), line), File: file, Line: line})
	}
}

// ports takes those that are written out, by the port in the container.
func (p *project) ports(service, file string, n *yaml.Node) {
	for _, item := range items(n) {
		published, target := "", ""
		if item.Kind == yaml.MappingNode {
			published, target = scalarOf(get(item, "published")), scalarOf(get(item, "target"))
		} else if at := strings.LastIndexByte(item.Value, ':'); at > 0 {
			published, target = item.Value[:at], strings.TrimSuffix(item.Value[at+1:], "/tcp")
		}
		if published != "" {
			p.literal(fmt.Sprintf("%s.ports.%s", service, target), published, file, item.Line)
		}
	}
}

// mapping is an entry that is one, or an empty one.
func mapping(n *yaml.Node, key string) *yaml.Node {
	if n = get(n, key); n == nil || n.Kind != yaml.MappingNode {
		return &yaml.Node{}
	}
	return n
}

func scalarOf(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	return scalarText(n)
}

// envFile reads the file of a service's variables, as Compose does.
func (p *project) envFile(service, from string, n *yaml.Node) {
	file := n.Value
	if n.Kind == yaml.MappingNode {
		file = scalarOf(get(n, "path"))
	}
	if file = path.Clean(file); !fs.ValidPath(file) {
		p.warn(from, n.Line, "names a file outside of this folder")
		return
	}
	data, err := fs.ReadFile(p.dir.FS, file)
	if err != nil {
		p.warn(from, n.Line, "names a file of variables that cannot be read: "+plainError(err))
		return
	}
	values, faults := dotenv.Read(data, func(name string) (string, bool) { value, ok := p.env[name]; return value, ok })
	for _, f := range faults {
		p.warn(file, f.Line, "cannot be read, by Compose either: "+f.Message)
	}
	for _, a := range assignments(string(data)) {
		if value, known := values[a.name]; known {
			p.in.dollar(file, a, value)
			p.set(Variable{Name: service + "." + a.name, Value: text(value, a.line), File: file, Line: a.line, cut: a.comment})
		}
	}
}
