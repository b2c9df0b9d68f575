package importer

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lazy"
)

// A root is a folder that group_vars and host_vars lie in.
type root struct {
	source
	dir string
}

// with adds a root, unless it is there.
func with(roots []root, r root) []root {
	if slices.ContainsFunc(roots, func(x root) bool { return x.name(x.dir) == r.name(r.dir) }) {
		return roots
	}
	return append(roots, r)
}

// A Place is what -i names: a file or folder, perhaps outside of the installation's folder; or hosts.
type Place struct {
	FS     fs.FS
	Path   string
	Folder string   // what FS is, seen from the installation
	Hosts  []string // instead of all that
}

var configured = lazy.Regexp(`(?m)^\s*inventory\s*[=:]\s*([^#;\r\n]+)`)

// inventory reads the inventory: the one that is named, the one that ansible.cfg names, or the one that is there.
func (a *ansible) inventory(o Options) (*inventory, []root, diag.List) {
	inv := newInventory()
	var roots []root
	add := func(s source, file string) {
		roots = with(roots, root{s, inv.source(s, file, 0)})
	}
	switch {
	case o.Inventory != nil && len(o.Inventory.Hosts) > 0:
		for _, host := range o.Inventory.Hosts {
			inv.add(inv.group("ungrouped"), host, nil, position{})
		}
	case o.Inventory != nil:
		add(source{o.Inventory.FS, o.Inventory.Folder}, o.Inventory.Path)
	default:
		for _, file := range a.inventoryFiles(&inv.findings) {
			add(a.dir, file)
		}
	}
	inv.finish()
	return inv, roots, inv.findings
}

// source reads a file, or all that Ansible reads in a folder. It returns the folder that group_vars lie in.
func (inv *inventory) source(s source, name string, depth int) string {
	info, err := fs.Stat(s.FS, name)
	if err != nil {
		inv.findings.Add(diag.Finding{Rule: "import/unreadable", File: s.name(name), Message: "is no inventory: " + plainError(err), Hint: "name the file or folder with -i"})
		return path.Dir(name)
	}
	if !info.IsDir() {
		inv.read(s, name)
		return path.Dir(name)
	}
	entries, err := fs.ReadDir(s.FS, name)
	if err != nil {
		inv.findings.Add(diag.Finding{Rule: "import/unreadable", File: s.name(name), Message: plainError(err), Hint: readable(err)})
	}
	for _, e := range entries {
		if isInventory(e.Name()) && depth < deepestFolder {
			inv.source(s, path.Join(name, e.Name()), depth+1)
		}
	}
	return name
}

// isInventory leaves out what Ansible ignores in a folder.
func isInventory(name string) bool {
	return name != "group_vars" && name != "host_vars" && name != "vars_plugins" && !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, "~") &&
		!slices.Contains([]string{".pyc", ".pyo", ".swp", ".bak", ".rpm", ".md", ".txt", ".rst", ".orig", ".cfg", ".retry", ".py", ".sh"}, path.Ext(name))
}

// usual are the names that people give to inventories, and to folders with one for each site.
var (
	usual = []string{"hosts", "hosts.ini", "hosts.yml", "hosts.yaml", "inventory.ini", "inventory.yml", "inventory.yaml"}
	sites = []string{"inventory", "inventories", "environments"}
)

// inventoryFiles finds the inventory where nobody names it.
func (a *ansible) inventoryFiles(found *diag.List) []string {
	if data, err := fs.ReadFile(a.dir.FS, "ansible.cfg"); err == nil {
		if match := configured().FindSubmatch(data); match != nil {
			var out []string
			for name := range strings.SplitSeq(string(match[1]), ",") {
				name = strings.TrimSpace(name)
				if !fs.ValidPath(path.Clean(name)) {
					found.Add(diag.Finding{Rule: "import/host", File: "ansible.cfg", Message: "names an inventory outside of this folder", Hint: "name it with -i"})
					continue
				}
				out = append(out, path.Clean(name))
			}
			return out
		}
	}
	if out := a.there(".", usual); len(out) > 0 {
		if info, err := fs.Stat(a.dir.FS, "inventory"); err == nil && !info.IsDir() {
			out = append(out, "inventory")
		}
		return out
	}
	var out []string
	for _, folder := range sites {
		info, err := fs.Stat(a.dir.FS, folder)
		switch {
		case err != nil:
		case !info.IsDir():
			return []string{folder}
		case len(a.there(folder, usual)) > 0:
			return []string{folder}
		default:
			entries, _ := fs.ReadDir(a.dir.FS, folder) // it can be read: there is something in it
			for _, e := range entries {
				if isInventory(e.Name()) {
					out = append(out, path.Join(folder, e.Name()))
				}
			}
		}
	}
	if len(out) > 1 {
		found.Add(diag.Finding{Rule: "import/host", File: path.Dir(out[0]), Message: "has several inventories: " + someOf(out), Hint: "choose one with -i"})
		return nil
	}
	return out
}

// there returns which of the names a folder has.
func (a *ansible) there(folder string, names []string) []string {
	var out []string
	for _, name := range names {
		if info, err := fs.Stat(a.dir.FS, path.Join(folder, name)); err == nil && !info.IsDir() {
			out = append(out, path.Join(folder, name))
		}
	}
	return out
}
