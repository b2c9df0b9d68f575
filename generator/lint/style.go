package lint

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
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

func shortSyntax(p *Project) diag.List {
	var found diag.List
	p.scalars(func(at *trail, node *yaml.Node) {
		list, parent := at.list()
		if list != "ports" && list != "volumes" || parent == nil || parent.parent == nil {
			return
		}
		if section := parent.parent; section.key == "services" && section.parent == nil {
			found.Add(diag.Finding{Line: node.Line, Path: at.String(), Message: list + " in the short syntax"})
		}
	})
	return found
}

func anchors(p *Project) diag.List {
	var found diag.List
	walk(p.Node, func(at *trail, node *yaml.Node, isKey bool) {
		switch {
		case node.Anchor != "" && node.Kind != yaml.AliasNode:
			found.Add(diag.Finding{Line: node.Line, Path: at.String(), Message: "the anchor &" + node.Anchor})
		case node.Kind == yaml.AliasNode:
			found.Add(diag.Finding{Line: node.Line, Path: at.String(), Message: "the alias *" + node.Value})
		}
	})
	return found
}

func obsoleteVersion(p *Project) diag.List {
	if slices.Contains(keys(p.root()), "version") {
		line, path := p.at("version")
		return diag.List{{Line: line, Path: path, Message: "version is ignored"}}
	}
	return nil
}

// ExcuseComment is the comment that excuses a finding of a rule, on the line above it or at its end.
func ExcuseComment(rule, reason string) string {
	return "# " + excuseMark + " " + rule + ": " + strings.Join(strings.Fields(reason), " ")
}
