// Package bundle is what a bundle consists of: its files, its manifest, and the names of its places. It knows nothing of
// how one is made.
package bundle

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/secret"
)

// A Bundle is what output writes, and what check and diff compare. It holds no secret's value.
type Bundle struct {
	// Files maps a slash-separated path inside the bundle to its content.
	Files map[string]File
	// Secrets lists what must lie in secrets/ before the bundle can start.
	Secrets []secret.Spec
	// Needed lists what else of the user's must be there before its images can be built.
	Needed []Needed
	// Lasting are the values that data is made with.
	Lasting []Lasting
	// Edits is where an edit of the user's is kept, in words; empty where it is as with Compose.
	Edits string
}

// Keeps is where an edit of the user's is kept.
func (b *Bundle) Keeps() string {
	return cmp.Or(b.Edits, InputFile+", "+CustomFolder+"/ or "+OverrideFile)
}

// Needed is a file or folder of the user's that images are built from, and which setting names it.
type Needed struct {
	Path   string // relative to the bundle or absolute
	Folder bool
	Asked  diag.Place
}

// Lasting is the value of a setting that data is made with on the first start: another one later leaves the data as it was.
type Lasting struct {
	Key   string
	Value string
	Why   string     // what another value does, as the setting's declaration says it
	Asked diag.Place // where the input gives it, or what it is derived from
}

// DataAtRisk is what another value costs, in the word that declarations of settings and comparisons have for it.
const DataAtRisk = "DATA AT RISK"

// Keep writes the value as owgen.yaml has it.
func (l Lasting) Keep() string {
	parts := strings.Split(l.Key, ".")
	quoted, err := json.Marshal(l.Value)
	if err != nil {
		panic(err) // a text always has a JSON form
	}
	out := parts[len(parts)-1] + ": " + string(quoted)
	for _, part := range slices.Backward(parts[:len(parts)-1]) {
		out = part + ": {" + out + "}"
	}
	return out
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

// Save makes the input one of the files that are written, where it is there already as well.
func (b *Bundle) Save() {
	input := b.Files[InputFile]
	input.Save = true
	b.Files[InputFile] = input
}
