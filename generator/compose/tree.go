package compose

import (
	"cmp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lazy"
	"github.com/owgen/owgen/generator/render"
	"github.com/owgen/owgen/generator/yamltext"
)

func mapping(content ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Content: content}
}
func plain(s string) *yaml.Node    { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }
func flow(n *yaml.Node) *yaml.Node { n.Style = yaml.FlowStyle; return n }
func dollars(s string) string      { return strings.ReplaceAll(s, "$", "$$") }
func isMapping(n *yaml.Node) bool  { return n.Kind == yaml.MappingNode }
func commentLines(s string) string {
	return "# " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n# ")
}

func text(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }
func quoted(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: s}
}

// scalar quotes what YAML could read as something else.
func scalar(s string) *yaml.Node {
	if strings.ContainsAny(s, ":/") {
		return quoted(s)
	}
	return text(s)
}

// joinComments puts a comment below another; text that is no comment yet becomes one.
func joinComments(above, below string) string {
	if !strings.HasPrefix(below, "#") {
		below = commentLines(below)
	}
	if above == "" {
		return below
	}
	return above + "\n" + below
}

func sequence(items ...string) *yaml.Node {
	n := flow(&yaml.Node{Kind: yaml.SequenceNode})
	for _, item := range items {
		n.Content = append(n.Content, text(item))
	}
	return n
}

// pairs makes a mapping of alternating keys and values; a value is a string or a node.
func pairs(keysAndValues ...any) *yaml.Node {
	n := mapping()
	for i := 0; i < len(keysAndValues); i += 2 {
		value, isNode := keysAndValues[i+1].(*yaml.Node)
		if !isNode {
			value = text(keysAndValues[i+1].(string))
		}
		add(n, keysAndValues[i].(string), value)
	}
	return n
}

func add(n *yaml.Node, key string, value *yaml.Node) { n.Content = append(n.Content, text(key), value) }

func addCommented(n *yaml.Node, key, comment string, value *yaml.Node) {
	k := text(key)
	if comment != "" {
		k.HeadComment = commentLines(comment)
	}
	n.Content = append(n.Content, k, value)
}

func addList(n *yaml.Node, key string, items []*yaml.Node) {
	if len(items) > 0 {
		add(n, key, &yaml.Node{Kind: yaml.SequenceNode, Content: items})
	}
}

func get(n *yaml.Node, key string) *yaml.Node {
	if i := yamltext.Index(n, key); i >= 0 {
		return n.Content[i+1]
	}
	return nil
}

func keyNode(n *yaml.Node, key string) *yaml.Node { return n.Content[yamltext.Index(n, key)] }

func set(n *yaml.Node, key string, value *yaml.Node) {
	if i := yamltext.Index(n, key); i >= 0 {
		n.Content[i+1] = value
		return
	}
	add(n, key, value)
}

func mergeFragment(service *yaml.Node, fragment render.Fragment) diag.List {
	var doc yaml.Node
	if err := yaml.Unmarshal(fragment.Content, &doc); err != nil {
		return diag.List{{Rule: "compose/fragment", File: fragment.File, Message: "does not render to YAML: " + err.Error(), Hint: "quote values with scalar"}}
	}
	if len(doc.Content) == 0 || doc.Content[0].Tag == "!!null" {
		return nil
	}
	if !isMapping(doc.Content[0]) {
		return diag.List{{Rule: "compose/fragment", File: fragment.File, Line: doc.Content[0].Line, Message: "must be a mapping of a service's attributes"}}
	}
	var found diag.List
	for i := 0; i < len(doc.Content[0].Content); i += 2 {
		if key := doc.Content[0].Content[i]; !slices.Contains(fragmentKeys, key.Value) {
			found.Add(diag.Finding{Rule: "compose/fragment", File: fragment.File, Line: key.Line, Path: key.Value, Message: "is not for a fragment to say",
				Hint: "service.yaml says it, for every target; a fragment may have " + strings.Join(fragmentKeys, ", ")})
		}
	}
	yamltext.Merge(service, doc.Content[0])
	return found
}

// fragmentKeys are the attributes that fragments may set. What a container may do, where it is and what it is given stands
// in service.yaml, where all targets read it.
var fragmentKeys = []string{"build", "command", "dns", "entrypoint", "environment", "extra_hosts", "hostname", "labels", "stdin_open", "tty", "ulimits", "working_dir"}

// order is that of a service's attributes: what it is, what it may do, what it gets, where it is, how it lives.
var order = []string{
	"image", "build", "pull_policy", "scale", "hostname", "entrypoint", "command", "init",
	"user", "read_only", "cap_drop", "cap_add", "security_opt", "devices", "sysctls", "ulimits", "env_file", "environment", "secrets", "configs",
	"volumes", "tmpfs", "shm_size", "network_mode", "networks", "dns", "extra_hosts", "ports", "depends_on", "healthcheck", "restart", "stop_signal",
	"stop_grace_period", "deploy", "logging", "labels",
}

func arrange(service *yaml.Node) {
	type pair struct{ key, value *yaml.Node }
	var all []pair
	for i := 0; i+1 < len(service.Content); i += 2 {
		all = append(all, pair{service.Content[i], service.Content[i+1]})
	}
	place := func(p pair) int {
		if i := slices.Index(order, p.key.Value); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(all, func(a, b pair) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), boolCompare(place(a) == len(order), strings.Compare(a.key.Value, b.key.Value)))
	})
	service.Content = service.Content[:0]
	for _, p := range all {
		service.Content = append(service.Content, p.key, p.value)
	}
}

func boolCompare(use bool, result int) int {
	if use {
		return result
	}
	return 0
}

func walk(n *yaml.Node, visit func(*yaml.Node)) {
	visit(n)
	for _, child := range n.Content {
		walk(child, visit)
	}
}

var variable = lazy.Regexp(`\$(\$|\{([A-Za-z_][A-Za-z0-9_]*)[^}]*\}|([A-Za-z_][A-Za-z0-9_]*))`)

// references lists the variables that a scalar interpolates.
func references(value string) []string {
	if !strings.Contains(value, "$") {
		return nil
	}
	var out []string
	for _, m := range variable().FindAllStringSubmatch(value, -1) {
		if name := cmp.Or(m[2], m[3]); name != "" {
			out = append(out, name)
		}
	}
	return out
}
