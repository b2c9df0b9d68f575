package importer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/settings"
	"github.com/owgen/owgen/generator/yamltext"
)

// A conversion is a Result in the making.
type conversion struct {
	in       *Installation
	catalog  *catalog.Catalog
	schema   *settings.Schema
	readFile func(string) ([]byte, error)

	choices  map[string]*choice // by key
	secrets  map[string][]byte  // by name
	used     map[string][]use   // by variable
	left     []Left
	findings diag.List
	target   string   // of the profile
	missing  []string // settings that the target needs, and nobody has set
}

// A choice is the value that a setting gets.
type choice struct {
	value any
	name  string    // the variable, dotted where it is a part of one
	from  *Variable // nil: it follows from something else, or from a variable that is not there
	why   string    // for the comment, where there is no variable
	usual bool      // it is what the variable means when it is not set
}

func (x choice) comment() string {
	if x.from == nil {
		return x.why
	}
	return fmt.Sprintf("From %s, %s:%d.", x.name, x.from.File, x.from.Line)
}

// A use says that something has looked at a variable, or at a part of it.
type use struct {
	path     string // dotted
	replaced replaces.Variable
}

// replaced returns what a setting or secret replaces of this way of installing.
func (c *conversion) replaced(by replaces.By) replaces.Variables { return by[c.in.Kind] }

// settings gives each setting the value of what it replaces; at last those that depend on the value of another.
func (c *conversion) settings() {
	var later []*settings.Setting
	for _, d := range c.schema.All() {
		if slices.ContainsFunc(c.replaced(d.Replaces), func(f replaces.Variable) bool { return len(f.When) > 0 }) {
			later = append(later, d)
			continue
		}
		c.setting(d)
	}
	for _, d := range later {
		c.setting(d)
	}
}

func (c *conversion) setting(d *settings.Setting) {
	present, absent, seen := false, (*replaces.Variable)(nil), map[string]bool{}
	for _, f := range c.replaced(d.Replaces) {
		if !c.holds(f.When) {
			continue
		}
		for _, m := range c.find(f) {
			if seen[m.path] { // by a variable whose condition holds
				continue
			}
			present, seen[m.path] = true, true
			c.use(m.variable.Name, m.path, f)
			c.take(d, m)
		}
		if f.Absent != nil && absent == nil {
			absent = &f
		}
	}
	if present || absent == nil {
		return
	}
	value, ok, err := Value(d, *absent, text(c.filled(*absent.Absent), 0))
	if c.noted(*absent, *absent.Absent) {
		c.findings.Add(diag.Finding{Rule: "import/default", Severity: diag.Warning, File: c.source(), Path: name(*absent), Message: "is not set: " + absent.Note})
	}
	if ok && err == nil {
		c.choices[d.Key] = &choice{value: value, name: name(*absent), usual: true, why: "As it was in " + c.in.Kind + ", where nothing was said about it."}
	}
}

// take gives a setting the value of a variable, unless an earlier one has given it another.
func (c *conversion) take(d *settings.Setting, m match) {
	if reason := unreadable(m.node); reason != "" {
		c.leaveVariable(m.variable, m.path, reason)
		return
	}
	value, ok, err := Value(d, m.replaced, m.node)
	if err != nil {
		c.leaveVariable(m.variable, m.path, "does not fit "+d.Key+": "+err.Error()+hintOf(err))
	}
	c.example(m, ok, "")
	c.renamed(d, m, value)
	if c.noted(m.replaced, m.node.Value) {
		c.warn(m.variable, "import/look", m.path+": "+m.replaced.Note, "")
	}
	if !ok {
		return
	}
	if entries, isMap := value.(map[string]any); isMap {
		if value = c.withoutSecrets(d, m, entries); value == nil {
			return
		}
	}
	old := c.choices[d.Key]
	usual := m.replaced.Absent != nil && m.node.Value == *m.replaced.Absent
	switch {
	case old == nil:
		c.choices[d.Key] = &choice{value: value, name: m.path, from: m.variable, usual: usual}
	case d.Type == settings.Map:
		merged := maps.Clone(value.(map[string]any))
		maps.Copy(merged, old.value.(map[string]any))
		old.value = merged
	case settings.Flat(old.value) != settings.Flat(value):
		c.leaveVariable(m.variable, m.path, "says otherwise about "+d.Key+" than "+old.name+", which counts")
	}
}

// filled puts variables into a default that is made of them.
func (c *conversion) filled(text string) string {
	for _, v := range c.in.Variables {
		if strings.Contains(text, "{"+v.Name+"}") {
			text = strings.ReplaceAll(text, "{"+v.Name+"}", v.Value.Value)
		}
	}
	return text
}

