package project

import (
	"context"
	"slices"
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
	remaining := r.Sources
	remaining.Overrides = slices.Clone(r.Overrides)
	absent := r.absentFiles()
	found.Add(absent...)
	r.takeOut(&remaining, absent)
	for range maxRepairs {
		var loadErr error
		if r.Loaded, loadErr = r.load(ctx, remaining, remaining.whole(), inconsistent); loadErr == nil {
			break
		}
		r.Loaded = nil
		faulty, faultErr := r.faulty(ctx, remaining, loadErr)
		faults := faulty.faults(ctx)
		if len(faults.Errors()) == 0 {
			err = faultErr
			if !r.withoutOthers(&remaining) {
				break
			}
			continue
		}
		found.Add(r.placed(faults)...)
		if !r.takeOut(&remaining, faults) {
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
func (r *Reading) takeOut(remaining *Sources, found diag.List) bool {
	changed := false
	for _, f := range found {
		if f.Rule == "compose-syntax" {
			changed = remaining.dropOverride(f.File) || changed
			continue
		}
		if f.Path != "" {
			changed = remaining.edit(func(root *yaml.Node) bool { return remove(root, splitPath(f.Path)) }) || changed
		}
	}
	return changed
}

// withoutOthers removes all that draws in other files; false if nothing does.
func (r *Reading) withoutOthers(remaining *Sources) bool {
	return remaining.edit(func(root *yaml.Node) bool {
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
