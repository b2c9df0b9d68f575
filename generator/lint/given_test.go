package lint_test

import (
	"context"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dockerfile"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/project"
)

// A given is the project of a test.
type given struct {
	File        string
	Compose     []byte
	Overrides   []project.Text
	EnvFile     string
	Env         []byte
	EnvFiles    map[string][]byte
	Dir         string
	Dockerfiles map[string]dockerfile.File
}

func (g given) sources() project.Sources {
	return project.Sources{File: g.File, Compose: g.Compose, Overrides: g.Overrides, EnvFile: g.EnvFile, Env: g.Env, EnvFiles: g.EnvFiles, Dir: g.Dir}
}

func (g given) check(ctx context.Context) (*lint.Subject, diag.List) {
	return lint.Check(ctx, g.sources(), g.Dockerfiles)
}
