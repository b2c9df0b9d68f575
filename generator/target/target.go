// Package target is the last stage: it writes a deployment for one engine. What is known of a container is the Compose
// project; what Compose has no words for is in the plan.
package target

import (
	"context"
	"io"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/compose"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/diff"
	"github.com/owgen/owgen/generator/dockerfile"
	"github.com/owgen/owgen/generator/engine"
	"github.com/owgen/owgen/generator/plan"
)

// Quiet is how long whoever answers requests goes on serving after it was told to end, where others like it take its place: until then,
// load balancers of several machines may still send it some.
const Quiet = 10 * time.Second

// A Target is an engine that bundles are written for.
type Target interface {
	// Resolve says where on this engine that is what services mean: it fills in the plan's intents. Rendering comes after it.
	Resolve(*plan.Plan) diag.List
	// Command is the line of a shell, in the bundle's folder, that does a step of an operation.
	Command(plan.Step) string
	// Start is what starts the deployment for the first time: lines of a shell, in the bundle's folder.
	Start() []string
	// Renew is what brings a change of it into force, and ends what is no longer part of it.
	Renew() []string
	// Edits is where an edit of the user's is kept, in words; empty where Compose reads it.
	Edits() string
	// Images is where the images are once they are built.
	Images() Images
	// ReadsProject says whether Files needs the Compose project as it means when loaded.
	ReadsProject() bool
	// Files are what the engine reads, by path inside the bundle.
	Files(Blueprint) (map[string][]byte, diag.List)
	// Cluster reads back from a bundle's files what they tell the engine, to say what a change costs there. It is nil where they are
	// not for this engine, or Compose's own words say it all.
	Cluster(files map[string][]byte) (*diff.Cluster, error)
}

// Images are those that an engine has built and holds.
type Images interface {
	// Absent names those that are not there.
	Absent(ctx context.Context, names []string) ([]string, error)
	// Save writes some in the form that the command which Load names takes.
	Save(ctx context.Context, names []string, w io.Writer) error
	Load() string
	// Build is the command that makes them, in the bundle's folder, and brings them to where the machines take them from.
	Build() string
	// Read reads a file of an image.
	Read(ctx context.Context, name, file string) ([]byte, error)
}

// BuiltByDocker is a part of each target whose images `docker compose build` makes.
type BuiltByDocker struct{}

// Images are those of the engine that the docker command reaches.
func (BuiltByDocker) Images() Images { return engine.Images{} }

// PushedByDocker is that of targets whose machines take the images from a registry.
type PushedByDocker struct{}

// Images are those of the engine that the docker command reaches.
func (PushedByDocker) Images() Images { return pushed{} }

type pushed struct{ engine.Images }

// Build hands them on to the registry.
func (p pushed) Build() string { return p.Images.Build() + " && docker compose push" }

// Load hands them on to the registry.
func (p pushed) Load() string {
	return p.Images.Load() + "\n# The machines of the deployment take them from the registry.\ndocker compose push"
}

// A Blueprint is what a deployment is written from.
type Blueprint struct {
	Plan    *plan.Plan
	Compose *compose.Files
	Project *types.Project               // as Compose loads it: variables filled in, environments whole; nil for a target that does not read it
	Images  map[string]*dockerfile.Image // the Dockerfiles of those that it builds, by service
}
