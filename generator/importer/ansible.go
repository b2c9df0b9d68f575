package importer

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/replaces"
)

// The tags of values that cannot be known here.
const (
	tagVault    = "!vault"
	tagTemplate = "!template" // owgen's own mark
)

// The names of the host that Ansible gives to templates; they are variables of the installation as well.
const hostVariable = "inventory_hostname"

// readAnsible reads the playbook of ansible-openwisp2 in a folder with its inventory. Without one it returns nil.
func readAnsible(dir fs.FS, o Options) (*Installation, diag.List) {
	a := &ansible{dir: dir, in: &Installation{Kind: replaces.Ansible, Files: map[string][]byte{}}, scope: variables{}}
	plays, found := a.plays()
	if len(plays) == 0 || found.Err() != nil {
		return nil, found
	}
	inventory := a.inventory()
	host, f := chooseHost(plays, inventory, o)
	if f != nil {
		return nil, diag.List{*f}
	}
	for _, group := range inventory.groupsOf(host) {
		a.scope.lay(inventory.groups[group].vars)
		a.folder("group_vars", group)
	}
	a.scope.lay(inventory.hosts[host])
	a.folder("host_vars", host)
	for _, p := range plays {
		if p.matches(host, inventory) {
			a.play(p)
		}
	}
	a.scope[hostVariable] = Variable{Name: hostVariable, Value: text(host, 0), File: plays[0].file, Line: plays[0].line}
	for _, name := range slices.Sorted(maps.Keys(a.scope)) {
		v := a.scope[name]
		v.Value = a.scope.resolve(v.Value, 0)
		a.in.Variables = append(a.in.Variables, v)
	}
	walk(dir, "files", a.in.Files, &a.in.Findings)
	for name := range a.in.Files { // a playbook has files of other roles as well
		if !strings.HasPrefix(name, "files/ow2_static/") {
			delete(a.in.Files, name)
		}
	}
	return a.in, nil
}

// ansible is an Installation in the making.
type ansible struct {
	dir   fs.FS
	in    *Installation
	scope variables
}

// variables are those of one host, by name.
type variables map[string]Variable

// lay puts variables over those that are there.
func (v variables) lay(over variables) { maps.Copy(v, over) }

// play lays the variables of a play over the others.
func (a *ansible) play(p play) {
	a.scope.lay(p.vars)
	for _, name := range p.files {
		file := path.Join(path.Dir(p.file), name)
		if vars, ok := a.vars(file); ok {
			a.scope.lay(vars)
		} else {
			a.in.Findings.Add(diag.Finding{Rule: "import/unreadable", Severity: diag.Warning, File: p.file, Line: p.line, Message: "vars_files names a file that is not there, or not known here", Hint: "what it sets is not taken over"})
		}
	}
}

// folder lays group_vars/NAME or host_vars/NAME over the others, beside the playbook and beside the inventory: a file, or
// a folder of files.
func (a *ansible) folder(kind, name string) {
	roots, _ := fs.Glob(a.dir, "*/"+kind) // the pattern is well-formed
	nested, _ := fs.Glob(a.dir, "*/*/"+kind)
	for _, root := range slices.Concat(roots, nested, []string{kind}) {
		for _, suffix := range []string{"", ".yml", ".yaml", ".json"} {
			if vars, ok := a.vars(path.Join(root, name+suffix)); ok {
				a.scope.lay(vars)
			}
		}
		inside, _ := fs.ReadDir(a.dir, path.Join(root, name)) // mostly, there is none
		for _, e := range inside {
			if vars, ok := a.vars(path.Join(root, name, e.Name())); ok && !e.IsDir() {
				a.scope.lay(vars)
			}
		}
	}
}

// vars reads a file of variables; the second result is false where there is none to read.
func (a *ansible) vars(file string) (variables, bool) {
	root, f := a.yaml(file)
	if f != nil {
		f.Severity, f.Hint = diag.Warning, "what it sets is not taken over"
		a.in.Findings.Add(*f)
		return nil, true
	}
	if root == nil {
		return nil, false
	}
	return mapping(file, root), true
}

// yaml reads a file; nil where there is none.
func (a *ansible) yaml(file string) (*yaml.Node, *diag.Finding) {
	info, err := fs.Stat(a.dir, file)
	if err != nil || info.IsDir() {
		return nil, nil
	}
	data, err := fs.ReadFile(a.dir, file)
	switch {
	case err != nil:
		return nil, &diag.Finding{Rule: "import/unreadable", File: file, Message: err.Error()}
	case strings.HasPrefix(string(data), "$ANSIBLE_VAULT"):
		return nil, &diag.Finding{Rule: "import/vault", File: file, Message: "is encrypted with Ansible Vault", Hint: "import a copy of the folder in which `ansible-vault decrypt` has opened it"}
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		f := diag.Finding{Rule: "import/not-yaml", File: file, Message: "is not YAML"}
		if n, _ := fmt.Sscanf(err.Error(), "yaml: line %d:", &f.Line); n == 0 {
			f.Line = 0
		}
		return nil, &f
	}
	if len(document.Content) == 0 {
		return nil, nil
	}
	return document.Content[0], nil
}

// mapping reads a mapping of variables.
func mapping(file string, n *yaml.Node) variables {
	out := variables{}
	if n == nil || n.Kind != yaml.MappingNode {
		return out
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		out[key.Value] = Variable{Name: key.Value, Value: n.Content[i+1], File: file, Line: key.Line}
	}
	return out
}

func get(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}
