package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/output"
	"github.com/owgen/owgen/generator/settings"
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
	made, found := generator.Generate(ctx, in)
	if err := found.Err(); err != nil {
		return err
	}
	planned, err := output.Compare(c.Dir, &made.Bundle)
	if err != nil {
		return environment(err)
	}
	r := newCheckup(c.Dir, made, planned)
	r.Findings = slices.Concat(unfinished, found, r.Findings)
	return r.print(t, c.JSON)
}

// unfinished says that a run was killed in the folder, for commands that only read.
func (t *terminal) unfinished(dir string) error {
	found, err := output.Unfinished(dir)
	t.show(found.Softened())
	return environment(err)
}

// A checkup is how a folder differs from what its input gives.
type checkup struct {
	Bundle   string      `json:"bundle"`
	Clean    bool        `json:"clean"`
	Made     string      `json:"made_by"` // the version that wrote the folder
	Owgen    string      `json:"owgen"`
	Causes   []string    `json:"causes"`
	Files    []deviation `json:"files"`
	Secrets  []string    `json:"secrets"`
	Findings diag.List   `json:"findings"`

	first   bool
	summary string
}

// A deviation is one file that is not as it should be, with the settings that would keep an edit of .env.
type deviation struct {
	Path     string       `json:"path"`
	State    output.State `json:"state"`
	Reason   string       `json:"reason,omitempty"`
	Settings []string     `json:"settings,omitempty"`
}

func newCheckup(dir string, b *generator.Deployment, p output.Comparison) checkup {
	r := checkup{Bundle: dir, Made: p.Record.Generator, Owgen: generator.Version, first: p.First,
		Causes: []string{}, Files: []deviation{}, Secrets: []string{}, Findings: diag.List{},
		summary: fmt.Sprintf("%d services, %d files", b.Started(), len(b.Files))}
	for _, change := range p.Changes {
		if change.State == output.Unchanged || change.State == output.Kept {
			continue
		}
		d := deviation{Path: change.Path, State: change.State, Reason: change.Reason}
		if change.Path == bundle.EnvFile && change.State == output.Edited && change.New != nil {
			d.Reason, d.Settings = envEdits(change, b.Plan.Values.Schema())
		}
		r.Files = append(r.Files, d)
	}
	r.addSecrets(p)
	if r.Clean = len(r.Files)+len(r.Secrets) == 0; !r.Clean {
		r.Causes = causes(b, p)
	}
	for _, f := range p.Findings { // those about single files say what the list of files says
		if f.File == bundle.ManifestFile {
			r.Findings.Add(f)
		}
	}
	return r
}

// addSecrets adds what is wrong with the secrets, unless none is there: then this is a clone, where they mean nothing.
func (r *checkup) addSecrets(p output.Comparison) {
	if p.IsClone() {
		return
	}
	for _, s := range p.Secrets {
		if s.Create {
			r.Secrets = append(r.Secrets, s.Path)
		}
	}
	r.Findings.Add(p.SecretFindings...)
}

// causes says why a folder differs, apart from edits by hand.
func causes(b *generator.Deployment, p output.Comparison) []string {
	out := []string{}
	now, err := bundle.ReadManifest(b.Files[bundle.ManifestFile].Data)
	switch {
	case p.First || err != nil:
	case p.Record.Generator != now.Generator:
		out = append(out, fmt.Sprintf("owgen %s made it, and this is owgen %s", p.Record.Generator, now.Generator))
	case p.Record.Input != now.Input:
		out = append(out, "its input has changed since it was generated")
	case len(p.Of(output.Update, output.Create, output.Remove)) > 0:
		out = append(out, "it was generated from other service folders, or by another build of this owgen")
	}
	return out
}

// envEdits names the variables of .env that were edited, and the settings that would keep the edits; no value.
func envEdits(change output.Change, schema *settings.Schema) (reason string, keys []string) {
	edited, err := dotenv.Parse(change.Old.Data)
	if err != nil {
		return "edited by hand, and Compose cannot read it", nil
	}
	generated, _ := dotenv.Parse(change.New.Data) // it was loaded before
	var names []string
	for name, value := range edited {
		if was, ok := generated[name]; !ok || was != value {
			names = append(names, name)
		}
	}
	for name := range generated {
		if _, ok := edited[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for i, name := range names {
		if d := schema.ByEnv(name); d != nil {
			keys = append(keys, d.Key)
			names[i] += " (keep it with the setting " + d.Key + ")"
		}
	}
	if len(names) == 0 {
		return "edited by hand, in comments or quotes alone", nil
	}
	return "edited by hand: " + strings.Join(names, ", "), keys
}

// print prints the result, and fails where there is a difference.
func (r checkup) print(t *terminal, asJSON bool) error {
	if asJSON {
		if err := printJSON(t.out, r); err != nil {
			return err
		}
	} else {
		r.list(t)
	}
	hint := fmt.Sprintf("`owgen diff %s` shows what generating it would change, and `owgen generate -o %s` does it", r.Bundle, r.Bundle)
	switch {
	case r.first:
		return difference{r.Bundle + " holds nothing that was generated", "run `owgen generate -o " + r.Bundle + "`"}
	case r.Clean && len(r.Findings.Errors()) == 0:
		return nil
	case r.Clean:
		return difference{r.Bundle + " cannot be used as it is: " + r.Findings.Errors()[0].Message, r.Findings.Errors()[0].Hint}
	}
	message := r.Bundle + " is not what its input gives: " + r.counts()
	for _, cause := range r.Causes {
		message += "; " + cause
	}
	if slices.ContainsFunc(r.Files, func(d deviation) bool { return d.State == output.Edited }) {
		hint = "keep an edit in owgen.yaml, custom/ or docker-compose.override.yml; " + hint
	}
	return difference{message, hint}
}

// list prints what is to be said to people.
func (r checkup) list(t *terminal) {
	t.findings(r.Findings)
	if r.first {
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
		say(t.out, "%s is what its input gives: %s\n", r.Bundle, r.summary)
	}
}

// counts says how many files differ in which way.
func (r checkup) counts() string {
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
