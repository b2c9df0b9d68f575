package sides

import (
	"cmp"
	"context"
	"maps"
	"path/filepath"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/diff"
	"github.com/owgen/owgen/generator/output"
	"github.com/owgen/owgen/generator/past"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/settings"
)

// OnDisk is what lies in a bundle's folder.
func OnDisk(compared output.Comparison) diff.Side {
	side := diff.Side{Files: map[string][]byte{}}
	for _, change := range compared.Changes {
		if change.Old != nil {
			side.Files[change.Path] = change.Old.Data
		}
	}
	return side
}

// WithUsers is a generated bundle with what the user wrote beside it, and with its new input where that is to be saved.
func WithUsers(ctx context.Context, made *generator.Deployment, dir string, save bool) (diff.Side, error) {
	side := Of(made)
	now, err := past.UsersFiles(ctx, past.Folder(dir))
	if err != nil {
		return diff.Side{}, err
	}
	maps.Copy(side.Files, now)
	if save {
		side.Files[bundle.InputFile] = made.Files[bundle.InputFile].Data
	}
	return side, nil
}

// Before is a bundle as another revision or folder has it. Where only its input was committed, it is made from the
// source, whose profile is that input in dir.
func Before(ctx context.Context, before past.Bundle, p *generator.Prepared, source profile.Source, dir string) (diff.Side, error) {
	files, err := past.Files(ctx, before)
	if err != nil {
		return diff.Side{}, err
	}
	if files[bundle.ComposeFile] != nil || files[bundle.InputFile] == nil {
		return diff.Side{Files: files}, nil
	}
	source.ReadFile = func(name string) ([]byte, error) {
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return nil, err
		}
		return before.One(ctx, filepath.ToSlash(rel))
	}
	made, found := p.Generate(ctx, source)
	if err := found.Err(); err != nil {
		return diff.Side{}, err
	}
	side := Of(made)
	maps.Copy(side.Files, files)
	return side, nil
}

// Known is what the catalogue says of changed settings.
func Known(schema *settings.Schema) ([]diff.Known, error) {
	var out []diff.Known
	var found diag.List
	for _, d := range schema.All() {
		if d.Change == nil {
			continue
		}
		k := diff.Known{Setting: d.Key, Variable: cmp.Or(d.Change.Variable, d.Env), Service: d.Owner, Why: d.Change.Why}
		if err := k.Cost.UnmarshalText([]byte(d.Change.Cost)); err != nil {
			found.Add(diag.Finding{Rule: "catalog/unknown-cost", File: d.File, Path: d.Key, Message: err.Error()})
		}
		out = append(out, k)
	}
	return out, found.Err()
}
