package generator

import (
	"fmt"
	"testing"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator/catalog"
)

// No setting came with a version that is not out: runbooks and the reference say "since".
func TestSettingsCameWithThisVersionOrBefore(t *testing.T) {
	number := func(text string) int {
		var major, minor int
		if _, err := fmt.Sscanf(text, "%d.%d", &major, &minor); err != nil {
			t.Fatalf("%q is no version: %v", text, err)
		}
		return major*1000 + minor
	}
	c, found := catalog.Read(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	for _, d := range c.Settings() {
		if number(d.Since) > number(Version) {
			t.Errorf("%s came with %s, and this is %s", d.Key, d.Since, Version)
		}
	}
}
