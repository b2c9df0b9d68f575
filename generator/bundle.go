package generator

import (
	"io/fs"
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/secret"
)

// A Bundle is a whole deployment in memory: what output writes, what check and diff compare.
// It holds no secret's value.
type Bundle struct {
	// Files maps a slash-separated path inside the bundle to its content.
	Files map[string]File
	// Secrets lists what must lie in secrets/ before the bundle can start.
	Secrets []secret.Spec
	// Images counts the services that are only built, Services all of them.
	Images, Services int
	// Summary says in a few lines where the deployment is found; {bundle} stands for its folder.
	Summary string
	// Plan is what the files were made from.
	Plan *plan.Plan
	// Project is docker-compose.yml as Compose understands it.
	Project *types.Project
}

// A File is the content and mode of one generated file. A file that is to be written Once belongs
// to the user from then on: it is written where it is absent, and never compared or removed, unless
// the user asks to Save it.
type File struct {
	Data []byte
	Mode fs.FileMode
	Once bool
	Save bool
}

// Paths returns the paths of the generated files in order.
func (b *Bundle) Paths() []string { return slices.Sorted(maps.Keys(b.Files)) }

// Started counts the services that are started.
func (b *Bundle) Started() int { return b.Services - b.Images }

// InputPath is where a bundle keeps the user's input.
const InputPath = "owgen.yaml"
