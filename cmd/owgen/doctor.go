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
	"github.com/owgen/owgen/generator/doctor"
	"github.com/owgen/owgen/generator/doctor/docker"
	"github.com/owgen/owgen/generator/doctor/kubernetes"
	"github.com/owgen/owgen/generator/doctor/machine"
	"github.com/owgen/owgen/generator/doctor/swarm"
	"github.com/owgen/owgen/generator/output"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/read"
	"github.com/owgen/owgen/generator/secret"
)

type doctorCmd struct {
	Where string `arg:"" optional:"" name:"dir|profile" help:"A bundle's folder, a profile's name, or a file. Nothing: the bundle in this folder."`
	inputFlags
	jsonFlag
}

// Run says whether this machine and its engine can run the bundle.
func (c doctorCmd) Run(ctx context.Context, t *terminal) error {
	in, err := c.open(ctx, t, c.Where)
	if err != nil {
		return err
	}
	made, found := generator.Generate(ctx, in)
	if err := found.Err(); err != nil {
		return err
	}
	patient, err := c.patient(ctx, made)
	if err != nil {
		return environment(err)
	}
	engine := engines(made.Plan.Values.String("kubernetes.pool_label"))[made.Plan.Target()]
	results, answered := doctor.Check(ctx, patient, machine.Machine{}, engine)
	if c.JSON {
		if err := printJSON(t.out, results); err != nil {
			return err
		}
	} else {
		t.diagnosis(results)
	}
	switch {
	case !answered:
		return noEngine{engine.Words().Engine}
	case doctor.Worst(results) == doctor.Problem:
		if made.Plan.Target() != plan.TargetCompose {
			return difference{message: "it cannot be deployed from here as it is"}
		}
		return difference{message: "this machine cannot run it as it is"}
	}
	return nil
}

// engines are those that bundles are built and run with, by the name of the target. Images are built by Docker for each.
func engines(poolLabel string) map[string]doctor.Engine {
	return map[string]doctor.Engine{plan.TargetCompose: docker.Engine{}, plan.TargetSwarm: swarm.Engine{},
		plan.TargetKubernetes: kubernetes.Engine{PoolLabel: poolLabel}}
}

// patient is what is to be run, with the times at which its secrets were made. No secret is read.
func (c doctorCmd) patient(ctx context.Context, made *generator.Deployment) (doctor.Patient, error) {
	dir := c.Where
	if dir == "" {
		dir = "."
	}
	in := doctor.Patient{Plan: made.Plan, Made: modified(filepath.Join(dir, bundle.ManifestFile))}
	in.Authority, _ = os.ReadFile(filepath.Join(dir, secret.CertificatePath)) // one that is missing is generate's to say
	for _, s := range made.Secrets {
		if s.File == "" {
			name := bundle.SecretPath(s.Name)
			in.Secrets = append(in.Secrets, doctor.Secret{Path: name, Made: modified(filepath.Join(dir, filepath.FromSlash(name)))})
		}
	}
	if in.Made.IsZero() { // of a profile nothing lies anywhere
		return in, nil
	}
	// Where it cannot be read, what the files are checked for says so.
	if name := made.Plan.Values.String("tls.certificate_file"); name != "" && made.Plan.Values.String("tls.mode") == "provided" {
		if name = filepath.FromSlash(name); !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		in.Certificate, _ = read.File(ctx, name, read.Profile)
	}
	var err error
	if in.Folder, err = filepath.Abs(dir); err != nil {
		return in, err
	}
	there, err := output.Compare(dir, &made.Bundle)
	for i, s := range in.Secrets {
		in.Secrets[i].New = slices.ContainsFunc(there.Secrets, func(t output.Secret) bool { return t.Path == s.Path && t.Create && !t.Lost })
	}
	for _, change := range there.Of(output.Missing) {
		in.Gone = append(in.Gone, change.Path)
	}
	in.Files = slices.Concat(there.NeededFindings, there.Faulty())
	return in, err
}

// modified is when a file was written last, or zero if it is not there.
func modified(name string) time.Time {
	info, err := os.Stat(name)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// diagnosis prints results for people.
func (t *terminal) diagnosis(results []doctor.Result) {
	colours := map[doctor.State]string{doctor.OK: "32", doctor.Unknown: "2", doctor.Warning: "33", doctor.Problem: "31"}
	for _, r := range results {
		state := paint(t.outColour, colours[r.State], painted(fmt.Sprintf("%-7s", r.State)))
		say(t.out, "%s  %-12s  %s\n", state, r.Check, r.Message)
		if r.Hint != "" {
			say(t.out, "%s%s\n", strings.Repeat(" ", 23), r.Hint)
		}
	}
}

// noEngine says that the engine does not answer.
type noEngine struct{ name string }

func (e noEngine) Error() string { return e.name + " does not answer" }

// ExitCode makes it an error of the environment for main.
func (noEngine) ExitCode() int { return exitEnvironment }
