// Package sides makes what is compared out of bundles: as they are generated, lie in a folder, or were in the past.
package sides

import (
	"context"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/diff"
	"github.com/owgen/owgen/generator/project"
)

// Of is a bundle as one side of a comparison, without what belongs to the user.
func Of(b *generator.Deployment) diff.Side {
	side := diff.Side{Files: map[string][]byte{}, Project: b.Project}
	for name, file := range b.Files {
		if !file.Once || file.Save {
			side.Files[name] = file.Data
		}
	}
	side.Cluster, _ = generator.Cluster(side.Files) // which were written a moment ago
	return side
}

// Load loads the projects of both sides: that of the new one only where the user has laid something over
// what was generated, and that of the old one only where it is made of something else.
func Load(ctx context.Context, old, new *diff.Side) error {
	var err error
	if old.Cluster, err = generator.Cluster(old.Files); err != nil {
		file, _, _ := strings.Cut(err.Error(), ": ") // whose fault it is, which is not the reader's
		return diag.List{unknown(file)}
	}
	if old.Cluster != nil {
		return nil // what it says, and not the Compose file, which builds images
	}
	if new.Files[bundle.OverrideFile] != nil {
		project, found := load(ctx, new.Files)
		if err := found.Err(); err != nil {
			return err
		}
		new.Project = project
	}
	if old.Files[bundle.ComposeFile] == nil {
		return nil
	}
	same := (old.Files[bundle.OverrideFile] == nil) == (new.Files[bundle.OverrideFile] == nil)
	for name := range old.Files {
		if isProject(name) && string(old.Files[name]) != string(new.Files[name]) {
			same = false
		}
	}
	if same {
		old.Project = new.Project
		return nil
	}
	project, found := load(ctx, old.Files)
	if err := found.Err(); err != nil {
		return append(found, unknown(bundle.ComposeFile))
	}
	old.Project = project
	return nil
}

func unknown(what string) diag.Finding {
	return diag.Finding{Rule: "diff/unknown", File: what, Message: "what is compared with cannot be loaded, so that nobody can tell what a change of it costs",
		Hint: "`owgen check` lists the files that differ"}
}

func load(ctx context.Context, files map[string][]byte) (*types.Project, diag.List) {
	in := project.Sources{File: bundle.ComposeFile, Compose: files[bundle.ComposeFile], EnvFile: bundle.EnvFile, Env: files[bundle.EnvFile], EnvFiles: files}
	if over := files[bundle.OverrideFile]; over != nil {
		in.Overrides = []project.Text{{Name: bundle.OverrideFile, Data: over}}
	}
	return project.Load(ctx, in)
}

// isProject tells of the files that Compose reads.
func isProject(name string) bool {
	return name == bundle.ComposeFile || name == bundle.EnvFile || name == bundle.OverrideFile || strings.HasSuffix(name, ".env")
}
