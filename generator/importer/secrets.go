package importer

import (
	"bytes"
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/secret"
	"github.com/owgen/owgen/generator/secret/known"
	"github.com/owgen/owgen/generator/settings"
)

// takeSecrets puts each secret that the installation has into a file of its own.
func (c *conversion) takeSecrets() {
	for _, s := range c.catalog.Services {
		for _, x := range s.Secrets {
			c.secret(x)
		}
	}
}

func (c *conversion) secret(x catalog.Secret) {
	present := false
	for _, f := range c.replaced(x.Replaces) {
		for _, m := range c.find(f) {
			present = true
			c.use(m.variable.Name, m.path, f)
			c.takeSecret(x, m)
		}
	}
	if present {
		return
	}
	for _, f := range c.replaced(x.Replaces) {
		if f.Absent != nil { // the installation works with what its images say
			v := &Variable{Name: f.Names[0], Value: text(*f.Absent, 0), File: c.source()}
			c.takeSecret(x, match{v, v.Name, v.Value, f})
		}
	}
}

// source is the file that variables are looked for in.
func (c *conversion) source() string {
	if len(c.in.Variables) > 0 {
		return c.in.Variables[0].File
	}
	return ""
}

func (c *conversion) takeSecret(x catalog.Secret, m match) {
	if reason := unreadable(m.node); reason != "" {
		c.leaveVariable(m.variable, m.path, reason+"; put it into secrets/"+x.Name)
		return
	}
	if m.node.Kind != yaml.ScalarNode || m.node.ShortTag() == "!!null" {
		return
	}
	value, ok := secretIn(m.replaced, m.node.Value)
	rotate := ""
	if len(x.Rotate) > 0 {
		rotate = fmt.Sprintf("as soon as it runs, write another one into secrets/%s (into the same file), then do what the runbook says under Change a password", x.Name)
	}
	c.example(m, ok, rotate)
	if !ok {
		return
	}
	if guessable := !m.replaced.File && !slices.Contains(m.replaced.Example, m.node.Value) && known.Value(value); guessable {
		if replaceable(m.replaced) {
			c.warn(m.variable, "import/example", m.path+" is a value that anybody can guess; it is not taken over, and a random one is made", "")
			return
		}
		c.warn(m.variable, "import/example", m.path+" is a value that anybody can guess; it is taken over, since the stored data know it", rotate)
	}
	if m.variable.cut {
		c.warn(m.variable, "import/comment", m.path+" is followed by a #, and by what Compose takes for a comment", "if the # belongs to the value, quotes would have kept it: put the right value into secrets/"+x.Name)
	}
	data := []byte(value)
	if m.replaced.File {
		if data = c.fileOf(x, m, value); data == nil {
			return
		}
	}
	if old, twice := c.secrets[x.Name]; twice && !bytes.Equal(old, data) {
		c.leaveVariable(m.variable, m.path, "says otherwise about secrets/"+x.Name+" than another variable, which counts")
		return
	}
	if x.File != "" && (x.Kind == secret.Provided || c.isExternal(x.File)) {
		if plan.ExternalGroup(x.File) != "" && !c.isExternal(x.File) {
			c.leaveVariable(m.variable, m.path, onlyExternal(x.File))
			return
		}
		c.choices[x.File] = &choice{value: "secrets/" + x.Name, name: m.path, from: m.variable}
	}
	c.secrets[x.Name] = data
}

// replaceable says whether another value does as well: then the examples that everybody was given are not taken over either.
func replaceable(v replaces.Variable) bool {
	return slices.ContainsFunc(v.Example, func(example string) bool { to, mapped := v.Map[example]; return mapped && to == "" })
}

// fileOf reads the file that a variable names.
func (c *conversion) fileOf(x catalog.Secret, m match, name string) []byte {
	data, err := c.readFile(name)
	switch {
	case err != nil:
		reason := "names a file that is not in this folder"
		if m.replaced.Note != "" {
			reason += ": " + m.replaced.Note
		}
		c.leaveVariable(m.variable, m.path, reason)
	case x.Kind == secret.SSHKey && !bytes.Contains(data, []byte("PRIVATE KEY-----")):
		c.leaveVariable(m.variable, m.path, "names a file that is no private key")
	default:
		return data
	}
	return nil
}

func (c *conversion) isExternal(key string) bool {
	name := plan.ExternalGroup(key)
	return name != "" && c.choices["external."+name+".host"] != nil
}

func onlyExternal(key string) string {
	return "counts only for a server of your own, which external." + plan.ExternalGroup(key) + ".host names; the one of the bundle is used"
}

// external takes back what is about servers of the user's own where the bundle's are used.
func (c *conversion) external() {
	defaults, _ := c.schema.Resolve(nil)
	for _, d := range c.schema.All() {
		x := c.choices[d.Key]
		if x == nil || plan.ExternalGroup(d.Key) == "" || c.isExternal(d.Key) {
			continue
		}
		if x.from != nil && !x.usual && settings.Flat(x.value) != defaults.String(d.Key) {
			c.leaveVariable(x.from, x.name, onlyExternal(d.Key))
		}
		delete(c.choices, d.Key)
	}
}

// unreadable says why the value of a variable, or a part of it, is not known.
func unreadable(n *yaml.Node) string {
	switch n.Tag {
	case tagVault:
		return "is encrypted with Ansible Vault"
	case tagTemplate:
		return "is computed by Ansible while it runs"
	}
	if i := slices.IndexFunc(n.Content, func(child *yaml.Node) bool { return unreadable(child) != "" }); i >= 0 {
		return unreadable(n.Content[i])
	}
	return ""
}
