package settings

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lazy"
	"github.com/owgen/owgen/generator/secret"
	"github.com/owgen/owgen/generator/yamltext"
)

// A Layer is one source of values: a profile, a size preset, a file, or the --set flags.
type Layer struct {
	Name string // "profile", "size", "file", "--set"
	File string // shown in findings
	Root *yaml.Node
}

// An Origin says where a value comes from.
type Origin struct {
	Layer string // "default", or the layer's name
	File  string
	Line  int
}

// A Value is a setting's value and where it comes from.
type Value struct {
	*Setting
	Value  any
	Origin Origin
	Lines  map[string]int // of a mapping: where its entries stand
}

// Written says whether the user has written the value, rather than a profile or a size that the user has taken.
func (v Value) Written() bool { return v.Origin.Layer == "file" || v.Origin.Layer == "--set" }

// Values holds a checked value for each setting of a schema.
type Values struct {
	schema *Schema
	byKey  map[string]Value
}

// Resolve lays the layers over the defaults, lowest first, and checks every value. It reports all
// that is wrong; what is wrong keeps its lower value, so that later stages can go on looking.
func (s *Schema) Resolve(layers []Layer) (*Values, diag.List) {
	v := &Values{schema: s, byKey: make(map[string]Value, len(s.list))}
	var found diag.List
	for _, d := range s.list {
		v.byKey[d.Key] = v.initial(d, &found)
	}
	for _, layer := range layers {
		if layer.Root != nil {
			v.apply(layer, layer.Root, "", map[string]int{}, &found)
		}
	}
	for _, d := range s.list {
		if d.Derive != "" && v.byKey[d.Key].Origin.Layer == "default" {
			v.derive(d, 0, &found)
		}
	}
	return v, found
}

func (v *Values) initial(d *Setting, found *diag.List) Value {
	value := Value{Setting: d, Value: d.Type.Zero(), Origin: Origin{Layer: "default", File: d.File}}
	if d.Default.Kind == 0 {
		return value
	}
	parsed, err := d.convert(&d.Default)
	if err != nil {
		found.Add(diag.Finding{Rule: "catalog/wrong-default", File: d.File, Line: d.Default.Line, Path: d.Key, Message: "the default " + err.Error()})
		return value
	}
	value.Value = parsed
	return value
}

// apply walks a mapping of a layer; prefix is its dotted path, and seen has the lines of all settings so far, which may
// be written nested, with dots, or both.
func (v *Values) apply(layer Layer, node *yaml.Node, prefix string, seen map[string]int, found *diag.List) {
	node = yamltext.Resolved(node)
	if node.Kind != yaml.MappingNode {
		if node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
			return
		}
		found.Add(diag.Finding{Rule: "settings/wrong-type", File: layer.File, Line: node.Line, Path: prefix,
			Message: "must be a mapping of settings", Hint: "write its settings below it, indented"})
		return
	}
	groups := map[string]int{}
	for key, value := range yamltext.Pairs(node) {
		path := key.Value
		if prefix != "" {
			path = prefix + "." + key.Value
		}
		d, group := v.schema.byKey[path], v.schema.prefixes[path]
		lines := groups // of a group, within one mapping; of a setting, within the layer
		if d != nil {
			lines = seen
		}
		if line, twice := lines[path]; twice {
			found.Add(diag.Finding{Rule: "settings/twice", File: layer.File, Line: key.Line, Path: path,
				Message: fmt.Sprintf("is set in line %d as well", line), Hint: "remove one of them"})
			continue
		}
		lines[path] = key.Line
		switch {
		case d != nil:
			v.set(layer, d, yamltext.Resolved(value), found)
		case group:
			v.apply(layer, value, path, seen, found)
		default:
			found.Add(v.unknown(layer, key, path))
		}
	}
}

// profileWords are the keys of a file that name the profile.
var profileWords = []string{"extends", "profile"}

func (v *Values) unknown(layer Layer, key *yaml.Node, path string) diag.Finding {
	f := diag.Finding{Rule: "settings/unknown-key", File: layer.File, Line: key.Line, Path: path, Message: "is no setting",
		Hint: "`owgen list settings` shows all of them; one of your own service folders needs --catalog"}
	last := path[strings.LastIndexByte(path, '.')+1:]
	if layer.Name == "--set" && slices.Contains(profileWords, path) {
		f.Hint = "name the profile as `owgen generate PROFILE` does, or in a file: " + path + ": ..."
	} else if last == "version" || slices.Contains(profileWords, last) {
		f.Hint = "it belongs to the first level of a file: " + last + ": ..."
	} else if meant := Closest(path, profileWords); meant != "" || slices.Contains([]string{"base", "inherits", "from"}, path) {
		f.Hint = "did you mean " + cmp.Or(meant, "extends") + "? It names the profile"
	} else if v.schema.byKey[path+"_file"] != nil {
		f.Hint = fmt.Sprintf("no secret stands in the input: write it into a file, and name that with %s_file", path)
	} else if secret.Named(path) {
		f.Hint = v.schema.notASetting(path)
	} else if near := v.schema.Nearest(path); near != "" {
		f.Hint = fmt.Sprintf("did you mean %s?", near)
	}
	return f
}

