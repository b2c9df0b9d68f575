package importer

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

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

func encrypted(data []byte) bool { return strings.HasPrefix(string(data), "$ANSIBLE_VAULT") }

// readAnsible reads the playbook of ansible-openwisp2 in a folder with its inventory. Without one it returns nil.
func readAnsible(dir fs.FS, o Options) (*Installation, diag.List) {
	a := &ansible{dir: source{FS: dir}, in: &Installation{Kind: replaces.Ansible, Files: map[string][]byte{}}, scope: variables{}}
	plays, found := a.plays()
	if len(plays) == 0 || found.Err() != nil {
		return nil, found
	}
	at := diag.Finding{Rule: "import/host", File: plays[0].file, Line: plays[0].line, Path: "hosts"}
	inv, roots, found := a.inventory(o)
	a.in.Findings.Add(found.Warnings()...)
	if errs := found.Errors(); len(errs) > 0 {
		return nil, errs
	}
	for i := range plays {
		selects, err := inv.selected(plays[i].hosts)
		if err != nil {
			at.Message, at.Hint = err.Error(), "https://docs.ansible.com/ansible/latest/inventory_guide/intro_patterns.html describes patterns; --host chooses a host"
			return nil, diag.List{at}
		}
		plays[i].selects = selects
	}
	host, err := chooseHost(plays, inv, o)
	if err != nil {
		at.Message, at.Hint = err.message, err.hint
		return nil, diag.List{at}
	}
	plays = slices.DeleteFunc(plays, func(p play) bool { return !p.selects[host] })
	a.variables(host, inv, roots, plays)
	a.scope[hostVariable] = Variable{Name: hostVariable, Value: text(host, 0), File: plays[0].file, Line: plays[0].line}
	if found := a.resolve(); found != nil {
		return nil, diag.List{*found}
	}
	a.in.walk(a.dir, "files", func(name string) bool { return strings.HasPrefix(name, "files/ow2_static/") }) // a playbook has files of other roles as well
	return a.in, nil
}

// ansible is an Installation in the making.
type ansible struct {
	dir   source
	in    *Installation
	scope variables
}

// variables lays what is said of a host in Ansible's order: the inventory's groups, then group_vars beside it and beside
// the playbook, first of all hosts and then of each group; the same of the host; then the plays.
func (a *ansible) variables(host string, inv *inventory, roots []root, plays []play) {
	for _, p := range plays {
		roots = with(roots, root{a.dir, path.Dir(p.file)})
	}
	groups := inv.groupsOf(host)
	for _, group := range groups {
		a.scope.lay(inv.groups[group].vars)
	}
	for _, part := range [][]string{groups[:1], groups[1:]} {
		for _, r := range roots {
			for _, group := range part {
				a.folder(r, "group_vars", group)
			}
		}
	}
	a.scope.lay(inv.hosts[host])
	for _, r := range roots {
		a.folder(r, "host_vars", host)
	}
	for _, p := range plays {
		a.play(p)
	}
}

// resolve fills in what variables refer to.
func (a *ansible) resolve() *diag.Finding {
	r := resolver{scope: a.scope, left: mostText}
	for _, name := range slices.Sorted(maps.Keys(a.scope)) {
		v := a.scope[name]
		v.Value = r.resolve(v.Value, 0)
		if r.left < 0 {
			return &diag.Finding{Rule: "import/too-large", File: v.File, Line: v.Line, Path: v.Name, Message: "refers to so much that it cannot be written out",
				Hint: "variables that hold others several times grow with each level; write its value"}
		}
		a.in.Variables = append(a.in.Variables, v)
	}
	return nil
}

// variables are those of one host, by name.
type variables map[string]Variable

// lay puts variables over those that are there.
func (v variables) lay(over variables) { maps.Copy(v, over) }

// play lays the variables of a play over the others.
func (a *ansible) play(p play) {
	a.scope.lay(p.vars)
	for _, file := range p.files {
		if vars, ok := a.vars(a.dir, path.Join(path.Dir(p.file), file.name)); ok {
			a.scope.lay(vars)
		} else {
			a.in.Findings.Add(diag.Finding{Rule: "import/unreadable", Severity: diag.Warning, File: p.file, Line: file.line, Message: "names a file of variables that is not there, or not known here", Hint: "what it sets is not taken over"})
		}
	}
}

// folder lays group_vars/NAME or host_vars/NAME over the others: a file, or a folder of files.
func (a *ansible) folder(r root, kind, name string) {
	at := path.Join(r.dir, kind, name)
	for _, suffix := range []string{"", ".yml", ".yaml", ".json"} {
		if vars, ok := a.vars(r.source, at+suffix); ok {
			a.scope.lay(vars)
		}
	}
	a.files(r.source, at, 0)
}

const deepestFolder = 5 // a link may lead back to its own folder

func (a *ansible) files(s source, folder string, depth int) {
	inside, _ := fs.ReadDir(s.FS, folder) // mostly, there is none
	for _, e := range inside {
		name, ext := path.Join(folder, e.Name()), path.Ext(e.Name())
		if strings.HasPrefix(e.Name(), ".") || strings.HasSuffix(e.Name(), "~") || !slices.Contains([]string{"", ".yml", ".yaml", ".json"}, ext) {
			continue
		}
		if info, err := fs.Stat(s.FS, name); err == nil && info.IsDir() && depth < deepestFolder {
			a.files(s, name, depth+1)
		} else if vars, ok := a.vars(s, name); ok {
			a.scope.lay(vars)
		}
	}
}

// vars reads a file of variables; the second result is false where there is none to read.
func (a *ansible) vars(s source, file string) (variables, bool) {
	root, f := s.document(file)
	if f != nil {
		f.Severity, f.Hint = diag.Warning, "what it sets is not taken over"
		a.in.Findings.Add(*f)
		return nil, true
	}
	if root == nil {
		return nil, false
	}
	return s.entries(file, root), true
}
