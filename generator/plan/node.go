package plan

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/settings"
)

// A Node is a machine, or a group of machines that are alike, of a deployment on several.
type Node struct {
	Name     string
	Roles    []string // whose services it may run
	Homes    []string // services that run here and nowhere else, by name
	Address  string   // by which the other nodes reach it, where that is needed
	Services []string // what may run here, in the plan's order
	Unclear  bool     // what it is for is mistyped, which was said
}

// nodeRoles are the roles that a node can have, with the one whose nodes take its services where no node has it.
var nodeRoles = map[string]string{
	catalog.RoleData: "", catalog.RoleApp: "", catalog.RoleEdge: "",
	catalog.RoleWorker: catalog.RoleApp, catalog.RoleJob: catalog.RoleApp, catalog.RoleMail: catalog.RoleData,
}

// rolesOfNodes are those that somebody can give to a node, and fieldsOfNodes what can be said of one.
var (
	rolesOfNodes  = []string{catalog.RoleData, catalog.RoleApp, catalog.RoleWorker, catalog.RoleEdge, catalog.RoleMail}
	fieldsOfNodes = []string{"roles", "services", "address"}
)

// addNodes reads the setting nodes.
func (p *Plan) addNodes() diag.List {
	setting, _ := p.Values.Get("nodes")
	given, _ := setting.Value.(map[string]any)
	if len(given) > 0 && p.Target() == TargetCompose {
		return diag.List{p.Finding("plan/nodes-of-one", "nodes", "is set, and target is compose, which knows one machine", "target: swarm or kubernetes, or remove it")}
	}
	var found diag.List
	for _, name := range slices.Sorted(maps.Keys(given)) {
		node := &Node{Name: name}
		wrong := func(message, hint string) {
			found.Add(p.nodeFinding("plan/wrong-node", name, message, hint))
		}
		fields, ok := given[name].(map[string]any)
		if !ok {
			wrong("says nothing of what it is for", "nodes: {"+name+": {roles: [app, worker]}}")
			p.Nodes = append(p.Nodes, &Node{Name: name, Unclear: true})
			continue
		}
		for _, field := range slices.Sorted(maps.Keys(fields)) {
			switch field {
			case "roles":
				node.Roles = texts(fields[field])
			case "services":
				node.Homes = texts(fields[field])
			case "address":
				node.Address, _ = fields[field].(string)
			default:
				wrong("has the unknown field "+field, meant(field, fieldsOfNodes)+"roles, services and address are known")
				node.Unclear = true
			}
		}
		if len(node.Roles) == 0 && len(node.Homes) == 0 && !node.Unclear {
			wrong("has no role", "roles: [app, worker], or services: [NAME]")
			node.Unclear = true
		}
		for _, role := range node.Roles {
			if !slices.Contains(rolesOfNodes, role) {
				wrong(fmt.Sprintf("has the unknown role %q", role), meant(role, rolesOfNodes)+"data, app, worker, edge and mail are roles")
				node.Unclear = true
			}
		}
		for _, home := range node.Homes {
			if s := p.Service(home); s == nil || s.Role == catalog.RoleImage {
				wrong(fmt.Sprintf("is the home of %s, which does not run", home), meant(home, p.running())+"name a service that runs: `owgen list services`")
				node.Unclear = true
			}
		}
		if _, err := netip.ParseAddr(node.Address); err != nil && node.Address != "" {
			wrong(fmt.Sprintf("has the address %q, which is none", node.Address), "address: an IP address by which the other nodes reach it")
		}
		p.Nodes = append(p.Nodes, node)
	}
	return found
}

// meant says which of some names a mistyped one probably is, or nothing.
func meant(name string, known []string) string {
	if near := settings.Closest(name, known); near != "" {
		return "did you mean " + near + "? "
	}
	return ""
}

// running names the services that nodes can be the homes of.
func (p *Plan) running() []string {
	var out []string
	for _, s := range p.Services {
		if s.Role != catalog.RoleImage {
			out = append(out, s.Name)
		}
	}
	return out
}

// nodeFinding is one about a node, at its line.
func (p *Plan) nodeFinding(rule, name, message, hint string) diag.Finding {
	f := p.Finding(rule, "nodes", message, hint)
	f.Path += "." + name
	if nodes, _ := p.Values.Get("nodes"); nodes.Lines[name] != 0 {
		f.Line = nodes.Lines[name]
	}
	return f
}

// texts is a list of texts, or a single one.
func texts(value any) []string {
	switch x := value.(type) {
	case string:
		return []string{x}
	case []any:
		var out []string
		for _, item := range x {
			out = append(out, fmt.Sprint(item))
		}
		return out
	}
	return nil
}

