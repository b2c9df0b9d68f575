package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/project/folder"
)

type lintCmd struct {
	Path        string `arg:"" optional:"" default:"." placeholder:"DIR" help:"A bundle's folder, any folder with a Compose project, or a compose file."`
	formatFlags `embed:"" set:"formats=text,json,sarif" set:"about_formats=text, json or sarif (SARIF 2.1.0)."`
	FailOn      string `enum:"error,warning,never" default:"error" help:"The severity from which on the exit code is 1: error, warning or never."`
}

// linted is what lint found, in JSON.
type linted struct {
	Project     string    `json:"project"`
	Files       []string  `json:"files"`
	Services    int       `json:"services"`
	Dockerfiles int       `json:"dockerfiles"`
	Errors      int       `json:"errors"`
	Warnings    int       `json:"warnings"`
	Findings    diag.List `json:"findings"`
}

// Run applies all rules to a project.
func (c lintCmd) Run(ctx context.Context, t *terminal) error {
	p, err := folder.Read(ctx, c.Path)
	var missing *folder.MissingError
	if errors.As(err, &missing) {
		return usageError{missing.Error(), "name the folder of a Compose project, or a compose file"}
	}
	if err != nil {
		return folderError(err)
	}
	if err := t.unfinished(p.Folder); err != nil {
		return err
	}
	checked, found := lint.Check(ctx, p.Sources, p.Dockerfiles)
	for i := range found {
		found[i].File = p.Shown(found[i].File)
	}
	found = found.Sort() // by the names that people see
	slices.Sort(p.Files) // they were read in no order
	r := linted{Project: c.Path, Files: p.Files, Dockerfiles: len(p.Dockerfiles), Errors: len(found.Errors()), Warnings: len(found.Warnings()),
		Findings: append(diag.List{}, found...)}
	if checked.Loaded != nil {
		r.Services = len(checked.Loaded.Services)
	}
	if err := c.print(t, r); err != nil {
		return err
	}
	if c.FailOn == "error" && r.Errors > 0 || c.FailOn == "warning" && len(found) > 0 {
		return difference{message: r.summary(), hint: "`owgen explain RULE` gives the reasons; # owgen:allow RULE: reason above a line excuses it there"}
	}
	return nil
}

func (c lintCmd) print(t *terminal, r linted) error {
	switch c.format() {
	case "json":
		return printJSON(t.out, r)
	case "sarif":
		log, err := lint.SARIF(generator.Version, r.Findings)
		if err != nil {
			return err
		}
		_, err = t.out.Write(log)
		return err
	}
	for _, f := range r.Findings {
		say(t.out, "%s\n", paintFinding(f, t.outColour))
	}
	if len(r.Findings.Errors()) == 0 || c.FailOn == "never" {
		say(t.errs, "%s\n", r.summary())
	}
	return nil
}

// summary says what was checked and found.
func (r linted) summary() string {
	return fmt.Sprintf("%s: %d services and %d Dockerfiles checked with %d rules: %d %s, %d %s", filepath.ToSlash(r.Project), r.Services, r.Dockerfiles, len(lint.Rules()),
		r.Errors, plural(r.Errors, "error", "errors"), r.Warnings, plural(r.Warnings, "warning", "warnings"))
}
