// Package checkup says how a bundle's folder differs from what its input gives, why, and what would keep an edit.
package checkup

import (
	"fmt"
	"strings"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/output"
	"github.com/owgen/owgen/generator/settings"
)

// A Report is how a folder differs from what its input gives.
type Report struct {
	Bundle   string      `json:"bundle"`
	Clean    bool        `json:"clean"`
	Made     string      `json:"made_by"` // the version that wrote the folder
	Owgen    string      `json:"owgen"`
	Causes   []string    `json:"causes"`
	Files    []Deviation `json:"files"`
	Secrets  []string    `json:"secrets"`
	Findings diag.List   `json:"findings"`

	Lost    []string `json:"-"` // those of the secrets that were there when it was generated
	First   bool     `json:"-"` // nothing that was generated is there, as far as owgen knows
	Forgot  bool     `json:"-"` // files are there, but not the manifest by which owgen knows them
	Summary string   `json:"-"`
	Edits   string   `json:"-"` // where one of the user's is kept
}

// A Deviation is one file that is not as it should be, with the settings that would keep an edit of .env.
type Deviation struct {
	Path     string       `json:"path"`
	State    output.State `json:"state"`
	Reason   string       `json:"reason,omitempty"`
	Settings []string     `json:"settings,omitempty"`
}

// Make compares a folder with the bundle that it should hold.
func Make(dir string, b *generator.Deployment, p output.Comparison) Report {
	r := Report{Bundle: dir, Made: p.Record.Generator, Owgen: generator.Version, First: p.First, Forgot: p.Forgot(),
		Causes: []string{}, Files: []Deviation{}, Secrets: []string{}, Findings: diag.List{},
		Summary: fmt.Sprintf("%d services, %d files", b.Started(), len(b.Files)), Edits: b.Keeps()}
	for _, change := range p.Changes {
		if change.State == output.Unchanged || change.State == output.Kept {
			continue
		}
		d := Deviation{Path: change.Path, State: change.State, Reason: change.Reason}
		if change.Path == bundle.EnvFile && change.State == output.Edited && change.New != nil {
			d.Reason, d.Settings = envEdits(change, b.Plan.Values.Schema())
		}
		r.Files = append(r.Files, d)
	}
	r.addSecrets(p)
	r.Findings.Add(p.NeededFindings...)
	r.Findings.Add(p.Risks...)
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
func (r *Report) addSecrets(p output.Comparison) {
	if p.IsClone() {
		return
	}
	for _, s := range p.Secrets {
		if s.Create {
			r.Secrets = append(r.Secrets, s.Path)
		}
	}
	for _, name := range p.Lost() {
		r.Lost = append(r.Lost, bundle.SecretPath(name))
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
	case p.Record.InputDigest != now.InputDigest:
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
	names := dotenv.Different(generated, edited)
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
