package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/diff"
	"github.com/owgen/owgen/generator/opening"
	"github.com/owgen/owgen/generator/output"
	"github.com/owgen/owgen/generator/sides"
)

type diffCmd struct {
	Dir         string `arg:"" optional:"" default:"." placeholder:"DIR" help:"The bundle's folder."`
	Against     string `placeholder:"REV|DIR" help:"Compare with a git revision of the bundle, or another bundle's folder, instead of what lies in DIR."`
	formatFlags `embed:"" set:"formats=text,markdown,json" set:"about_formats=text, markdown (for a pull request's comment) or json."`
	Full        bool `help:"Show long differences of files, too."`
	ExitCode    bool `help:"Exit with 1 where there is a difference."`
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
	opened, err := opening.ForBundle(ctx, c.request(ctx, ""), c.Dir, true)
	if err != nil {
		return openingError(err)
	}
	made, found := opened.GenerateUnchecked(ctx, opened.Source)
	if err := found.Err(); err != nil {
		return err
	}
	planned, err := output.Compare(c.Dir, &made.Bundle)
	if err != nil {
		return environment(err)
	}
	if err := made.Validate(ctx, planned.Written()).Err(); err != nil {
		return err
	}
	report, err := c.report(ctx, t, opened, made, planned)
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
func (c diffCmd) report(ctx context.Context, t *terminal, opened opening.Opened, made *generator.Deployment, planned output.Comparison) (diff.Report, error) {
	known, err := sides.Known(made.Plan.Values.Schema())
	if err != nil {
		return diff.Report{}, err
	}
	options := diff.Options{Full: c.Full, Known: known}
	if c.Against != "" {
		return c.reportAgainst(ctx, opened, made, options)
	}
	old, new := sides.OnDisk(planned), sides.Of(made)
	for _, s := range planned.Secrets {
		if (s.Lost || s.Anew) && !planned.IsClone() {
			options.Replaced = append(options.Replaced, s.Spec.Name)
		}
	}
	t.findings(append(planned.Findings.Softened(), planned.Risks.Softened()...))
	if err := sides.Load(ctx, &old, &new); err != nil {
		return diff.Report{}, err
	}
	return diff.Compare(old, new, options), nil
}

// reportAgainst compares with another revision or folder. What the user wrote belongs to both sides then.
func (c diffCmd) reportAgainst(ctx context.Context, opened opening.Opened, made *generator.Deployment, options diff.Options) (diff.Report, error) {
	before, err := openPast(ctx, c.Dir, c.Against)
	if err != nil {
		return diff.Report{}, err
	}
	old, err := sides.Before(ctx, before, opened.Prepared, inputFlags{}.source(ctx, opening.Own(c.Dir)), c.Dir)
	if err != nil {
		return diff.Report{}, folderError(err)
	}
	new, err := sides.WithUsers(ctx, made, c.Dir, opened.Replaces)
	if err != nil {
		return diff.Report{}, folderError(err)
	}
	if err := sides.Load(ctx, &old, &new); err != nil {
		return diff.Report{}, err
	}
	return diff.Compare(old, new, options), nil
}

func (c diffCmd) print(t *terminal, report diff.Report) error {
	switch c.format() {
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
		codes[cost.String()] = []string{"2", "34", "36", "33", "36", "33", "33", "35", "1;31"}[i]
	}
	return "\x1b[" + codes[kind] + "m" + text + "\x1b[0m"
}
