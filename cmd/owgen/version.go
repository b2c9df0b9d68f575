package main

import (
	"fmt"

	"github.com/owgen/owgen/generator"
)

type versionCmd struct{}

// Run prints the version alone, for scripts.
func (versionCmd) Run(t *terminal) error {
	_, err := fmt.Fprintln(t.out, generator.Version)
	return err
}
