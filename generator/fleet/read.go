package fleet

import (
	"errors"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/yamltext"
)

// Read reads an inventory. The findings are about the inventory as a whole; with an error among them none of
// its sites can be made. What is wrong with one site stands there.
func Read(file string, data []byte) (Inventory, diag.List) {
	r := &reader{inv: Inventory{File: file}}
	root := r.parse(data)
	if root == nil {
		return r.inv, r.found.Sort()
	}
	keys := map[string]func(key, value *yaml.Node){
		"version": r.version, "profile": r.profile, "extends": r.profile, "values": r.values, "sites": r.sites,
	}
	r.each(root, func(key, value *yaml.Node, twice int) {
		read := keys[key.Value]
		switch {
		case twice > 0:
			r.wrong("twice", key, key.Value, fmt.Sprintf("stands in line %d as well", twice), "keep one of them")
		case read == nil:
			r.wrong("unknown-key", key, key.Value, "is no part of an inventory", "it has version, profile (or extends), values and sites; settings belong below values or a site")
		default:
			read(key, value)
		}
	})
	r.domains()
	if r.inv.profile == "" && r.found.Err() == nil {
		r.wrong("no-profile", root, "profile", "is missing", "name the profile that the sites are made from: `owgen list` shows them")
	}
	if len(r.inv.Sites) == 0 && r.found.Err() == nil {
		r.wrong("no-sites", root, "sites", "is missing, or empty", "write `sites:` and below it a line for each site, such as `  north: {domain: north.example.org}`")
	}
	return r.inv, r.found.Sort()
}

type reader struct {
	inv   Inventory
	found diag.List
}

func (r *reader) finding(rule string, at *yaml.Node, path, message, hint string) diag.Finding {
	return diag.Finding{Rule: "fleet/" + rule, File: r.inv.File, Line: at.Line, Path: path, Message: message, Hint: hint}
}

func (r *reader) wrong(rule string, at *yaml.Node, path, message, hint string) {
	r.found.Add(r.finding(rule, at, path, message, hint))
}

// parse returns the mapping that the file is, or nil.
func (r *reader) parse(data []byte) *yaml.Node {
	root, problems := yamltext.Parts(data)
	for _, p := range problems {
		r.wrong("not-yaml", &yaml.Node{Line: max(1, p.Line)}, "", p.Message, p.Hint)
	}
	switch {
	case root == nil && len(problems) == 0:
		r.wrong("empty", &yaml.Node{Line: 1}, "", "is empty", "an inventory has a profile and sites")
		return nil
	case root == nil:
		return nil
	case root.Kind != yaml.MappingNode:
		r.wrong("not-a-mapping", root, "", "must be a mapping with a profile and sites", "")
		return nil
	}
	return root
}

// each visits the entries of a mapping; twice is the line in which a key stands already, or 0.
func (r *reader) each(mapping *yaml.Node, visit func(key, value *yaml.Node, twice int)) {
	seen := map[string]int{}
	for key, value := range yamltext.Pairs(mapping) {
		visit(key, value, seen[key.Value])
		seen[key.Value] = key.Line
	}
}

func (r *reader) version(key, value *yaml.Node) {
	version := 0
	if value.Decode(&version) != nil || version < 1 || version > Version {
		r.wrong("version", value, key.Value, fmt.Sprintf("must be %d", Version), "a newer owgen may know a newer format")
	}
}

func (r *reader) profile(key, value *yaml.Node) {
	switch {
	case value.Kind != yaml.ScalarNode || value.Value == "":
		r.wrong("profile", value, key.Value, "must be the name of a profile, or a file", "`owgen list` shows the profiles")
	case r.inv.profile != "":
		r.wrong("profile", key, key.Value, fmt.Sprintf("the profile is named in line %d already", r.inv.line), "keep one of profile and extends")
	default:
		r.inv.profile, r.inv.line = profile.Beside(r.inv.File, value.Value), value.Line
	}
}

func (r *reader) values(key, value *yaml.Node) {
	common, f := r.settings(key.Value, value)
	r.inv.common = common
	r.found.Add(f...)
}

