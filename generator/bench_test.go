package generator

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"

	"github.com/owgen/owgen/generator/bundle"
)

// BenchmarkGenerate makes a whole bundle in memory, everything validated: at most 1.5 times BenchmarkComposeLoad.
func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		if _, found := Generate(b.Context(), request("single-server")); found.Err() != nil {
			b.Fatal(found)
		}
	}
}

// BenchmarkComposeLoad is compose-go's own load of that bundle, as docker compose does it.
func BenchmarkComposeLoad(b *testing.B) {
	made, found := Generate(b.Context(), request("single-server"))
	if found.Err() != nil {
		b.Fatal(found)
	}
	dir := b.TempDir()
	for name, file := range made.Files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, file.Data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		options, err := cli.NewProjectOptions([]string{filepath.Join(dir, bundle.ComposeFile)},
			cli.WithWorkingDirectory(dir), cli.WithEnvFiles(), cli.WithDotEnv)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := options.LoadProject(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
