package importer

import (
	"io/fs"
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
)

// A play is one part of a playbook that uses the role.
type play struct {
	file    string
	line    int
	hosts   []string // patterns
	selects map[string]bool
	vars    variables
	files   []varsFile
}

// A varsFile is what vars_files or include_vars names.
type varsFile struct {
	name string
	line int
}

// plays finds the plays that use the role, in the playbooks of the folder.
func (a *ansible) plays() ([]play, diag.List) {
	var out []play
	var found diag.List
	var todo []string
	for _, pattern := range []string{"*.yml", "*.yaml", "playbooks/*.yml", "playbooks/*.yaml"} {
		files, _ := fs.Glob(a.dir.FS, pattern) // the pattern is well-formed
		todo = append(todo, files...)
	}
	seen := map[string]bool{}
	for ; len(todo) > 0; todo = todo[1:] {
		file := todo[0]
		if seen[file] {
			continue
		}
		seen[file] = true
		root, f := a.dir.document(file)
		if f != nil {
			found.Add(*f)
			continue
		}
		for _, n := range items(root) {
			for _, word := range []string{"import_playbook", "ansible.builtin.import_playbook", "include"} {
				if other := get(n, word); other != nil {
					todo = append(todo, path.Join(path.Dir(file), other.Value))
				}
			}
			if p, ok := a.readPlay(file, n); ok {
				out = append(out, p)
			}
		}
	}
	if len(out) > 0 { // a broken file beside the playbook is none of our business
		return out, nil
	}
	return nil, found
}

// readPlay reads a play if it uses the role.
func (a *ansible) readPlay(file string, n *yaml.Node) (play, bool) {
	p := play{file: file, line: n.Line, vars: variables{}}
	hosts := get(n, "hosts")
	if hosts == nil {
		return p, false
	}
	p.vars.lay(a.dir.entries(file, get(n, "vars")))
	r := resolver{scope: p.vars, left: mostText} // hosts: "{{ target | default('all') }}"
	for _, h := range append([]*yaml.Node{hosts}, hosts.Content...) {
		if h.Kind == yaml.ScalarNode {
			p.hosts = append(p.hosts, r.resolve(h, 0).Value)
		}
	}
	for _, f := range items(get(n, "vars_files")) {
		p.files = append(p.files, varsFile{a.firstOf(file, f), f.Line})
	}
	uses := false
	for _, role := range items(get(n, "roles")) {
		uses = p.role(a.dir, role) || uses
	}
	for _, section := range []string{"pre_tasks", "tasks", "post_tasks"} {
		for _, task := range items(get(n, section)) {
			for _, module := range []string{"include_vars", "ansible.builtin.include_vars"} {
				if args := get(task, module); args != nil {
					if named := get(args, "file"); named != nil {
						args = named
					}
					p.files = append(p.files, varsFile{a.varsBeside(file, args.Value), args.Line})
				}
			}
			for _, module := range []string{"include_role", "import_role", "ansible.builtin.include_role", "ansible.builtin.import_role"} {
				if args := get(task, module); args != nil && isRole(get(args, "name")) {
					p.vars.lay(a.dir.entries(file, get(task, "vars")))
					uses = true
				}
			}
		}
	}
	return p, uses
}

// role reads one entry of roles: a name, or a mapping with variables beside it or below vars.
func (p *play) role(s source, n *yaml.Node) bool {
	if n.Kind == yaml.ScalarNode {
		return isRole(n)
	}
	if !isRole(get(n, "role")) && !isRole(get(n, "name")) {
		return false
	}
	p.vars.lay(s.entries(p.file, n))
	p.vars.lay(s.entries(p.file, get(n, "vars")))
	for _, word := range []string{"role", "name", "vars", "tags", "when", "become"} {
		delete(p.vars, word)
	}
	return true
}

// firstOf returns the file of variables that a node names: of a list, the first that is there.
func (a *ansible) firstOf(playbook string, n *yaml.Node) string {
	for _, f := range n.Content {
		if _, err := fs.Stat(a.dir.FS, path.Join(path.Dir(playbook), f.Value)); err == nil {
			return f.Value
		}
	}
	return n.Value
}

// varsBeside returns what include_vars reads: a file beside the playbook, or in its vars/.
func (a *ansible) varsBeside(playbook, name string) string {
	if _, err := fs.Stat(a.dir.FS, path.Join(path.Dir(playbook), "vars", name)); err == nil {
		return path.Join("vars", name)
	}
	return name
}

func isRole(n *yaml.Node) bool { return n != nil && strings.Contains(n.Value, "openwisp2") }
