// Package swarm writes a bundle for Docker Swarm.
package swarm

import (
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/target"
)

// Name is the value of the setting target.
const Name = "swarm"

// Target is the engine.
type Target struct{}

// Resolve says where on this engine that is what services mean.
func (Target) Resolve(p *plan.Plan) diag.List { return nil }

// Command is the line of a shell that does a step of an operation.
func (Target) Command(s plan.Step) string { return "" }

// ReadsProject is true: what runs is written from the project as it means when loaded.
func (Target) ReadsProject() bool { return true }

// Files are those of the engine, and a Compose file that builds the images.
func (Target) Files(in target.Blueprint) (map[string][]byte, diag.List) {
	images, err := in.Compose.Images()
	if err != nil {
		return nil, diag.List{{Rule: "compose/encode", File: bundle.ComposeFile, Message: err.Error()}}
	}
	return map[string][]byte{bundle.ComposeFile: images}, nil
}
