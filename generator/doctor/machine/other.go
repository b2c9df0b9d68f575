//go:build !linux

package machine

import (
	"errors"

	"github.com/owgen/owgen/generator/doctor"
)

var errNotHere = errors.New("only Linux tells")

// Routes are those of another kernel than the containers'.
func (Machine) Routes() ([]doctor.Route, error) { return nil, errNotHere }

func inTables(string, string, int64) error { return errNotHere }

// Memory is the virtual machine's business.
func (Machine) Memory() (uint64, error) { return 0, errNotHere }

// Free is the virtual machine's business.
func (Machine) Free(string) (uint64, error) { return 0, errNotHere }

// Synchronized is up to the system.
func (Machine) Synchronized() (bool, error) { return false, errNotHere }
