package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/checkup"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/output"
)

type checkCmd struct {
	Dir string `arg:"" optional:"" default:"." placeholder:"DIR" help:"The bundle's folder."`
	catalogFlag
	jsonFlag
}

// Run compares the bundle with what its input gives, and writes nothing. A clone has no secrets, and needs none.
func (c checkCmd) Run(ctx context.Context, t *terminal) error {
	in, err := inputFlags{catalogFlag: c.catalogFlag}.own(ctx, c.Dir)
	if err != nil {
		return err
	}
	unfinished, err := output.Unfinished(c.Dir)
	if err != nil {
		return environment(err)
	}
	made, found := generator.GenerateUnchecked(ctx, in)
	if err := found.Err(); err != nil {
		return err
	}
	planned, err := output.Compare(c.Dir, &made.Bundle)
	if err != nil {
		return environment(err)
	}
	found.Add(made.Validate(ctx, planned.Written())...)
	if err := found.Sort().Err(); err != nil {
		return err
	}
	r := checkup.Make(c.Dir, made, planned)
	r.Findings = append(diag.List{}, slices.Concat(unfinished, found, r.Findings)...) // none is a list as well
	return t.checkup(r, c.JSON)
}

// unfinished says that a run was killed in the folder, for commands that only read.
func (t *terminal) unfinished(dir string) error {
	found, err := output.Unfinished(dir)
	t.show(found.Softened())
	return environment(err)
}

// checkup prints the result, and fails where there is a difference.
func (t *terminal) checkup(r checkup.Report, asJSON bool) error {
	if asJSON {
		if err := printJSON(t.out, r); err != nil {
			return err
		}
	} else {
		t.deviations(r)
	}
	hint := fmt.Sprintf("`owgen diff %s` shows what generating it would change, and `owgen generate -o %s` does it", r.Bundle, r.Bundle)
	switch {
	case r.Forgot:
		return difference{r.Bundle + " has no " + bundle.ManifestFile + ", by which owgen knows what it wrote",
			"restore it from git or a backup; or `owgen generate -o " + r.Bundle + "` writes it anew, with --force where files differ, of which it keeps copies"}
	case r.First:
		return difference{r.Bundle + " holds nothing that was generated", "run `owgen generate -o " + r.Bundle + "`"}
	case r.Clean && len(r.Findings.Errors()) == 0:
		return nil
	case r.Clean:
		return difference{r.Bundle + " cannot be used as it is: " + r.Findings.Errors()[0].Message, r.Findings.Errors()[0].Hint}
	}
	message := r.Bundle + " is not what its input gives: " + counts(r)
	for _, cause := range r.Causes {
		message += "; " + cause
	}
	if slices.ContainsFunc(r.Files, func(d checkup.Deviation) bool { return d.State == output.Edited }) {
		hint = "keep an edit in " + r.Edits + "; " + hint
	}
	if len(r.Lost) > 0 { // what generates makes new ones
		lost := strings.Join(r.Lost, ", ")
		if len(r.Files) == 0 {
			hint = "restore " + lost + " from the backup"
		} else {
			hint = "first restore " + lost + " from the backup; then " + hint
		}
		hint += "; without them `owgen generate` makes new ones, which do not fit the data"
	}
	return difference{message, hint}
}

// deviations prints what is to be said to people.
func (t *terminal) deviations(r checkup.Report) {
	t.findings(r.Findings)
	if r.First {
		return
	}
	width := 0
	for _, d := range r.Files {
		width = max(width, len(d.Path))
	}
	for _, d := range r.Files {
		say(t.out, "%s\n", strings.TrimRight(fmt.Sprintf("%-7s  %-*s  %s", d.State, width, d.Path, d.Reason), " "))
	}
	for _, path := range r.Secrets {
		say(t.out, "%-7s  %s\n", "secret", path)
	}
	if r.Clean && len(r.Findings.Errors()) == 0 {
		say(t.out, "%s is what its input gives: %s\n", r.Bundle, r.Summary)
	}
}

// counts says how many files differ in which way.
func counts(r checkup.Report) string {
	edited := 0
	for _, d := range r.Files {
		if d.State == output.Edited {
			edited++
		}
	}
	var parts []string
	if other := len(r.Files) - edited; other > 0 {
		parts = append(parts, fmt.Sprintf("%d %s", other, plural(other, "file differs", "files differ")))
	}
	if edited > 0 {
		parts = append(parts, fmt.Sprintf("%d %s edited by hand", edited, plural(edited, "file was", "files were")))
	}
	if n := len(r.Secrets); n > 0 {
		parts = append(parts, fmt.Sprintf("%d %s not there", n, plural(n, "secret is", "secrets are")))
	}
	return strings.Join(parts, ", ")
}
