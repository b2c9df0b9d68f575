package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/importer"
	"github.com/owgen/owgen/generator/output"
)

type importCmd struct {
	Dir       string `arg:"" help:"A checkout of docker-openwisp or kopano-docker, or a playbook of ansible-openwisp2 with its inventory."`
	Output    string `short:"o" default:"." placeholder:"DIR|FILE" help:"The bundle's folder, or the file to write instead of its owgen.yaml."`
	Profile   string `short:"p" help:"The profile to extend, such as multi-node. Default: single-server, and groupware for kopano-docker."`
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
	if _, err := os.Stat(filepath.Join(c.Dir, bundle.ManifestFile)); err == nil {
		return usageError{c.Dir + " is a bundle of owgen already", "name the folder of the other installation; `owgen generate -o " + c.Dir + "` makes this one again"}
	}
	folder := importer.Folder(c.Dir)
	dir, file, err := t.inputPlace(ctx, c.Output)
	if err != nil {
		return err
	}
	if folder.Is(dir) {
		return usageError{"a bundle cannot lie in the installation that it is made from: both have a .env", "name another folder: owgen import " + c.Dir + " -o bundle"}
	}
	prepared, found := generator.Prepare(c.layers(ctx)...)
	if err := found.Err(); err != nil {
		return err
	}
	installation, found, err := folder.Read(ctx, importer.Options{Host: c.Host, Kinds: prepared.Catalog().Kinds}, c.Inventory)
	if err != nil {
		return usageError{c.Inventory + " is no inventory", "name its file or folder: owgen import " + c.Dir + " -i inventories/production -o bundle"}
	}
	if err := found.Err(); err != nil {
		return err
	}
	made, found := importer.Make(ctx, prepared, inputFlags{}.source(ctx, cmp.Or(c.Profile, installation.Profile(prepared.Catalog().Kinds))), installation, func(name string) ([]byte, error) { return folder.File(ctx, name) })
	if err := found.Err(); err != nil {
		return err
	}
	made.Files[file] = made.Files[bundle.InputFile]
	if file != bundle.InputFile {
		delete(made.Files, bundle.InputFile)
	}
	r := made.Report(filepath.ToSlash(filepath.Join(dir, file)), folder.Located(made.Findings))
	if !c.DryRun {
		done, err := output.WriteUsersFiles(dir, made.Files, c.Force, time.Now())
		if err != nil {
			return inFolder(dir, err)
		}
		r.Findings = append(r.Findings, done.Recovery.Within(dir)...)
	}
	return c.print(t, r, nextStep(dir, file))
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

func (c importCmd) print(t *terminal, r importer.Report, next string) error {
	if c.JSON {
		return printJSON(t.out, r)
	}
	t.findings(r.Findings)
	mood := "written"
	if c.DryRun {
		mood = "would be written"
	}
	say(t.out, "%s, %d variables: %s %s\n", r.Source, r.Variables, r.InputFile, mood)
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
	for _, group := range r.LeftByReason() {
		say(t.out, "  %s\n      %s\n", strings.Join(group.Names, ", "), group.Reason)
	}
	if c.DryRun {
		return nil
	}
	if len(r.Missing) > 0 {
		say(t.out, "The installation was on one machine. Say for target %s in %s: %s\n", r.Target, r.InputFile, strings.Join(r.Missing, ", "))
	}
	say(t.out, "Look through %s, then:\n  %s\n", r.InputFile, t.paint("1", next))
	return nil
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
