package importer

import (
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
)

// An inventory says which hosts there are, and in which groups.
type inventory struct {
	hosts  map[string]variables
	groups map[string]*group
}

type group struct {
	vars     variables
	hosts    map[string]bool
	children map[string]bool
}

// inventoryFiles are the names that people give to inventories.
var inventoryFiles = []string{"hosts", "hosts.ini", "hosts.yml", "hosts.yaml", "inventory", "inventory.ini", "inventory.yml", "inventory.yaml",
	"inventory/hosts", "inventory/hosts.ini", "inventory/hosts.yml", "inventory/hosts.yaml", "inventories/production/hosts", "inventories/production/hosts.yml"}

var configured = regexp.MustCompile(`(?m)^\s*inventory\s*=\s*(\S+)`)

// inventory reads the inventories that are there.
func (a *ansible) inventory() *inventory {
	inv := &inventory{hosts: map[string]variables{}, groups: map[string]*group{}}
	files := inventoryFiles
	if data, err := fs.ReadFile(a.dir, "ansible.cfg"); err == nil {
		if match := configured.FindSubmatch(data); match != nil {
			files = append(slices.Clone(files), path.Clean(string(match[1])))
		}
	}
	for _, file := range files {
		if !fs.ValidPath(file) {
			continue
		}
		data, err := fs.ReadFile(a.dir, file)
		if err != nil {
			continue
		}
		if ext := path.Ext(file); ext == ".yml" || ext == ".yaml" {
			if root, f := a.yaml(file); f == nil && root != nil {
				for name, v := range mapping(file, root) {
					inv.readGroup(file, name, v.Value)
				}
			}
			continue
		}
		inv.readINI(file, string(data))
	}
	return inv
}

func (inv *inventory) group(name string) *group {
	g := inv.groups[name]
	if g == nil {
		g = &group{vars: variables{}, hosts: map[string]bool{}, children: map[string]bool{}}
		inv.groups[name] = g
	}
	return g
}

func (inv *inventory) host(name string, vars variables) {
	if inv.hosts[name] == nil {
		inv.hosts[name] = variables{}
	}
	inv.hosts[name].lay(vars)
}

// readGroup reads a group of an inventory in YAML.
func (inv *inventory) readGroup(file, name string, n *yaml.Node) {
	g := inv.group(name)
	g.vars.lay(mapping(file, get(n, "vars")))
	for host, v := range mapping(file, get(n, "hosts")) {
		g.hosts[host] = true
		inv.host(host, mapping(file, v.Value))
	}
	for child, v := range mapping(file, get(n, "children")) {
		g.children[child] = true
		inv.readGroup(file, child, v.Value)
	}
}

var section = regexp.MustCompile(`^\[([^\]:]+)(?::(vars|children))?\]$`)

// readINI reads an inventory in the form of INI files.
func (inv *inventory) readINI(file, data string) {
	g, kind := inv.group("ungrouped"), ""
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(data, "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, ";") {
			continue
		}
		if match := section.FindStringSubmatch(line); match != nil {
			g, kind = inv.group(match[1]), match[2]
			continue
		}
		switch kind {
		case "vars":
			if name, value, ok := strings.Cut(line, "="); ok {
				name = strings.TrimSpace(name)
				g.vars[name] = Variable{Name: name, Value: literal(strings.TrimSpace(value), number), File: file, Line: number}
			}
		case "children":
			g.children[line] = true
			inv.group(line)
		default:
			words := splitLine(line)
			vars := variables{}
			for _, word := range words[1:] {
				if name, value, ok := strings.Cut(word, "="); ok {
					vars[name] = Variable{Name: name, Value: literal(value, number), File: file, Line: number}
				}
			}
			g.hosts[words[0]] = true
			inv.host(words[0], vars)
		}
	}
}

// splitLine splits a host's line into words; quotes keep spaces together, and a # after a space begins a comment.
func splitLine(line string) []string {
	var words []string
	word, quote, inside := "", rune(0), false
	for _, r := range line {
		switch {
		case quote == 0 && r == '#' && !inside:
			return words
		case quote == 0 && (r == ' ' || r == '\t'):
			if inside {
				words = append(words, word)
			}
			word, inside = "", false
			continue
		case quote == 0 && (r == '"' || r == '\''):
			quote = r
		case r == quote:
			quote = 0
		}
		word, inside = word+string(r), true
	}
	if inside {
		words = append(words, word)
	}
	return words
}

// literal reads a value of an INI file: a text, or a list or mapping as Python writes it.
func literal(value string, line int) *yaml.Node {
	if len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
		return text(value[1:len(value)-1], line)
	}
	if strings.HasPrefix(value, "[") || strings.HasPrefix(value, "{") && !strings.HasPrefix(value, "{{") {
		var document yaml.Node
		if yaml.Unmarshal([]byte(value), &document) == nil && len(document.Content) == 1 {
			return document.Content[0]
		}
	}
	return text(value, line)
}

// groupsOf returns the groups of a host, from all of them to the nearest.
func (inv *inventory) groupsOf(host string) []string {
	var out []string
	var climb func(name string)
	climb = func(name string) {
		for _, parent := range slices.Sorted(maps.Keys(inv.groups)) {
			if inv.groups[parent].children[name] && parent != "all" && !slices.Contains(out, parent) {
				climb(parent)
			}
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(inv.groups)) {
		if name != "all" && inv.groups[name].hosts[host] {
			climb(name)
		}
	}
	inv.group("all")
	return append([]string{"all"}, out...)
}

// matches says whether a play is for a host.
func (p play) matches(host string, inv *inventory) bool {
	for _, word := range strings.FieldsFunc(p.hosts, func(r rune) bool { return r == ',' || r == ':' || r == ' ' }) {
		if word == "all" || word == "*" || word == host || slices.Contains(inv.groupsOf(host), word) {
			return true
		}
	}
	return false
}

// chooseHost finds the one host that the plays are for.
func chooseHost(plays []play, inv *inventory, o Options) (string, *diag.Finding) {
	var names []string
	for _, host := range slices.Sorted(maps.Keys(inv.hosts)) {
		if slices.ContainsFunc(plays, func(p play) bool { return p.matches(host, inv) }) {
			names = append(names, host)
		}
	}
	if len(names) == 0 { // no inventory here: a play may name its host
		for _, p := range plays {
			if strings.Contains(p.hosts, ".") && !strings.ContainsAny(p.hosts, ",: *{") && !slices.Contains(names, p.hosts) {
				names = append(names, p.hosts)
			}
		}
	}
	at := diag.Finding{Rule: "import/host", File: plays[0].file, Line: plays[0].line, Path: "hosts"}
	switch {
	case o.Host != "" && !slices.Contains(names, o.Host):
		at.Message, at.Hint = "has no host "+o.Host, "its hosts: "+strings.Join(names, ", ")
	case o.Host != "":
		return o.Host, nil
	case len(names) == 1:
		return names[0], nil
	case len(names) == 0:
		at.Message, at.Hint = "is for no host of an inventory here", "put the inventory beside the playbook as `hosts`"
	default:
		at.Message, at.Hint = "is for several hosts: "+strings.Join(names, ", "), "choose one with --host"
	}
	return "", &at
}
