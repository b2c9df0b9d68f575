package main

import (
	"testing"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/settings"
)

// Each engine that bundles can be written for can be asked.
func TestEachTargetHasAnEngine(t *testing.T) {
	services, found := catalog.Read(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	schema, more := settings.NewSchema(services.Settings())
	if err := append(found, more...).Err(); err != nil {
		t.Fatal(err)
	}
	targets := schema.Lookup("target").Values
	for _, name := range targets {
		if engines("")[name] == nil {
			t.Errorf("doctor knows no engine for the target %s", name)
		}
	}
	if len(targets) != len(engines("")) {
		t.Errorf("%d targets, and %d engines", len(targets), len(engines("")))
	}
}
