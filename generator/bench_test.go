package generator

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// BenchmarkTargets makes the bundle of each engine: at most 1.5 times the time of single-server.
func BenchmarkTargets(b *testing.B) {
	several := []string{"images.registry=registry.example.org/openwisp", "kubernetes.pod_networks=[10.244.0.0/16]"}
	for name, set := range map[string][]string{"swarm": append(several, "target=swarm"), "kubernetes": append(several, "target=kubernetes", "storage.mode=class", "storage.class=many", "services.fileserver=false")} {
		b.Run(name, func(b *testing.B) { generating(b, "multi-node", set...) })
	}
}

// BenchmarkNodes plans and makes what runs 2,000 times on 200 machines: at most 200 ms more than the same without machines.
func BenchmarkNodes(b *testing.B) {
	nodes := []string{"data-1: {roles: [data]}", "edge-1: {roles: [edge]}"}
	for i := range 198 {
		nodes = append(nodes, fmt.Sprintf("app-%d: {roles: [app, worker]}", i))
	}
	// On Kubernetes: a network of Swarm has no addresses for so many, and owgen says so.
	replicas := append(slices.Clone(onKubernetes[:5]), "scale.api=600", "scale.celery=700", "scale.celery-monitoring=700")
	b.Run("none", func(b *testing.B) { generating(b, "multi-node", replicas...) })
	b.Run("200", func(b *testing.B) {
		generating(b, "multi-node", append(replicas, "nodes={"+strings.Join(nodes, ", ")+"}")...)
	})
}

func generating(b *testing.B, profile string, set ...string) {
	r := request(profile)
	r.Source.Set = set
	for b.Loop() {
		if _, found := Generate(b.Context(), r); found.Err() != nil {
			b.Fatal(found)
		}
	}
}
