package generator

import (
	"testing"

	"github.com/owgen/owgen/generator/compose"
	"github.com/owgen/owgen/generator/lint"
)

// BenchmarkGenerate makes a whole bundle in memory, everything validated.
func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		if _, found := Generate(b.Context(), input("single-server")); found.Err() != nil {
			b.Fatal(found)
		}
	}
}

// BenchmarkComposeLoad is compose-go's own load of that bundle's Compose file, to compare with.
func BenchmarkComposeLoad(b *testing.B) {
	bundle, found := Generate(b.Context(), input("single-server"))
	if found.Err() != nil {
		b.Fatal(found)
	}
	in := lint.Input{File: compose.File, Compose: bundle.Files[compose.File].Data, EnvFile: compose.EnvFile, Env: bundle.Files[compose.EnvFile].Data}
	for b.Loop() {
		if _, found := lint.Load(b.Context(), in); found.Err() != nil {
			b.Fatal(found)
		}
	}
}
