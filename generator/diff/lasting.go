package diff

import (
	"fmt"

	"github.com/owgen/owgen/generator/bundle"
)

// lasting adds what is known of settings that data was made with, which each side's manifest says.
func (c *comparison) lasting() {
	before, err := bundle.ReadManifest(c.old.Files[bundle.ManifestFile])
	after, failed := bundle.ReadManifest(c.new.Files[bundle.ManifestFile])
	if err != nil || failed != nil {
		return
	}
	for _, k := range c.options.Known {
		was, known := before.Lasting[k.Setting]
		is, still := after.Lasting[k.Setting]
		if k.Variable != "" || !known || !still || was == is || !c.new.has(k.Service) {
			continue
		}
		c.add(k.Service, k.Cost, fmt.Sprintf("%s: %q becomes %q: %s; where there are data, keep the old value, in %s: %s",
			k.Setting, was, is, k.Why, bundle.InputFile, bundle.Lasting{Key: k.Setting, Value: was}.Keep()))
	}
}
