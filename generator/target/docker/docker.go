// Package docker writes a bundle for Docker Compose on one machine.
package docker

import (
	"fmt"
	"maps"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/diff"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/target"
)

// Target is the engine.
type Target struct{ target.BuiltByDocker }

// Resolve takes fixed addresses and subnets, which Compose gives: a provider has its own on the network where it is reached,
// and its clients are whoever is on that network.
func (Target) Resolve(p *plan.Plan) diag.List {
	var found diag.List
	for _, s := range p.Services {
		for _, x := range s.Intents {
			address := x.Capability.Address
			if x.Trust == catalog.TrustClients || x.Serve != "" {
				address = x.Capability.Subnet
			}
			if address == "" {
				found.Add(diag.Finding{Rule: "target/unresolved", File: s.File, Path: "intents",
					Message: fmt.Sprintf("%s is about %s, whose provider has no fixed address", x.Name, x.Of), Hint: "give the provider one: networks: {NAME: {address: N}}"})
				continue
			}
			x.Addresses = []string{address}
		}
	}
	for _, a := range p.Askers {
		a.Addresses = []string{p.AddressOn(a.Service, a.Network)}
	}
	return found
}

// ReadsProject is false: the Compose file is what it is.
func (Target) ReadsProject() bool { return false }

// Start builds what is missing, and waits.
func (Target) Start() []string { return []string{"docker compose up -d --wait"} }

// Renew also ends the containers of services that are no longer there. The first start does not: whatever runs by then under the
// project's name was not started from this folder.
func (Target) Renew() []string { return []string{"docker compose up -d --wait --remove-orphans"} }

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
	if len(s.Command) > 0 {
		words = append(words, target.Words(s.Command))
	}
	return target.Line(s, words...)
}

// Files are the Compose file, .env, and the environments that services share.
func (Target) Files(from target.Blueprint) (map[string][]byte, diag.List) {
	files := maps.Clone(from.Compose.EnvFiles)
	if files == nil {
		files = map[string][]byte{}
	}
	files[bundle.ComposeFile], files[bundle.EnvFile] = from.Compose.Compose, from.Compose.Env
	return files, nil
}

// Cluster is nil: the Compose project says what a change costs.
func (Target) Cluster(map[string][]byte) (*diff.Cluster, error) { return nil, nil }

// Edits is empty: Compose reads a file of the user's.
func (Target) Edits() string { return "" }
