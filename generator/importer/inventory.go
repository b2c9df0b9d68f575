package importer

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lazy"
)

// mostHosts is how many hosts an inventory has at most; a range of a few characters can name any number.
const mostHosts = 100_000

// An inventory says which hosts there are, and in which groups.
type inventory struct {
	hosts    map[string]variables
	order    map[string]int // of the hosts, as they were first named: [0] is the first of a group
	groups   map[string]*group
	findings diag.List
}

type group struct {
	order    int // among the groups, as they were first named
	vars     variables
	hosts    map[string]int // with their order
	children map[string]child
	parents  []string
	depth    int // the longest way from the group of all
}

// A child is a group in another one.
type child struct {
	position
	order int
}

// A position is where something stands.
type position struct {
	file string
	line int
}

func newInventory() *inventory {
	inv := &inventory{hosts: map[string]variables{}, order: map[string]int{}, groups: map[string]*group{}}
	inv.group("all")
	inv.group("ungrouped")
	return inv
}

func (inv *inventory) group(name string) *group {
	g := inv.groups[name]
	if g == nil {
		g = &group{order: len(inv.groups), vars: variables{}, hosts: map[string]int{}, children: map[string]child{}}
		inv.groups[name] = g
	}
	return g
}

func (g *group) add(host string) {
	if _, there := g.hosts[host]; !there {
		g.hosts[host] = len(g.hosts)
	}
}

func (g *group) addChild(name string, at position) {
	if old, there := g.children[name]; there {
		g.children[name] = child{at, old.order}
	} else {
		g.children[name] = child{at, len(g.children)}
	}
}

// inOrder are the names of a map by their number.
func inOrder(numbers map[string]int) []string {
	return slices.SortedFunc(maps.Keys(numbers), func(a, b string) int { return cmp.Compare(numbers[a], numbers[b]) })
}

// childrenInOrder are the groups in a group, in the order in which they were named.
func (g *group) childrenInOrder() []string {
	return slices.SortedFunc(maps.Keys(g.children), func(a, b string) int { return cmp.Compare(g.children[a].order, g.children[b].order) })
}

// asWritten are the names of variables in the order in which they stand.
func (v variables) asWritten() []string {
	return slices.SortedFunc(maps.Keys(v), func(a, b string) int {
		x, y := v[a], v[b]
		return cmp.Or(cmp.Compare(x.Value.Line, y.Value.Line), cmp.Compare(x.Value.Column, y.Value.Column), cmp.Compare(a, b))
	})
}

// add puts the hosts that an entry names into a group.
func (inv *inventory) add(g *group, entry string, vars variables, at position) {
	names, port, err := expandHosts(entry, mostHosts-len(inv.hosts))
	if err != nil {
		inv.findings.Add(diag.Finding{Rule: "import/host", File: at.file, Line: at.line, Message: err.Error()})
		return
	}
	for _, name := range names {
		g.add(name)
		if inv.hosts[name] == nil {
			inv.hosts[name], inv.order[name] = variables{}, len(inv.hosts)
		}
		if port != "" {
			inv.hosts[name]["ansible_port"] = Variable{Name: "ansible_port", Value: text(port, at.line), File: at.file, Line: at.line}
		}
		inv.hosts[name].lay(vars)
	}
}

// read reads one file of an inventory.
func (inv *inventory) read(s source, file string) {
	ext := path.Ext(file)
	if ext == ".yml" || ext == ".yaml" || ext == ".json" {
		root, f := s.document(file)
		if f != nil {
			inv.findings.Add(*f)
			return
		}
		inv.readYAML(s, file, root)
		return
	}
	data, err := fs.ReadFile(s.FS, file)
	if err != nil {
		inv.findings.Add(diag.Finding{Rule: "import/unreadable", File: s.name(file), Message: plainError(err), Hint: readable(err)})
		return
	}
	if ext == "" && !strings.HasPrefix(strings.TrimSpace(string(data)), "[") { // Ansible takes both forms without a suffix
		if root, problem := parse(data); problem == nil && root != nil && root.Kind == yaml.MappingNode {
			inv.readYAML(s, file, root)
			return
		}
	}
	inv.readINI(s.name(file), string(data))
}

