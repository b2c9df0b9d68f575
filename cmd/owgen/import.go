package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/importer"
	"github.com/owgen/owgen/generator/output"
	"github.com/owgen/owgen/generator/read"
)

type importCmd struct {
	Dir       string `arg:"" help:"A checkout of docker-openwisp, or a playbook of ansible-openwisp2 with its inventory."`
	Output    string `short:"o" default:"." placeholder:"DIR|FILE" help:"The bundle's folder, or the file to write instead of its owgen.yaml."`
	Profile   string `default:"single-server" help:"The profile to extend."`
	Inventory string `short:"i" placeholder:"PATH" help:"The inventory, as for ansible-playbook: a file, a folder, or hosts with a comma behind. Default: what ansible.cfg names, or what lies beside the playbook."`
	Host      string `help:"The host, where an inventory has several."`
	DryRun    bool   `help:"Say what would be written, and write nothing."`
	Force     bool   `help:"Replace an owgen.yaml that is there, keeping a copy in .owgen/backup. Secrets are never replaced."`
	catalogFlag
	jsonFlag
}

// Run writes the input of a bundle that does what the installation does, with its secrets.
func (c importCmd) Run(ctx context.Context, t *terminal) error {
	if info, err := os.Stat(c.Dir); err != nil || !info.IsDir() {
		return usageError{c.Dir + " is no folder", "name the folder of the installation: owgen import DIR -o bundle"}
	}
	dir, file, err := t.inputPlace(ctx, c.Output)
	if err != nil {
		return err
	}
	if sameFolder(dir, c.Dir) {
		return usageError{"a bundle cannot lie in the installation that it is made from: both have a .env", "name another folder: owgen import " + c.Dir + " -o bundle"}
	}
	inventory, err := c.inventory(ctx)
	if err != nil {
		return err
	}
	installation, found := importer.Read(read.Dir(ctx, c.Dir, read.Text), importer.Options{Host: c.Host, Inventory: inventory})
	if err := c.located(found).Err(); err != nil {
		return err
	}
	prepared, found := generator.Prepare(c.layers(ctx)...)
	if err := found.Err(); err != nil {
		return err
	}
	made, found := importer.Make(ctx, prepared, inputFlags{}.source(ctx, c.Profile), installation, func(name string) ([]byte, error) { return c.readFile(ctx, name) })
	if err := found.Err(); err != nil {
		return err
	}
	made.Files[file] = made.Files[bundle.InputFile]
	if file != bundle.InputFile {
		delete(made.Files, bundle.InputFile)
	}
	r := imported{Source: made.Kind, Variables: made.Read, Input: filepath.ToSlash(filepath.Join(dir, file)), Settings: []string{},
		Secrets: append([]string{}, made.Secrets...), Custom: append([]string{}, made.Custom...), Left: append([]importer.Left{}, made.Left...), Findings: c.located(made.Findings)}
	for _, choice := range made.Choices {
		r.Settings = append(r.Settings, choice.Key)
	}
	if !c.DryRun {
		done, err := output.WriteUsersFiles(dir, made.Files, c.Force, time.Now())
		if err != nil {
			return environment(err)
		}
		r.Findings = append(r.Findings, done.Recovery...)
	}
	return r.print(t, c, dir, file)
}

// inventory is what -i names.
func (c importCmd) inventory(ctx context.Context) (*importer.Place, error) {
	if c.Inventory == "" {
		return nil, nil
	}
	if strings.Contains(c.Inventory, ",") {
		return &importer.Place{Hosts: strings.FieldsFunc(c.Inventory, func(r rune) bool { return r == ',' || r == ' ' })}, nil
	}
	place, err := filepath.Abs(c.Inventory)
	if err != nil {
		return nil, environment(err)
	}
	if _, err := os.Stat(place); err != nil {
		return nil, usageError{c.Inventory + " is no inventory", "name its file or folder: owgen import " + c.Dir + " -i inventories/production -o bundle"}
	}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, environment(err)
	}
	folder, err := filepath.Rel(dir, filepath.Dir(place)) // findings are located from there
	if err != nil {
		return nil, environment(err)
	}
	return &importer.Place{FS: read.Dir(ctx, filepath.Dir(place), read.Text), Path: filepath.Base(place), Folder: filepath.ToSlash(folder)}, nil
}

