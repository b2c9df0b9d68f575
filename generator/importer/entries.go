package importer

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/secret"
	"github.com/owgen/owgen/generator/settings"
)

// withoutSecrets takes the secrets out of a mapping, which others read, and puts each into a file of its own, where the
// catalogue has a place for it. It returns nil where nothing else is left.
func (c *conversion) withoutSecrets(d *settings.Setting, m match, entries map[string]any) any {
	out := c.taken(d, m, "", entries)
	if left := out.(map[string]any); len(left) > 0 {
		return left
	}
	return nil
}

// taken copies a value without its secrets; nil where it is one.
func (c *conversion) taken(d *settings.Setting, m match, path string, value any) any {
	switch x := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(x)) {
			if kept := c.taken(d, m, strings.TrimPrefix(path+"."+name, "."), x[name]); kept != nil || x[name] == nil {
				out[name] = kept
			}
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			if out[i] = c.taken(d, m, path+"."+strconv.Itoa(i), item); out[i] == nil && item != nil {
				out[i] = "" // its place, where the secret comes in
			}
		}
		return out
	case string:
		if secret.Named(path) && secret.Valued(x) || secret.Bare(x) {
			c.entrySecret(d, m, path, x)
			return nil
		}
	}
	return value
}

// entrySecret puts one entry of a mapping into its file.
func (c *conversion) entrySecret(d *settings.Setting, m match, path, value string) {
	list, family := c.schema.Lookup(d.SecretNames), c.family(d.SecretNames)
	where := m.path
	if m.replaced.Into == "" {
		where += "." + path
	} else if _, below, nested := strings.Cut(path, "."); nested {
		where += "." + below
	}
	refuse := func(why string) {
		hint := d.Instead
		if hint == "" {
			hint = "put it into a file in secrets/"
		}
		c.leaveVariable(m.variable, where, "is a secret, and no secret stands in the input"+why+": "+strings.ReplaceAll(hint, "{name}", path))
	}
	if list == nil || family == nil {
		refuse("")
		return
	}
	if _, err := list.Parse(settings.String, path); err != nil {
		refuse(", and its name is none that a file can have")
		return
	}
	file := secret.FileOf(family.Name, path)
	if old, twice := c.secrets[file]; twice && string(old) != value {
		c.leaveVariable(m.variable, where, "says otherwise about secrets/"+file+" than another variable, which counts")
		return
	}
	c.secrets[file] = []byte(value)
	c.name(list, path)
	c.warn(m.variable, "import/secret", fmt.Sprintf("%s is a secret: it is in secrets/%s, and %s names it", where, file, list.Key), "")
}

// name adds a secret to the list that names those in files.
func (c *conversion) name(list *settings.Setting, path string) {
	x := c.choices[list.Key]
	if x == nil {
		x = &choice{value: []any{}, why: "Their values are in secrets/."}
		c.choices[list.Key] = x
	}
	if names := x.value.([]any); !slices.Contains(names, any(path)) {
		x.value = append(names, any(path))
	}
}

// family returns the secrets of which there is one for each item of a list.
func (c *conversion) family(list string) *catalog.Secret {
	for _, s := range c.catalog.Services {
		for i := range s.Secrets {
			if list != "" && s.Secrets[i].Each == list {
				return &s.Secrets[i]
			}
		}
	}
	return nil
}