func (inv *inventory) readYAML(s source, file string, root *yaml.Node) {
	if plugin := get(root, "plugin"); plugin != nil {
		inv.findings.Add(diag.Finding{Rule: "import/host", Severity: diag.Warning, File: s.name(file), Line: plugin.Line, Message: "asks a program for its hosts, which is not done here",
			Hint: "`ansible-inventory --list --yaml` writes them down; name that file with -i"})
		return
	}
	groups := s.entries(file, root)
	for _, name := range groups.asWritten() {
		inv.readGroup(s, file, name, groups[name].Value)
	}
}

// readGroup reads a group of an inventory in YAML.
func (inv *inventory) readGroup(s source, file, name string, n *yaml.Node) {
	g := inv.group(name)
	g.vars.lay(s.entries(file, get(n, "vars")))
	hosts := s.entries(file, get(n, "hosts"))
	for _, host := range hosts.asWritten() {
		inv.add(g, host, s.entries(file, hosts[host].Value), position{s.name(file), hosts[host].Line})
	}
	children := s.entries(file, get(n, "children"))
	for _, name := range children.asWritten() {
		g.addChild(name, position{s.name(file), children[name].Line})
		inv.readGroup(s, file, name, children[name].Value)
	}
}

// finish finds who is above whom. A group that is below itself is an error, for Ansible as well.
func (inv *inventory) finish() {
	names := slices.Sorted(maps.Keys(inv.groups))
	for _, name := range names {
		for child := range inv.groups[name].children {
			inv.group(child).parents = append(inv.group(child).parents, name)
		}
	}
	waiting := map[string]int{} // for parents
	var ready []string
	for name, g := range inv.groups {
		slices.Sort(g.parents)
		if waiting[name] = len(g.parents); waiting[name] == 0 {
			ready = append(ready, name)
		}
	}
	done := 0
	for ; done < len(ready); done++ {
		g := inv.groups[ready[done]]
		for child := range g.children {
			c := inv.groups[child]
			c.depth = max(c.depth, g.depth+1)
			if waiting[child]--; waiting[child] == 0 {
				ready = append(ready, child)
			}
		}
	}
	if done == len(inv.groups) {
		inv.gatherUngrouped()
		return
	}
	for _, name := range slices.Sorted(maps.Keys(inv.groups)) {
		for child, at := range inv.groups[name].children {
			if waiting[name] > 0 && waiting[child] > 0 && slices.Contains(inv.below(child), name) {
				inv.findings.Add(diag.Finding{Rule: "import/loop", File: at.file, Line: at.line, Path: name, Message: "has the group " + child + " in it, which has " + name + " in it: a group cannot be in itself",
					Hint: "take one of them out of the other; Ansible refuses it as well"})
			}
		}
	}
}

// gatherUngrouped puts who is in no group but that of all into ungrouped, and nobody else.
func (inv *inventory) gatherUngrouped() {
	grouped := map[string]bool{}
	for name, g := range inv.groups {
		for host := range g.hosts {
			grouped[host] = grouped[host] || name != "all" && name != "ungrouped"
		}
	}
	ungrouped := inv.group("ungrouped")
	for _, host := range inOrder(inv.order) {
		if grouped[host] {
			delete(ungrouped.hosts, host)
		} else {
			ungrouped.hosts[host] = len(inv.hosts) + inv.order[host]
		}
	}
}

