// Package fleet makes one bundle a site from one profile: it reads the inventory that names the sites, works on many of
// them side by side, and reports what became of each.
package fleet

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/profile"
)

// Version is the newest version of the format of inventories that this program reads.
const Version = 1

// An Inventory is the input of all bundles of a fleet.
type Inventory struct {
	File  string
	Sites []Site // in their order in the file

	profile string
	line    int        // where the profile is named
	common  *yaml.Node // values of every site, or nil
}

// A Site is one bundle of a fleet.
type Site struct {
	Name string // of its folder
	Line int    // in the inventory
	// Wrong is what is wrong with how the site is written. With it no bundle can be made.
	Wrong diag.List
	// Odd is what may be meant.
	Odd diag.List

	values *yaml.Node // its own, or nil
}

// Source is the input of a site's bundle: what the command line says, with the inventory's profile, its common values and
// the site's own below it. Without a site it is what all sites share.
func (inv Inventory) Source(line profile.Source, site *Site) profile.Source {
	line.Profile, line.Given = inv.profile, nil
	add := func(values *yaml.Node) {
		if values != nil {
			line.Given = append(line.Given, profile.Given{File: inv.File, Values: values})
		}
	}
	add(inv.common)
	if site != nil {
		add(site.values)
	}
	return line
}

// Locate gives findings about a site their place in the inventory: the line of the value, where a value of
// the inventory is wrong, and else that of the site. A nil site stands for what all sites share.
func (inv Inventory) Locate(site *Site, found diag.List) diag.List {
	line, prefix := inv.line, "values"
	if site != nil {
		line, prefix = site.Line, "sites."+site.Name
	}
	out := make(diag.List, 0, len(found))
	for _, f := range found {
		if f.File != inv.File && f.File != "" && site != nil {
			f.Message = strings.TrimSuffix(place(f), ": ") + ": " + f.Message
			f.File, f.Line, f.Path = inv.File, line, prefix
			out.Add(f)
			continue
		}
		if f.File == inv.File || site != nil {
			f.Path = strings.Trim(prefix+"."+f.Path, ".")
		}
		if f.File == "" {
			f.File = inv.File
		}
		if f.File == inv.File && f.Line == 0 {
			f.Line = line
		}
		out.Add(f)
	}
	return out
}

// place is where a finding is, in words for a message.
func place(f diag.Finding) string {
	text := f.File
	if f.Line > 0 {
		text += fmt.Sprintf(":%d", f.Line)
	}
	if f.Path != "" {
		text += ": " + f.Path
	}
	return text
}

// Broken counts the sites that cannot be made as they are written.
func (inv Inventory) Broken() int {
	n := 0
	for _, s := range inv.Sites {
		if len(s.Wrong) > 0 {
			n++
		}
	}
	return n
}

// reserved are names that Windows gives to devices, whatever the extension.
var reserved = []string{"con", "prn", "aux", "nul", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
	"lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9"}

// checkName says what is wrong with a site's name as that of a folder, on any system; "" if nothing is.
func checkName(name string) string {
	base, _, _ := strings.Cut(strings.ToLower(name), ".")
	odd := strings.IndexFunc(name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r))
	})
	switch {
	case name == "" || odd >= 0 || len(name) > 100:
		return "must consist of letters, digits, hyphens, underscores and dots, 100 at most: it is the name of a folder"
	case strings.HasPrefix(name, ".") || strings.HasPrefix(name, "-") || strings.HasSuffix(name, "."):
		return "must begin with a letter or digit, and not end in a dot: it is the name of a folder"
	case slices.Contains(reserved, base):
		return "is the name of a device on Windows, and no folder can have it there"
	}
	return ""
}
