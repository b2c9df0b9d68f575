package generator

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/compose"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dockerfile"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/project"
)

// validate checks what was generated as anybody's project is checked: compose-go loads the Compose file with
// its .env, BuildKit's parser and linter read each Dockerfile, and all rules apply. With it the generator
// finds its own mistakes, and those of folders laid over the catalogue, before anything is written. Valid says that the
// same texts have passed Compose's schema before.
func validate(ctx context.Context, made *compose.Files, folders map[string]map[string][]byte, valid bool) (*lint.Subject, diag.List) {
	dockerfiles := map[string]dockerfile.File{}
	for service, folder := range folders {
		dockerfiles[service] = dockerfile.File{Path: bundle.Dockerfile(service), Data: folder["Dockerfile"], Files: slices.Sorted(maps.Keys(folder))}
	}
	texts := sources(made)
	texts.Valid = valid
	return lint.Check(ctx, texts, dockerfiles)
}

// sources are what Compose reads of what was made.
func sources(made *compose.Files) project.Sources {
	return project.Sources{File: bundle.ComposeFile, Compose: made.Compose, EnvFile: bundle.EnvFile, Env: made.Env, EnvFiles: made.EnvFiles}
}

// excuse is the comment above a hardening exception. Where a rule minds the exception, lint reads it too.
func excuse(attribute, reason string) string {
	if rule := lint.ExceptionRule(attribute); rule != "" {
		return lint.ExcuseComment(rule, reason)
	}
	return "# " + strings.Join(strings.Fields(reason), " ")
}
