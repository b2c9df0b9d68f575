package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/diff"
	"github.com/owgen/owgen/generator/opening"
	"github.com/owgen/owgen/generator/output"
	"github.com/owgen/owgen/generator/past"
	"github.com/owgen/owgen/generator/settings"
)

type diffCmd struct {
	Dir      string `arg:"" optional:"" default:"." placeholder:"DIR" help:"The bundle's folder."`
	Against  string `placeholder:"REV|DIR" help:"Compare with a git revision of the bundle, or another bundle's folder, instead of what lies in DIR."`
	Format   string `enum:"text,markdown,json" default:"text" help:"text, markdown (for a pull request's comment) or json."`
	JSON     bool   `name:"json" help:"The same as --format json."`
	Full     bool   `help:"Show long differences of files, too."`
	ExitCode bool   `help:"Exit with 1 where there is a difference."`
	inputFlags
}

// Run says what generating the bundle would change and cost. It writes nothing.
func (c diffCmd) Run(ctx context.Context, t *terminal) error {
	if _, err := c.own(ctx, c.Dir); err != nil {
		return err
	}
	if err := t.unfinished(c.Dir); err != nil {
		return err
	}
	in, err := c.forBundle(ctx, "", c.Dir, true)
	if err != nil {
		return err
	}
	made, found := in.Generate(ctx)
	if err := found.Err(); err != nil {
		return err
	}
	planned, err := output.Compare(c.Dir, &made.Bundle)
	if err != nil {
		return environment(err)
	}
	report, err := c.report(ctx, t, made, planned, in.Replaced != nil)
	if err != nil {
		return err
	}
	if err := c.print(t, report); err != nil {
		return err
	}
	if c.ExitCode && len(report.Services)+len(report.Files) > 0 {
		return difference{message: "there is a difference"}
	}
	return nil
}

// report compares with what lies in the folder, or with what --against names.
func (c diffCmd) report(ctx context.Context, t *terminal, made *generator.Deployment, planned output.Comparison, save bool) (diff.Report, error) {
	known, err := knownChanges(made.Plan.Values.Schema())
	if err != nil {
		return diff.Report{}, err
	}
	options := diff.Options{Full: c.Full, Known: known}
	if c.Against != "" {
		return c.reportAgainst(ctx, t, made, save, options)
	}
	old, new := diff.Side{Files: map[string][]byte{}}, generated(made)
	for _, change := range planned.Changes {
		if change.Old != nil {
			old.Files[change.Path] = change.Old.Data
		}
	}
	for _, s := range planned.Secrets {
		if s.Lost && !isClone(planned) {
			options.Replaced = append(options.Replaced, s.Spec.Name)
		}
	}
	t.findings(softened(planned.Findings))
	if err := loadSides(ctx, &old, &new); err != nil {
		return diff.Report{}, err
	}
	return diff.Compare(old, new, options), nil
}

// knownChanges is what the catalogue says of changed settings.
func knownChanges(schema *settings.Schema) ([]diff.Known, error) {
	var out []diff.Known
	var found diag.List
	for _, d := range schema.All() {
		if d.Change == nil || cmp.Or(d.Change.Variable, d.Env) == "" {
			continue
		}
		k := diff.Known{Variable: cmp.Or(d.Change.Variable, d.Env), Service: d.Owner, Why: d.Change.Why}
		if err := k.Cost.UnmarshalText([]byte(d.Change.Cost)); err != nil {
			found.Add(diag.Finding{Rule: "catalog/unknown-cost", File: d.File, Path: d.Key, Message: err.Error()})
		}
		out = append(out, k)
	}
	return out, found.Err()
}

// reportAgainst compares with another revision or folder. What the user wrote belongs to both sides then.
func (c diffCmd) reportAgainst(ctx context.Context, t *terminal, made *generator.Deployment, save bool, options diff.Options) (diff.Report, error) {
	before, err := openPast(ctx, c.Dir, c.Against)
	if err != nil {
		return diff.Report{}, err
	}
	old := diff.Side{}
	if old.Files, err = past.Files(ctx, before); err != nil {
		return diff.Report{}, folderError(err)
	}
	new := generated(made)
	now, err := past.UsersFiles(ctx, past.Folder(c.Dir))
	if err != nil {
		return diff.Report{}, folderError(err)
	}
	maps.Copy(new.Files, now)
	if save {
		new.Files[bundle.InputFile] = made.Files[bundle.InputFile].Data
	}
	if old.Files[bundle.ComposeFile] == nil && old.Files[bundle.InputFile] != nil {
		if err := c.generateOld(ctx, before, &old); err != nil {
			return diff.Report{}, err
		}
	}
	if err := loadSides(ctx, &old, &new); err != nil {
		return diff.Report{}, err
	}
	return diff.Compare(old, new, options), nil
}

// generateOld makes the bundle of a revision in which only its input was committed.
func (c diffCmd) generateOld(ctx context.Context, before past.Bundle, old *diff.Side) error {
	in := inputFlags{catalogFlag: c.catalogFlag}.request(ctx, opening.Own(c.Dir))
	in.Source.ReadFile = func(name string) ([]byte, error) {
		rel, err := filepath.Rel(c.Dir, name)
		if err != nil {
			return nil, err
		}
		return before.One(ctx, filepath.ToSlash(rel))
	}
	made, found := generator.Generate(ctx, in)
	if err := found.Err(); err != nil {
		return err
	}
	side := generated(made)
	maps.Copy(side.Files, old.Files)
	*old = side
	return nil
}

// softened makes warnings of what stops writing: nothing is written here.
func softened(found diag.List) diag.List {
	found = slices.Clone(found)
	for i := range found {
		found[i].Severity = diag.Warning
	}
	return found
}

func (c diffCmd) print(t *terminal, report diff.Report) error {
	format := c.Format
	if c.JSON {
		format = "json"
	}
	switch format {
	case "json":
		return printJSON(t.out, report)
	case "markdown":
		_, err := io.WriteString(t.out, diag.NoCommand(report.Markdown(c.title())))
		return err
	}
	paint := diff.Plain
	if t.outColour {
		paint = ansi
	}
	_, err := io.WriteString(t.out, diag.NoCommand(report.Text(paint)))
	return err
}

// title names the bundle in a comment.
func (c diffCmd) title() string {
	name := c.Dir
	if name == "." {
		if wd, err := os.Getwd(); err == nil {
			name = filepath.Base(wd)
		}
	}
	return fmt.Sprintf("`%s`", filepath.ToSlash(name))
}

// ansi paints for a terminal.
func ansi(kind, text string) string {
	codes := map[string]string{"add": "32", "remove": "31", "strong": "1"}
	for i, cost := range diff.Costs() {
		codes[cost.String()] = []string{"2", "34", "36", "33", "35", "1;31"}[i]
	}
	return "\x1b[" + codes[kind] + "m" + text + "\x1b[0m"
}
