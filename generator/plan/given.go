package plan

import (
	"path"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
)

// Given are the files and folders of the user's that the input names, wherever they lie but in secrets/ and custom/: a backup
// that is to make the bundle again needs them as well.
func (p *Plan) Given() []string {
	var out []string
	for _, n := range p.Needed {
		out = append(out, n.Path)
	}
	for _, s := range p.Secrets {
		if s.File != "" {
			out = append(out, s.File)
		}
	}
	return elsewhere(out)
}

// Sensitive are those of them in the bundle's folder that hold secrets, as patterns for git to ignore.
func (p *Plan) Sensitive() []string {
	var out []string
	for _, s := range p.Secrets {
		if s.File != "" && !s.Public {
			out = append(out, s.File)
		}
	}
	var patterns []string
	for _, file := range elsewhere(out) {
		if !path.IsAbs(file) && !strings.HasPrefix(file, "../") {
			patterns = append(patterns, "/"+escaped.Replace(file))
		}
	}
	return patterns
}

// escaped makes a name into a pattern of git's that means it.
var escaped = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, " ", `\ `)

// elsewhere are those paths, each once and in order, that lie in none of the bundle's own folders.
func elsewhere(paths []string) []string {
	var out []string
	for _, p := range paths {
		p = path.Clean(p)
		if !bundle.Within(p, bundle.SecretsFolder) && !bundle.Within(p, bundle.CustomFolder) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