func (v *Values) set(layer Layer, d *Setting, node *yaml.Node, found *diag.List) {
	if node.Kind == yaml.ScalarNode && node.Tag == "!!null" { // null takes the default back
		v.byKey[d.Key] = v.initial(d, found)
		return
	}
	if leaks := v.leaks(layer, d, node); len(leaks) > 0 {
		found.Add(leaks...)
		return
	}
	value, err := d.convert(node)
	if err == nil {
		err = d.checkLength(value)
	}
	if err != nil {
		if node.Kind == yaml.ScalarNode {
			err = d.not(err, d.Type, node.Value)
		}
		f := diag.Finding{Rule: "settings/wrong-value", File: layer.File, Line: node.Line, Path: d.Key, Message: err.Error(), Hint: d.Description}
		var w wrong
		if errors.As(err, &w) {
			f.Hint = w.hint
		}
		found.Add(f)
		return
	}
	if text, ok := value.(string); ok && d.OneOf != "" && text != node.Value {
		found.Add(diag.Finding{Rule: "settings/old-name", Severity: diag.Warning, File: layer.File, Line: node.Line, Path: d.Key,
			Message: "is an old name of " + text, Hint: "write " + text + ", which is what it is taken for"})
	}
	found.Add(d.overridden(layer.File, node, value)...)
	of := Value{Setting: d, Value: value, Origin: Origin{Layer: layer.Name, File: layer.File, Line: node.Line}}
	if d.Type == Map && node.Kind == yaml.MappingNode {
		of.Lines = map[string]int{}
		for key := range yamltext.Pairs(node) {
			of.Lines[yamltext.Resolved(key).Value] = key.Line
		}
	}
	v.byKey[d.Key] = of
}

// longest is how much Linux hands to a program in one variable, its name and the zero behind it included.
const longest = 128 << 10

// checkLength refuses what fits into no variable of a container's environment: nothing there would start.
func (d *Setting) checkLength(value any) error {
	if most := longest - len(d.Env) - 2; d.Env != "" && len(Flat(value)) > most {
		return fmt.Errorf("must have at most %d bytes: it becomes the variable %s, and Linux takes no longer one", most, d.Env)
	}
	return nil
}

// overridden finds entries of a mapping that have a setting of their own, whose value they would take the place of.
func (d *Setting) overridden(file string, node *yaml.Node, value any) diag.List {
	var found diag.List
	entries, _ := value.(map[string]any)
	if len(entries) == 0 || len(d.owned) == 0 {
		return nil
	}
	for key := range yamltext.Pairs(node) {
		name := yamltext.Resolved(key).Value
		if own := d.owned[strings.ToLower(name)]; own != "" {
			found.Add(diag.Finding{Rule: "settings/has-its-own", Severity: diag.Warning, File: file, Line: key.Line, Path: d.Key + "." + name,
				Message: "has a setting of its own, and takes the place of its value where it is read", Hint: "set " + own + ", from which all that needs it gets the same"})
		}
	}
	return found
}

// leaks finds secrets in a mapping. What stands in the input is reviewed, copied into .env and archived.
func (v *Values) leaks(layer Layer, d *Setting, node *yaml.Node) diag.List {
	var found diag.List
	if d.Type != Map {
		return nil
	}
	for _, s := range secrets(node, "") {
		hint := "write it into a file in secrets/, which a setting names"
		if d.Instead != "" {
			hint = strings.ReplaceAll(d.Instead, "{name}", s.path)
		}
		found.Add(diag.Finding{Rule: "settings/secret-in-input", File: layer.File, Line: s.line, Path: d.Key + "." + s.path,
			Message: "is a secret, and no secret stands in the input, which others read", Hint: hint})
	}
	return found
}

var reference = lazy.Regexp(`\{([a-z0-9_.-]+)\}`)

// derive fills a default that is made of other settings.
func (v *Values) derive(d *Setting, depth int, found *diag.List) any {
	if depth > 5 {
		found.Add(diag.Finding{Rule: "catalog/derive-loop", File: d.File, Path: d.Key, Message: "is derived from itself"})
		return d.Type.Zero()
	}
	text := reference().ReplaceAllStringFunc(d.Derive, func(match string) string {
		other := v.schema.byKey[match[1:len(match)-1]]
		if other == nil {
			found.Add(diag.Finding{Rule: "catalog/derive-unknown", File: d.File, Path: d.Key, Message: match + " is no setting"})
			return ""
		}
		if other.Derive != "" && v.byKey[other.Key].Origin.Layer == "default" {
			return Flat(v.derive(other, depth+1, found))
		}
		return Flat(v.byKey[other.Key].Value)
	})
	parsed, err := d.parse(d.Type, belowAddress(d.Type, text))
	if err != nil {
		f := diag.Finding{Rule: "settings/wrong-value", File: d.File, Path: d.Key,
			Message: fmt.Sprintf("derived from %q %s", d.Derive, d.not(err, d.Type, text)), Hint: "set it, or the settings that it is made of"}
		if file, line, _ := v.Place(d.Key); file != "" { // what it is made of is the user's
			f.File, f.Line = file, line
		}
		found.Add(f)
		return d.Type.Zero()
	}
	value := v.byKey[d.Key]
	value.Value = parsed
	v.byKey[d.Key] = value
	return parsed
}

// belowAddress mends names derived from a domain that is an IP address: no name lies below an
// address, so that "dashboard.192.0.2.1" is 192.0.2.1 itself, and mail goes to an address literal.
func belowAddress(t Type, text string) string {
	switch t {
	case Host, FQDN:
		if _, rest, ok := strings.Cut(text, "."); ok {
			if _, err := netip.ParseAddr(rest); err == nil {
				return rest
			}
		}
	case Email, Sender:
		if local, domain, ok := strings.Cut(text, "@"); ok {
			if _, err := netip.ParseAddr(domain); err == nil {
				return local + "@[" + domain + "]"
			}
		}
	}
	return text
}
