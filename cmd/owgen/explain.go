package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/explain"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/profiles"
)

// defaultProfile is what is explained where there is no bundle.
const defaultProfile = "single-server"

type explainCmd struct {
	Name  string `arg:"" placeholder:"KEY" help:"A setting, a group of settings, a variable of .env, a service, a capability, a rule, a profile, a secret, a volume, a network or a node."`
	Where string `arg:"" optional:"" placeholder:"DIR" help:"A bundle's folder, a profile or a file. Nothing: the bundle here, or else the profile single-server."`
	inputFlags
	jsonFlag
}

// Run explains everything that has the name.
func (c explainCmd) Run(ctx context.Context, t *terminal) error {
	l, err := c.library(ctx, t)
	if err != nil {
		return err
	}
	found := l.Explain(ctx, c.Name)
	if len(found) == 0 {
		return usageError{"nothing is called " + c.Name, l.Nearest(c.Name)}
	}
	if c.JSON {
		return printJSON(t.out, found)
	}
	for i, e := range found {
		if i > 0 {
			say(t.out, "\n")
		}
		if err := t.explanation(e); err != nil {
			return err
		}
	}
	return nil
}

// library opens the deployment that is explained, and says how people call it.
func (c explainCmd) library(ctx context.Context, t *terminal) (*explain.Library, error) {
	for _, file := range c.Values { // what is wrong in one is no reason not to explain
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return nil, usageError{file + " does not exist", "check the path"}
		}
	}
	if _, err := c.own(ctx, "."); c.Where == "" && err != nil {
		return explain.Open(c.request(ctx, defaultProfile), "in "+defaultProfile, t.findings), nil
	}
	where := "here"
	if c.Where != "" {
		where = "in " + c.Where
		if _, err := os.Stat(c.Where); err != nil && !slices.Contains(profile.Names(profiles.FS), c.Where) {
			return nil, usageError{c.Where + " is no folder, no file and no profile", "`owgen list profiles` shows the profiles"}
		}
	}
	request, err := c.open(ctx, t, c.Where)
	if err != nil {
		return nil, err
	}
	return explain.Open(request, where, t.findings), nil
}

// explanation writes an explanation for people.
func (t *terminal) explanation(e explain.Explanation) error {
	bold := paint(t.outColour, "1", painted(diag.Plain(e.Name)))
	say(t.out, "%s (%s)\n", bold, e.Kind)
	if e.Summary != "" {
		if err := t.table([][]string{{e.Summary}}); err != nil {
			return err
		}
	}
	if len(e.Facts) == 0 {
		return nil
	}
	say(t.out, "\n")
	var lines [][]string
	for _, f := range e.Facts {
		for j, line := range f.Lines {
			name := "  " + f.Name
			if j > 0 {
				name = ""
			}
			lines = append(lines, []string{name, line})
		}
	}
	return t.table(lines)
}