// inputPlace splits what -o says into a folder and the name of the input in it. Another name than a bundle's own
// input must not be that of another file of a bundle.
func (t *terminal) inputPlace(ctx context.Context, place string) (dir, file string, err error) {
	if ext := filepath.Ext(place); ext != ".yaml" && ext != ".yml" {
		return place, bundle.InputFile, nil
	}
	if dir, file = filepath.Split(place); dir == "" {
		dir = "."
	}
	if file != bundle.InputFile {
		_, err = t.place(ctx, place)
	}
	return filepath.Clean(dir), file, err
}

func sameFolder(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// readFile reads a file that the configuration names: from the folder that is imported, unless its path is absolute.
func (c importCmd) readFile(ctx context.Context, name string) ([]byte, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(c.Dir, name)
	}
	return read.File(ctx, name, read.Text)
}

// located names the files of findings as they are found from here.
func (c importCmd) located(found diag.List) diag.List {
	out := append(diag.List{}, found...)
	for i := range out {
		if out[i].File != "" {
			out[i].File = filepath.ToSlash(filepath.Join(c.Dir, out[i].File))
		}
	}
	return out
}

// imported is what a run took over, and what it left; never a value.
type imported struct {
	Source    string          `json:"source"`
	Variables int             `json:"variables"`
	Input     string          `json:"input"`
	Settings  []string        `json:"settings"` // those that differ from the profile
	Secrets   []string        `json:"secrets"`
	Custom    []string        `json:"custom"`
	Left      []importer.Left `json:"left"`
	Findings  diag.List       `json:"findings"`
}

func (r imported) print(t *terminal, c importCmd, dir, file string) error {
	if c.JSON {
		return printJSON(t.out, r)
	}
	t.findings(r.Findings)
	mood := "written"
	if c.DryRun {
		mood = "would be written"
	}
	say(t.out, "%s, %d variables: %s %s\n", r.Source, r.Variables, r.Input, mood)
	say(t.out, "  %d %s from the profile\n", len(r.Settings), plural(len(r.Settings), "setting that differs", "settings that differ"))
	if len(r.Secrets) > 0 {
		say(t.out, "  secrets/: %s\n", strings.Join(r.Secrets, ", "))
	}
	for _, path := range r.Custom {
		say(t.out, "  %s\n", path)
	}
	if len(r.Left) > 0 {
		say(t.out, "%d without an equivalent:\n", len(r.Left))
	}
	for _, group := range byReason(r.Left) {
		say(t.out, "  %s\n      %s\n", strings.Join(group.names, ", "), group.reason)
	}
	if c.DryRun {
		return nil
	}
	say(t.out, "Look through %s, then:\n  %s\n", r.Input, t.paint("1", nextStep(dir, file)))
	return nil
}

// A reasoned is a reason, and everything that was left for it.
type reasoned struct {
	reason string
	names  []string
}

// byReason groups what was left, in the order of the first of each.
func byReason(left []importer.Left) []reasoned {
	var out []reasoned
	for _, l := range left {
		place := l.File
		if l.Line > 0 {
			place += fmt.Sprintf(":%d", l.Line)
		}
		i := slices.IndexFunc(out, func(r reasoned) bool { return r.reason == l.Reason })
		if i < 0 {
			i, out = len(out), append(out, reasoned{reason: l.Reason})
		}
		out[i].names = append(out[i].names, l.Name+" ("+place+")")
	}
	return out
}

// nextStep is the command that makes the bundle of an input.
func nextStep(dir, file string) string {
	if file != bundle.InputFile {
		return fmt.Sprintf("owgen generate %s -o %s", filepath.ToSlash(filepath.Join(dir, file)), dir)
	}
	if dir == "." {
		return "owgen generate"
	}
	return "owgen generate -o " + dir
}
