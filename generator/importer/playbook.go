package importer

import (
	"io/fs"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
)

// A play is one part of a playbook that uses the role.
type play struct {
	file  string
	line  int
	hosts string
	vars  variables
	files []string // vars_files
}

// plays finds the plays that use the role, in the playbooks of the folder.
func (a *ansible) plays() ([]play, diag.List) {
	var out []play
	var found diag.List
	for _, pattern := range []string{"*.yml", "*.yaml", "playbooks/*.yml", "playbooks/*.yaml"} {
		files, _ := fs.Glob(a.dir, pattern) // the pattern is well-formed
		for _, file := range files {
			root, f := a.yaml(file)
			if f != nil {
				found.Add(*f)
				continue
			}
			if root == nil || root.Kind != yaml.SequenceNode {
				continue
			}
			for _, n := range root.Content {
				if p, ok := readPlay(file, n); ok {
					out = append(out, p)
				}
			}
		}
	}
	if len(out) > 0 { // a broken file beside the playbook is none of our business
		return out, nil
	}
	return nil, found
}

// readPlay reads a play if it uses the role.
func readPlay(file string, n *yaml.Node) (play, bool) {
	p := play{file: file, line: n.Line, vars: variables{}}
	hosts := get(n, "hosts")
	if hosts == nil {
		return p, false
	}
	if hosts.Kind == yaml.SequenceNode {
		var names []string
		for _, h := range hosts.Content {
			names = append(names, h.Value)
		}
		p.hosts = strings.Join(names, ",")
	} else {
		p.hosts = hosts.Value
	}
	p.vars.lay(mapping(file, get(n, "vars")))
	if files := get(n, "vars_files"); files != nil {
		for _, f := range files.Content {
			p.files = append(p.files, f.Value)
		}
	}
	uses := false
	for _, role := range items(get(n, "roles")) {
		uses = p.role(role) || uses
	}
	for _, section := range []string{"pre_tasks", "tasks", "post_tasks"} {
		for _, task := range items(get(n, section)) {
			for _, module := range []string{"include_role", "import_role", "ansible.builtin.include_role", "ansible.builtin.import_role"} {
				if args := get(task, module); args != nil && isRole(get(args, "name")) {
					p.vars.lay(mapping(file, get(task, "vars")))
					uses = true
				}
			}
		}
	}
	return p, uses
}

// role reads one entry of roles: a name, or a mapping with variables beside it or below vars.
func (p *play) role(n *yaml.Node) bool {
	if n.Kind == yaml.ScalarNode {
		return isRole(n)
	}
	if !isRole(get(n, "role")) && !isRole(get(n, "name")) {
		return false
	}
	p.vars.lay(mapping(p.file, n))
	p.vars.lay(mapping(p.file, get(n, "vars")))
	for _, word := range []string{"role", "name", "vars", "tags", "when", "become"} {
		delete(p.vars, word)
	}
	return true
}

func isRole(n *yaml.Node) bool { return n != nil && strings.Contains(n.Value, "openwisp2") }