// below returns a group and those in it, level by level. What nobody else has is in the group of all.
func (inv *inventory) below(name string) []string {
	out, seen := []string{name}, map[string]bool{name: true}
	visit := func(name string) {
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	for i := 0; i < len(out); i++ {
		if out[i] == "all" {
			visit("ungrouped")
		}
		for _, child := range inv.group(out[i]).childrenInOrder() {
			visit(child)
		}
		if out[i] == "all" {
			for _, other := range inv.groupsInOrder() {
				if len(inv.groups[other].parents) == 0 {
					visit(other)
				}
			}
		}
	}
	return out
}

func (inv *inventory) groupsInOrder() []string {
	return slices.SortedFunc(maps.Keys(inv.groups), func(a, b string) int { return cmp.Compare(inv.groups[a].order, inv.groups[b].order) })
}

// hostsOf returns the hosts of a group and of those in it.
func (inv *inventory) hostsOf(name string) []string {
	var out []string
	seen := map[string]bool{}
	for _, group := range inv.below(name) {
		for _, host := range inOrder(inv.group(group).hosts) {
			if !seen[host] {
				seen[host] = true
				out = append(out, host)
			}
		}
	}
	return out
}

// groupsOf returns the groups of a host, from all of them to the nearest: what is said of the later ones counts.
func (inv *inventory) groupsOf(host string) []string {
	seen := map[string]bool{}
	var out []string
	visit := func(name string) {
		if name != "all" && !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	for name, g := range inv.groups {
		if _, inside := g.hosts[host]; inside {
			visit(name)
		}
	}
	for i := 0; i < len(out); i++ {
		for _, parent := range inv.groups[out[i]].parents {
			visit(parent)
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		x, y := inv.groups[a], inv.groups[b]
		return cmp.Or(cmp.Compare(x.depth, y.depth), cmp.Compare(x.priority(), y.priority()), cmp.Compare(a, b))
	})
	return append([]string{"all"}, out...)
}

// priority is what people give to groups of the same depth.
func (g *group) priority() int {
	v, ok := g.vars["ansible_group_priority"]
	if !ok {
		return 1
	}
	n, _ := strconv.Atoi(v.Value.Value) // 0, as for Ansible
	return n
}

var (
	hostRange = lazy.Regexp(`\[([0-9]+|[A-Za-z]):([0-9]+|[A-Za-z])(?::([0-9]+))?\]`)
	withPort  = lazy.Regexp(`^((?:[^:\[\]]|\[[^\]]*\])+):([0-9]+)$`)
)

// expandHosts returns the hosts that an entry names: wisp[1:2].example.org are two, and :2222 is no part of a name.
func expandHosts(entry string, most int) (names []string, port string, err error) {
	if match := withPort().FindStringSubmatch(entry); match != nil {
		entry, port = match[1], match[2]
	}
	if len(entry) > 2 && entry[0] == '[' && entry[len(entry)-1] == ']' && !hostRange().MatchString(entry) { // an IPv6 address before a port
		return []string{entry[1 : len(entry)-1]}, port, nil
	}
	names = []string{entry}
	for {
		span := hostRange().FindStringSubmatchIndex(names[0])
		if span == nil {
			break
		}
		parts, err := rangeOf(names[0], span, most/len(names))
		if err != nil {
			return nil, "", err
		}
		var next []string
		for _, name := range names { // all are alike behind what was replaced, but not before it
			at := len(name) - (len(names[0]) - span[0])
			end := at + span[1] - span[0]
			for _, part := range parts {
				next = append(next, name[:at]+part+name[end:])
			}
		}
		names = next
	}
	if len(names) > most {
		return nil, "", tooMany()
	}
	return names, port, nil
}

func tooMany() error { return fmt.Errorf("has more than %d hosts with this one", mostHosts) }

// rangeOf returns what stands in the place of a range.
func rangeOf(name string, span []int, most int) ([]string, error) {
	from, to, step := name[span[2]:span[3]], name[span[4]:span[5]], 1
	if span[6] >= 0 {
		step, _ = strconv.Atoi(name[span[6]:span[7]]) // 0 is refused below, and so is what is too large
	}
	a, err1 := strconv.Atoi(from)
	b, err2 := strconv.Atoi(to)
	format := func(i int) string { return fmt.Sprintf("%0*d", len(from), i) }
	switch {
	case err1 != nil && err2 != nil && len(from) == 1 && len(to) == 1:
		a, b = int(from[0]), int(to[0])
		format = func(i int) string { return string(rune(i)) }
	case err1 != nil || err2 != nil:
		return nil, fmt.Errorf("has a range of hosts that is none: [%s:%s]", from, to)
	case len(from) == 1 || from[0] != '0':
		format = strconv.Itoa
	}
	if a > b || step < 1 {
		return nil, fmt.Errorf("has a range of hosts with nothing in it: [%s:%s]", from, to)
	}
	if (b-a)/step >= most {
		return nil, tooMany()
	}
	var out []string
	for i := a; i <= b; i += step {
		out = append(out, format(i))
	}
	return out, nil
}
