package generator

import (
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/target"
)

// A Deployment is a bundle, with what it was made from and what it means.
type Deployment struct {
	bundle.Bundle
	// Images counts the services that are only built, Services all of them.
	Images, Services int
	// Summary says in a few lines where the deployment is found; {bundle} stands for its folder.
	Summary string
	// Start is what starts it for the first time: lines of a shell, in its folder.
	Start []string
	// Renew is what brings a change of it into force there.
	Renew []string
	// Built is where its images are once they are built.
	Built target.Images
	// Plan is what the files were made from.
	Plan *plan.Plan
	// Project is docker-compose.yml as Compose understands it; nil where it was not loaded.
	Project *types.Project

	draft draft // for Validate
}

// Started counts the services that are started.
func (d *Deployment) Started() int { return d.Services - d.Images }
