// Package docker writes a bundle for Docker Compose on one machine.
package docker

import (
	"maps"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/target"
)

// Target is the engine.
type Target struct{}

// Backup is the folder that backups lie in: closed, and ignored by git.
const Backup = "backup/"

// Resolve takes the fixed addresses and subnets, which Compose gives.
func (Target) Resolve(*plan.Plan) diag.List { return nil }

// Command uses `docker compose`.
func (Target) Command(s plan.Step) string {
	words := []string{"docker compose"}
	switch s.Kind {
	case "exec":
		words = append(words, "exec -T")
	case "run":
		words = append(words, "run --rm --no-deps -T")
	case "start":
		words = append(words, "up -d --wait")
	default:
		words = append(words, s.Kind)
	}
	if s.User != "" {
		words = append(words, "-u", s.User)
	}
	words = append(words, s.Services...)
	for _, word := range s.Command {
		words = append(words, dotenv.Shell(word))
	}
	if s.To != "" {
		words = append(words, ">", dotenv.Shell(Backup+s.To))
	}
	if s.From != "" {
		words = append(words, "<", dotenv.Shell(Backup+s.From))
	}
	return strings.Join(words, " ")
}

// Files are the Compose file, .env, and the environments that services share.
func (Target) Files(in target.Input) (map[string][]byte, diag.List) {
	files := maps.Clone(in.Project.EnvFiles)
	if files == nil {
		files = map[string][]byte{}
	}
	files[bundle.ComposeFile], files[bundle.EnvFile] = in.Project.Compose, in.Project.Env
	return files, nil
}
