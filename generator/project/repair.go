package project

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
)

// maxRepairs is how often what cannot be loaded is taken out, each time with what shows up then.
const maxRepairs = 4

// repair loads what is left of a project without what cannot be loaded, and reports that: one wrong attribute is to
// be one finding, and not the end of all others. What is left may be nothing.
func (r *Reading) repair(ctx context.Context, err error) diag.List {
	var found diag.List
	rest := r.Sources
	rest.Overrides = slices.Clone(r.Overrides)
	absent := r.absentFiles()
	found.Add(absent...)
	r.takeOut(&rest, absent)
	for range maxRepairs {
		var loadErr error
		if r.Loaded, loadErr = r.load(ctx, rest, rest.whole(), inconsistent); loadErr == nil {
			break
		}
		r.Loaded = nil
		faulty, faultErr := r.faulty(ctx, rest, loadErr)
		faults := faulty.faults(ctx)
		if len(faults.Errors()) == 0 {
			err = faultErr
			if !r.withoutOthers(&rest) {
				break
			}
			continue
		}
		found.Add(r.placed(faults)...)
		if !r.takeOut(&rest, faults) {
			break
		}
	}
	if len(found.Errors()) == 0 {
		fault := r.fault(err)
		r.Refused = &fault
	}
	for _, f := range found {
		r.removed = append(r.removed, f.Path)
	}
	return found
}

// placed gives findings in what is left, whose lines are others, their place in the files.
func (r *Reading) placed(found diag.List) diag.List {
	for i := range found {
		f := &found[i]
		if f.Path == "" {
			continue
		}
		if place := r.At(splitPath(f.Path)...); place.Line > 0 {
			f.File, f.Line = place.File, place.Line
		}
	}
	return found
}

// splitPath takes a dotted path apart, with items as "[3]".
func splitPath(dotted string) []string {
	return strings.Split(strings.ReplaceAll(dotted, "[", ".["), ".")
}

// Removed tells whether a path is about what was taken out to load the rest.
func (r *Reading) Removed(path string) bool {
	return path != "" && slices.ContainsFunc(r.removed, func(gone string) bool {
		return gone != "" && (strings.HasPrefix(path+".", gone+".") || strings.HasPrefix(path, gone+"["))
	})
}

// takeOut removes what findings are about from the texts; false if nothing was there to be removed.
func (r *Reading) takeOut(rest *Sources, found diag.List) bool {
	changed := false
	for _, f := range found {
		if f.Rule == "compose-syntax" {
			changed = rest.dropOverride(f.File) || changed
			continue
		}
		if f.Path != "" {
			changed = rest.edit(func(root *yaml.Node) bool { return remove(root, splitPath(f.Path)) }) || changed
		}
	}
	return changed
}

// withoutOthers removes all that draws in other files; false if nothing does.
func (r *Reading) withoutOthers(rest *Sources) bool {
	return rest.edit(func(root *yaml.Node) bool {
		changed := remove(root, []string{"include"})
		_, services := Get(root, "services")
		for _, name := range Keys(services) {
			changed = remove(root, []string{"services", name, "extends"}) || changed
		}
		return changed
	})
}

func (s *Sources) dropOverride(name string) bool {
	before := len(s.Overrides)
	s.Overrides = slices.DeleteFunc(s.Overrides, func(text Text) bool { return text.Name == name })
	return len(s.Overrides) < before
}

// edit changes the documents of all compose files, and tells whether something was changed.
func (s *Sources) edit(change func(root *yaml.Node) bool) bool {
	edited := func(data []byte) ([]byte, bool) {
		document := Parse(data)
		root := Resolve(document)
		if root == nil || !change(root) {
			return data, false
		}
		out, err := yaml.Marshal(document)
		return out, err == nil
	}
	var any, changed bool
	s.Compose, any = edited(s.Compose)
	for i := range s.Overrides {
		s.Overrides[i].Data, changed = edited(s.Overrides[i].Data)
		any = any || changed
	}
	return any
}

