package project

import (
	"maps"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/secret"
	guessable "github.com/owgen/owgen/generator/secret/known"
)

// leastSecret is the length from which a value is looked for: a shorter one stands in other words by chance.
const leastSecret = 6

// Discreet puts the names of variables in place of their values, in what findings say, where they are secrets. A compose file may come
// with a pull request, and what it names wrongly with ${TOKEN} would show what the machine that checks it has in its environment, or in a
// file to which .env leads there.
func (r *Reading) Discreet(found diag.List) diag.List {
	var pairs []string
	for _, name := range slices.SortedFunc(maps.Keys(r.Variables), func(a, b string) int { // a value may be a part of another
		if d := len(r.Variables[b]) - len(r.Variables[a]); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	}) {
		value := r.Variables[name]
		named := secret.Named(name) && name != "PWD" && name != "OLDPWD" // which shells set, to folders
		if len(value) >= leastSecret && (secret.Bare(value) || named && secret.Valued(value) && !guessable.Value(value)) {
			pairs = append(pairs, value, "${"+name+"}")
		}
	}
	if len(pairs) == 0 {
		return found
	}
	hidden := strings.NewReplacer(pairs...)
	for i, f := range found {
		found[i].Message, found[i].Hint = hidden.Replace(f.Message), hidden.Replace(f.Hint)
	}
	return found
}
