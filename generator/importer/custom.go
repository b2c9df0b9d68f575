package importer

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// custom finds the place of each file that people put beside the configuration: where what has replaced its folder says
// so, the longest path first.
func (c *conversion) custom() map[string][]byte {
	places := map[string]string{} // old path -> new folder
	for _, s := range c.catalog.Services {
		for _, b := range s.Binds {
			for _, old := range b.Replaces[c.in.Kind] {
				places[old] = b.Source
			}
		}
	}
	out := map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(c.in.Files)) {
		target, found := place(places, name)
		reason := c.dropped(name, "")
		switch _, taken := out[target]; {
		case found && !taken:
			out[target] = c.in.Files[name]
		case found:
			c.left = append(c.left, Left{Name: path.Base(name), File: name, Reason: "another file is " + target + " already"})
		case reason != "":
			c.left = append(c.left, Left{Name: path.Base(name), File: name, Reason: reason})
		default:
			c.left = append(c.left, Left{Name: path.Base(name), File: name, Reason: "nothing here reads such a file"})
		}
	}
	return out
}

func place(places map[string]string, name string) (string, bool) {
	for at := name; at != "."; at = path.Dir(at) {
		folder, ok := places[at]
		if !ok {
			continue
		}
		if at == name {
			return path.Join(folder, path.Base(name)), true
		}
		return path.Join(folder, strings.TrimPrefix(name, at+"/")), true
	}
	return "", false
}
