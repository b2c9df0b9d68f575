package lint

import (
	"context"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dockerfile"
	"github.com/owgen/owgen/generator/project"
)

// Check reads a project and applies all rules to it. The parts are read side by side: on two cores the
// Dockerfiles, by service, are parsed in the time that compose-go needs for its load.
func Check(ctx context.Context, sources project.Sources, dockerfiles map[string]dockerfile.File) (*Subject, diag.List) {
	p := &Subject{Dockerfiles: dockerfiles}
	parsed := make(chan struct{})
	go func() {
		defer close(parsed)
		p.parseDockerfiles()
	}()
	var found diag.List
	p.Reading, found = project.Read(ctx, sources)
	<-parsed
	for _, f := range Run(p) {
		if p.usedInTakenOut(f) {
			continue
		}
		if f.Rule == "undefined-variable" || !p.Mentions(f.Message) && !(slices.Contains(absenceRules(), f.Rule) && p.Removed(f.Path)) {
			found.Add(f)
		}
	}
	return p, p.Discreet(p.refusal(found)).Sort()
}

// usedInTakenOut tells whether something is unused only because the lines that name it are no YAML.
func (p *Subject) usedInTakenOut(f diag.Finding) bool {
	name := f.Path[strings.LastIndexByte(f.Path, '.')+1:]
	return strings.HasPrefix(f.Rule, "unused-") && strings.Contains(p.TakenOut, name)
}

// refusal adds what compose-go has against the whole project, unless a rule says it better.
func (p *Subject) refusal(found diag.List) diag.List {
	explained := func(path string) bool {
		return slices.ContainsFunc(found.Errors(), func(f diag.Finding) bool {
			return slices.Contains(refusedRules(), f.Rule) && (path == "" || strings.HasPrefix(f.Path+".", path+"."))
		})
	}
	found = slices.DeleteFunc(found, func(f diag.Finding) bool {
		return f.Rule == "compose-invalid" && f.Path != "" && explained(f.Path)
	})
	if p.Refused != nil && !explained("") {
		found.Add(*p.Refused)
	}
	return found
}

// absenceRules are the rules that find something where an attribute is missing, which it is only because it was wrong
// if it was taken out.
func absenceRules() []string {
	var ids []string
	for _, rule := range slices.Concat(imageRules(), privilegeRules(), limitRules(), dependencyRules()) {
		ids = append(ids, rule.ID)
	}
	return ids
}

// refusedRules are the rules for which Compose refuses a project.
func refusedRules() []string {
	ids := []string{"duplicate-key", "dependency-cycle"}
	for _, rule := range slices.Concat(referenceRules(), conflictRules()) {
		ids = append(ids, rule.ID)
	}
	return ids
}