// noted says whether there is something to say of a value.
func (c *conversion) noted(v replaces.Variable, text string) bool {
	text, _ = picked(v, text)
	_, mapped := v.Map[text]
	return v.Note != "" && mapped
}

// name is what findings call a variable that is not set.
func name(v replaces.Variable) string {
	if len(v.Names) == 0 {
		return ""
	}
	return v.Names[0]
}

// renamed says what an old name was taken for.
func (c *conversion) renamed(d *settings.Setting, m match, value any) {
	if now, _ := value.(string); d.OneOf != "" && now != "" {
		if then, ok := meant(m.replaced, m.node.Value); ok && then != now {
			c.warn(m.variable, "import/old-name", fmt.Sprintf("%s has an old name of %s, which it is taken for", m.path, now), "")
		}
	}
}

// hintOf is what can be done about a value, such as the name that was probably meant.
func hintOf(err error) string {
	if hint := settings.Hint(err); hint != "" {
		return " (" + hint + ")"
	}
	return ""
}

// example warns of a value that everybody was given. Which one it is does not matter, and is not told.
func (c *conversion) example(m match, taken bool, hint string) {
	if !slices.Contains(m.replaced.Example, m.node.Value) {
		return
	}
	message := fmt.Sprintf("%s is what %s has as an example", m.path, c.in.Kind)
	switch {
	case !taken:
		c.warn(m.variable, "import/example", message+"; it is not taken over", "")
	case hint != "":
		c.warn(m.variable, "import/example", message+", and anybody can know it; it is taken over, since the stored data know it", hint)
	default:
		c.warn(m.variable, "import/example", message+"; it is taken over", "put yours into owgen.yaml")
	}
}

// holds says whether the settings have the values that a variable depends on.
func (c *conversion) holds(when map[string]yamltext.Names) bool {
	for key, allowed := range when {
		value := ""
		if x := c.choices[key]; x != nil {
			value = settings.Flat(x.value)
		}
		if !slices.Contains(allowed, value) {
			return false
		}
	}
	return true
}

// A match is a variable that is there.
type match struct {
	variable *Variable
	path     string // dotted, where it is a part of the variable
	node     *yaml.Node
	replaced replaces.Variable
}

// find returns the variables that are set, in the order of their names.
func (c *conversion) find(f replaces.Variable) []match {
	var out []match
	for _, name := range f.Names {
		if prefix, _, ok := strings.Cut(name, "<"); ok {
			out = append(out, c.others(prefix, f)...)
			continue
		}
		top, rest, _ := strings.Cut(name, ".")
		if v := c.in.variable(name); v != nil { // of a service, whose name stands before the dot
			out = append(out, match{v, name, v.Value, f})
		} else if v := c.in.variable(top); v != nil {
			if node := part(v.Value, rest); node != nil {
				out = append(out, match{v, name, node, f})
			}
		}
	}
	return out
}

// others finds the variables with a prefix that nothing else knows; each is an entry of a mapping.
func (c *conversion) others(prefix string, f replaces.Variable) []match {
	known := map[string]bool{}
	for _, name := range c.known() {
		known[name] = true
	}
	var out []match
	for i := range c.in.Variables {
		v := &c.in.Variables[i]
		if strings.HasPrefix(v.Name, prefix) && !known[v.Name] && c.dropped(v.Name, "") == "" {
			f.Into = v.Name
			out = append(out, match{v, v.Name, v.Value, f})
		}
	}
	return out
}

// part follows a dotted path into a mapping or a list.
func part(n *yaml.Node, rest string) *yaml.Node {
	for rest != "" && n != nil {
		var key string
		key, rest, _ = strings.Cut(rest, ".")
		for n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		var next *yaml.Node
		for i, child := range n.Content {
			switch {
			case n.Kind == yaml.SequenceNode && fmt.Sprint(i) == key:
				next = child
			case n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == key:
				next = child
			}
		}
		n = next
	}
	return n
}

func (c *conversion) use(name, path string, f replaces.Variable) {
	c.used[name] = append(c.used[name], use{path, f})
}

func (c *conversion) leaveVariable(v *Variable, name, reason string) {
	l := Left{Name: name, Reason: reason}
	if v != nil {
		l.File, l.Line = v.File, v.Line
	}
	c.left = append(c.left, l)
}

func (c *conversion) warn(v *Variable, rule, message, hint string) {
	c.findings.Add(diag.Finding{Rule: rule, Severity: diag.Warning, File: v.File, Line: v.Line, Message: message, Hint: hint})
}
