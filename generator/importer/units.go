package importer

import (
	"math"
	"strconv"
	"strings"

	"github.com/owgen/owgen/generator/lazy"
)

// units gives each unit's size, in bytes or in milliseconds.
var units = map[string]struct {
	size float64
	kind byte
}{
	"bytes": {1, 'b'}, "KiB": {1 << 10, 'b'}, "MiB": {1 << 20, 'b'}, "GiB": {1 << 30, 'b'},
	"ms": {1, 't'}, "s": {1e3, 't'}, "seconds": {1e3, 't'}, "min": {6e4, 't'}, "minutes": {6e4, 't'}, "hours": {36e5, 't'}, "days": {864e5, 't'},
}

var withSuffix = lazy.Regexp(`^([0-9]+)([kKmMgG])[bB]?$`)

// inUnit converts a number from one unit to another, rounding up. A suffix says its own unit. What it does not
// understand stays as it is, for the check that follows.
func inUnit(text, from, to string) string {
	if match := withSuffix().FindStringSubmatch(text); match != nil && units[to].kind == 'b' {
		text, from = match[1], map[string]string{"k": "KiB", "m": "MiB", "g": "GiB"}[strings.ToLower(match[2])]
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || from == "" || units[from].kind == 0 || units[from].kind != units[to].kind {
		return text
	}
	return strconv.FormatFloat(math.Ceil(n*units[from].size/units[to].size), 'f', -1, 64)
}