// assign says how many of each service run, and on which nodes they may. What is missing on the nodes is not said while it is unclear
// what one of them is for: it may be all that is missing.
func (p *Plan) assign() diag.List {
	var found diag.List
	unclear := slices.ContainsFunc(p.Nodes, func(n *Node) bool { return n.Unclear })
	homeless := map[string][]string{} // by the role that a node needs for them
	for _, s := range p.Services {
		if s.Role == catalog.RoleImage {
			continue
		}
		s.Replicas = p.Values.Int("scale." + s.Name)
		found.Add(p.checkScale(s)...)
		if s.Nodes = p.nodesFor(s); len(p.Nodes) > 0 && len(s.Nodes) == 0 {
			role := s.Role
			if role == catalog.RoleJob { // no node has that one: jobs go where the app is
				role = nodeRoles[role]
			}
			homeless[role] = append(homeless[role], s.Name)
		}
		for _, name := range s.Nodes {
			node := p.Node(name)
			node.Services = append(node.Services, s.Name)
		}
		if !unclear {
			found.Add(p.checkPlace(s)...)
		}
	}
	if unclear {
		return found
	}
	for _, role := range slices.Sorted(maps.Keys(homeless)) {
		names := homeless[role]
		found.Add(p.Finding("plan/no-node", "nodes", fmt.Sprintf("no node has the role %s, which is that of %s", role, strings.Join(names, ", ")),
			fmt.Sprintf("give a node the role: roles: [%s], or the services by themselves: services: [%s]", role, strings.Join(names, ", "))))
	}
	for _, node := range p.Nodes {
		if len(node.Services) == 0 {
			found.Add(p.nodeFinding("plan/idle-node", node.Name, "has nothing to run: no service has one of its roles", "remove it, or give it another role"))
		}
	}
	return found
}

// nodesFor are the nodes that a service may run on: its homes if there are any, or those of its role.
func (p *Plan) nodesFor(s *Service) []string {
	named := func(has func(*Node) bool) []string {
		var out []string
		for _, node := range p.Nodes {
			if has(node) {
				out = append(out, node.Name)
			}
		}
		return out
	}
	out := named(func(n *Node) bool { return slices.Contains(n.Homes, s.Name) })
	for role := s.Role; len(out) == 0 && role != ""; role = nodeRoles[role] {
		out = named(func(n *Node) bool { return slices.Contains(n.Roles, role) })
	}
	return out
}

// checkScale finds more replicas than a service bears.
func (p *Plan) checkScale(s *Service) diag.List {
	if s.Replicas <= 1 || s.Scaling == "stateless" {
		return nil
	}
	why := "keeps what it knows to itself, so that two would contradict each other"
	if s.Scaling == "leader" {
		why = "does each thing once, so that two would do it twice"
	}
	return diag.List{p.Finding("plan/too-many-replicas", "scale."+s.Name, fmt.Sprintf("is %d, and %s %s", s.Replicas, s.Name, why), "1, or remove it")}
}

// checkPlace finds what cannot be on the nodes that there are: data in two places, and a host's port that two want.
func (p *Plan) checkPlace(s *Service) diag.List {
	var found diag.List
	keeps := slices.IndexFunc(s.Volumes, func(v catalog.Volume) bool { return p.Volume(v.Name).Class == ClassHome })
	if keeps >= 0 && len(s.Nodes) > 1 {
		found.Add(p.nodeFinding("plan/no-home", s.Nodes[0], fmt.Sprintf("%s may run on %s, and its data (%s) lie on one machine", s.Name, strings.Join(s.Nodes, " and "), s.Volumes[keeps].Name),
			fmt.Sprintf("say which: nodes: {%s: {services: [%s]}}", s.Nodes[0], s.Name)))
	}
	hosts := len(s.Nodes)
	if p.Target() == TargetCompose {
		hosts = 1
	}
	if len(s.Ports) > 0 && hosts > 0 && s.Replicas > int64(hosts) {
		found.Add(p.Finding("plan/port-taken", "scale."+s.Name, fmt.Sprintf("is %d, and each of them needs port %d of a machine of its own", s.Replicas, s.Ports[0].Host),
			fmt.Sprintf("at most %d: so many machines may run %s", hosts, s.Name)))
	}
	return found
}

// Node returns the node of that name, or nil.
func (p *Plan) Node(name string) *Node {
	for _, n := range p.Nodes {
		if n.Name == name {
			return n
		}
	}
	return nil
}

// Volume returns the volume of that name, or an empty one.
func (p *Plan) Volume(name string) Volume {
	for _, v := range p.Volumes {
		if v.Name == name {
			return v
		}
	}
	return Volume{}
}

// namedNodes is how many machines of a service stand by name.
const namedNodes = 3

// Where says how many of a service run, and on which nodes; nothing for one that runs on the only machine.
func (s *Service) Where() string {
	var parts []string
	if text := s.onNodes(); text != "" {
		parts = append(parts, text)
	}
	if s.Within != "" {
		parts = append(parts, "with "+s.Within)
	}
	if s.Beside != "" {
		parts = append(parts, "1 with "+s.Beside)
	}
	return strings.Join(parts, ", ")
}

func (s *Service) onNodes() string {
	names := s.Nodes
	if more := len(names) - namedNodes; more > 1 {
		names = append(slices.Clone(names[:namedNodes]), fmt.Sprintf("%d more", more))
	}
	text := strings.Join(names, ", ")
	switch {
	case len(names) > 0 && s.Replicas > 1:
		return fmt.Sprintf("%d on %s", s.Replicas, text)
	case len(names) > 1:
		return "1 on one of " + text
	case len(names) > 0:
		return "on " + text
	case s.Replicas > 1:
		return fmt.Sprintf("%d of it", s.Replicas)
	}
	return ""
}