// remove takes a key or an item out of a document. A network, volume, secret or config stays as a name, because
// others refer to it, and a service that loses what it is made of gets an image.
func remove(root *yaml.Node, path []string) bool {
	node := root
	for _, name := range path[:len(path)-1] {
		if node = child(node, name); node == nil {
			return false
		}
	}
	last := path[len(path)-1]
	if index, err := strconv.Atoi(strings.Trim(last, "[]")); err == nil && strings.HasPrefix(last, "[") {
		if node.Kind != yaml.SequenceNode || index >= len(node.Content) {
			return false
		}
		node.Content = slices.Delete(node.Content, index, index+1)
		return true
	}
	if node.Kind != yaml.MappingNode {
		return false
	}
	at := slices.IndexFunc(node.Content, func(key *yaml.Node) bool { return key.Value == last })
	for at >= 0 && at%2 != 0 {
		next := slices.IndexFunc(node.Content[at+1:], func(key *yaml.Node) bool { return key.Value == last })
		if next < 0 {
			return false
		}
		at += 1 + next
	}
	if at < 0 {
		return false
	}
	if len(path) == 2 && path[0] != "services" && node.Content[at+1].Tag != "!!null" {
		node.Content[at+1] = standingFor(path[0])
		return true
	}
	node.Content = slices.Delete(node.Content, at, at+2)
	if len(path) == 3 && path[0] == "services" && (last == "extends" || last == "build" || last == "image") {
		if key, _ := Get(node, "image"); key == nil {
			node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "image"}, &yaml.Node{Kind: yaml.ScalarNode, Value: standInImage})
		}
	}
	return true
}

// standInImage is the image of a service whose own cannot be told.
const standInImage = "stand-in:1"

func standingFor(section string) *yaml.Node {
	if section == "secrets" || section == "configs" {
		external := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"}
		return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: "external"}, external}}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
}

func child(node *yaml.Node, name string) *yaml.Node {
	if node.Kind == yaml.SequenceNode {
		if i, err := strconv.Atoi(strings.Trim(name, "[]")); err == nil && i < len(node.Content) {
			return Resolve(node.Content[i])
		}
		return nil
	}
	_, value := Get(node, name)
	return Resolve(value)
}

// absentFiles reports what include and extends name and is not there.
func (r *Reading) absentFiles() diag.List {
	var found diag.List
	if r.Dir == "" {
		return nil
	}
	absent := func(file string) bool {
		if strings.Contains(file, "://") || strings.HasPrefix(file, "git@") {
			return false
		}
		_, err := os.Stat((bounded{r.Dir}).at(filepath.FromSlash(file)))
		return err != nil
	}
	report := func(message string, path ...string) {
		f := r.Finding(message, path...)
		f.Rule, f.Hint = "compose-invalid", "correct the path, which is relative to the compose file"
		found.Add(f)
	}
	if include := r.Node("include"); include != nil && include.Kind == yaml.SequenceNode {
		for i, item := range include.Content {
			for _, file := range r.filesOf(Resolve(item)) {
				if absent(file) {
					report("there is no file "+file, "include", "["+strconv.Itoa(i)+"]")
				}
			}
		}
	}
	for _, name := range Keys(r.Node("services")) {
		extends := r.Node("services", name, "extends")
		_, file := Get(extends, "file")
		if file = Resolve(file); file != nil && absent(r.Expand(file.Value)) {
			report("there is no file "+r.Expand(file.Value), "services", name, "extends")
		}
	}
	return found
}

// filesOf lists the files that an item of include names.
func (r *Reading) filesOf(item *yaml.Node) []string {
	if item == nil {
		return nil
	}
	if item.Kind == yaml.ScalarNode {
		return []string{r.Expand(item.Value)}
	}
	_, path := Get(item, "path")
	path = Resolve(path)
	var files []string
	switch {
	case path == nil:
	case path.Kind == yaml.ScalarNode:
		files = append(files, r.Expand(path.Value))
	default:
		for _, one := range path.Content {
			files = append(files, r.Expand(one.Value))
		}
	}
	return files
}
