package doctor

import "github.com/owgen/owgen/generator/diag"

// checkFiles repeats what is wrong with files that the input names: with those that images are built from, nothing
// starts; services wait for the others.
func (c *checkup) checkFiles() {
	for _, f := range c.Files {
		state := Problem
		if f.Severity == diag.Warning {
			state = Warning
		}
		c.add("files", state, f.Place()+f.Message, f.Hint)
	}
}
