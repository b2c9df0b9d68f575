package lint

import (
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/project"
)

// styleRules are about files that people have to read.
func styleRules() []Rule {
	return []Rule{
		{ID: "short-syntax", Severity: diag.Warning, Summary: "Ports and volumes are written in the long syntax.",
			Reason: `"8080:80" and "./a:/b:ro" have to be decoded by every reader, and hide a default or two.`,
			Fix:    "write target, published and host_ip, or type, source and target", Check: shortSyntax},
		{ID: "yaml-anchor", Severity: diag.Warning, Summary: "No anchors and aliases.",
			Reason: "With them nobody can tell from a service what it has, and merges are lists replaced, not joined.",
			Fix:    "write the values out, or use extends", Check: anchors},
		{ID: "obsolete-version", Severity: diag.Warning, Summary: "The file has no version.",
			Reason: "Compose ignores it, and warns at each command.",
			Fix:    "remove the line", Check: obsoleteVersion},
	}
}

func shortSyntax(p *Subject) diag.List {
	var found diag.List
	p.Scalars(func(at *project.Trail, node *yaml.Node) {
		list, parent := at.List()
		if list != "ports" && list != "volumes" || parent == nil || parent.Parent == nil {
			return
		}
		if section := parent.Parent; section.Key == "services" && section.Parent == nil {
			found.Add(p.PlaceOf(at, node).Finding(list + " in the short syntax"))
		}
	})
	return found
}

func anchors(p *Subject) diag.List {
	var found diag.List
	project.Walk(p.Document, func(at *project.Trail, node *yaml.Node, isKey bool) {
		switch {
		case node.Anchor != "" && node.Kind != yaml.AliasNode:
			found.Add(p.PlaceOf(at, node).Finding("the anchor &" + node.Anchor))
		case node.Kind == yaml.AliasNode:
			found.Add(p.PlaceOf(at, node).Finding("the alias *" + node.Value))
		}
	})
	return found
}

func obsoleteVersion(p *Subject) diag.List {
	if slices.Contains(project.Keys(p.Root()), "version") {
		return diag.List{p.Finding("version is ignored", "version")}
	}
	return nil
}