func (r *reader) sites(key, value *yaml.Node) {
	if value.Kind != yaml.MappingNode {
		r.wrong("sites", value, key.Value, "must be a mapping of the sites' names to their settings", "for example `  north: {domain: north.example.org}`")
		return
	}
	first := map[string]int{} // index of the site that has the name, in lower case: some file systems tell no case
	r.each(value, func(key, value *yaml.Node, _ int) {
		site := Site{Name: key.Value, Line: key.Line}
		path := "sites." + site.Name
		if message := checkName(site.Name); message != "" || key.Kind != yaml.ScalarNode {
			site.Wrong.Add(r.finding("site-name", key, path, message, "rename the site"))
		}
		folded := strings.ToLower(site.Name)
		if i, twice := first[folded]; twice {
			other := &r.inv.Sites[i]
			site.Wrong.Add(r.finding("site-twice", key, path, fmt.Sprintf("has the name of the site in line %d", other.Line), "rename one of them"))
			other.Wrong.Add(r.finding("site-twice", &yaml.Node{Line: other.Line}, "sites."+other.Name, fmt.Sprintf("has the name of the site in line %d", key.Line), "rename one of them"))
		} else {
			first[folded] = len(r.inv.Sites)
		}
		values, f := r.settings(path, value)
		site.values = values
		site.Wrong.Add(f...)
		r.inv.Sites = append(r.inv.Sites, site)
	})
}

// domains finds sites that have one domain: what the inventory gives them, each its own or that of all.
func (r *reader) domains() {
	const key = "domain"
	given := func(values *yaml.Node) (domain *yaml.Node) {
		if values == nil {
			return nil
		}
		r.each(values, func(name, value *yaml.Node, _ int) {
			if name.Value == key && value.Kind == yaml.ScalarNode {
				domain = value
			}
		})
		return domain
	}
	common := given(r.inv.common)
	first := map[string]*Site{}
	for i := range r.inv.Sites {
		site := &r.inv.Sites[i]
		at, domain := &yaml.Node{Line: site.Line}, common
		if own := given(site.values); own != nil {
			at, domain = own, own
		}
		if domain == nil || domain.Value == "" {
			continue
		}
		name := strings.ToLower(domain.Value)
		before := first[name]
		if before == nil {
			first[name] = site
			continue
		}
		f := r.finding("same-domain", at, "sites."+site.Name+"."+key, fmt.Sprintf("is %s, which the site %s in line %d has as well", domain.Value, before.Name, before.Line),
			"give each site a domain of its own: browsers and devices of both go where DNS leads; one domain is right only where the sites' networks never meet")
		f.Severity = diag.Warning
		site.Odd.Add(f)
	}
}

// settings returns a mapping of settings as it stands by itself; nil for one that is left empty.
func (r *reader) settings(path string, value *yaml.Node) (*yaml.Node, diag.List) {
	whole, err := standalone(value, new(int), 0)
	switch {
	case err != nil:
		return nil, diag.List{r.finding("alias", value, path, err.Error(), "write the values out, or put them below `values:`")}
	case whole.Kind == yaml.ScalarNode && whole.ShortTag() == "!!null":
		return nil, nil
	case whole.Kind != yaml.MappingNode:
		return nil, diag.List{r.finding("not-a-mapping", value, path, "must be a mapping of settings", "write its settings below it, indented")}
	}
	return whole, nil
}

// The limits of what aliases may grow to, which a mistake or malice would exceed.
const (
	maxNodes = 10_000
	maxDepth = 100
)

// standalone copies a node with all aliases written out, so that it means the same in a document of its own.
// Comments below a value belong to what follows in the inventory, and stay there.
func standalone(n *yaml.Node, count *int, depth int) (*yaml.Node, error) {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if *count++; *count > maxNodes || depth > maxDepth {
		return nil, errors.New("its aliases refer to themselves, or to too much")
	}
	out := *n
	out.Anchor, out.FootComment, out.Content = "", "", make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		var err error
		if out.Content[i], err = standalone(child, count, depth+1); err != nil {
			return nil, err
		}
	}
	return &out, nil
}
