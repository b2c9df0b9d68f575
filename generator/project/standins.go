package project

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
)

// StandIns are the values that take the place of required variables that are not set, so that all else can be looked
// at. What is said of one of them is said of nothing that anybody wrote.
func StandIns() []string {
	return []string{"64999", "./stand-in", "64999s", "192.0.2.249", "192.0.2.248/29", "true"}
}

// Mentions tells whether a message is about a stand-in.
func (r *Reading) Mentions(message string) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(r.standIns)), func(value string) bool {
		return value != "true" && strings.Contains(message, strings.TrimPrefix(value, "./"))
	})
}

// findMissing reports each ${NAME:?text} whose variable is not set, at its own line, and chooses a stand-in for it.
func (r *Reading) findMissing(ctx context.Context) {
	places := map[string][]*Trail{}
	r.Scalars(func(at *Trail, node *yaml.Node) {
		if !strings.Contains(node.Value, "?") {
			return
		}
		for _, missing := range r.missingIn(node.Value) {
			offset := 0
			for _, v := range Variables(node.Value) {
				if v.Name == missing.Variable {
					offset = v.Offset
				}
			}
			r.Missing.Add(r.missingFinding(missing, r.PlaceIn(at, node, offset)))
			places[missing.Variable] = append(places[missing.Variable], at)
		}
	})
	r.standIns = map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(places)) {
		r.standIns[name] = StandIns()[0]
	}
	for _, name := range slices.Sorted(maps.Keys(places)) {
		r.chooseStandIn(ctx, name, places[name])
	}
}

// missingIn lists the required variables of a value that are not set.
func (r *Reading) missingIn(value string) []*template.MissingRequiredError {
	var all []*template.MissingRequiredError
	given := map[string]string{}
	for {
		_, err := substitute(value, func(name string) (string, bool) {
			if stand, ok := given[name]; ok {
				return stand, true
			}
			return lookupIn(r.Variables)(name)
		})
		var missing *template.MissingRequiredError
		if !errors.As(err, &missing) || given[missing.Variable] != "" {
			return all
		}
		given[missing.Variable] = StandIns()[0]
		all = append(all, missing)
	}
}

func (r *Reading) missingFinding(missing *template.MissingRequiredError, place Place) diag.Finding {
	f := place.Finding("${" + missing.Variable + "} is not defined")
	if _, set := r.Variables[missing.Variable]; set {
		f.Message = "${" + missing.Variable + "} is empty"
	}
	if missing.Reason != "" {
		f.Message += ": " + missing.Reason
	}
	f.Rule, f.Hint = "undefined-variable", Nearest(missing.Variable, r.Variables)
	if f.Hint == "" {
		f.Hint = Fix(f.Rule)
	}
	return f
}

// chooseStandIn takes the first that compose-go accepts wherever the variable is used: a port is a number, a time has
// a unit, and what is mounted is a path.
func (r *Reading) chooseStandIn(ctx context.Context, name string, places []*Trail) {
	candidates := StandIns()
	if slices.ContainsFunc(places, func(at *Trail) bool { return at.Under("volumes") }) {
		candidates[0], candidates[1] = candidates[1], candidates[0]
	}
	for _, candidate := range candidates {
		r.standIns[name] = candidate
		if !slices.ContainsFunc(places, func(at *Trail) bool { return !r.loadsAlone(ctx, at) }) {
			return
		}
	}
	r.standIns[name] = candidates[0]
}

// loadsAlone tells whether the attribute of a service, or the network, volume, secret or config that something lies
// in, can be loaded by itself.
func (r *Reading) loadsAlone(ctx context.Context, at *Trail) bool {
	path := at.Keys()
	if len(path) < 2 {
		return true
	}
	config := map[string]any{"services": map[string]any{"nobody": map[string]any{"image": "none"}}}
	switch {
	case path[0] == "services" && len(path) > 2:
		service := map[string]any{"image": "none"}
		service[path[2]] = decode(r.Node(path[:3]...))
		config["services"] = map[string]any{path[1]: service}
	case path[0] != "services":
		config[path[0]] = map[string]any{path[1]: decode(r.Node(path[:2]...))}
	}
	_, err := r.load(ctx, r.Sources, []types.ConfigFile{{Filename: r.File, Config: config}}, inconsistent)
	return err == nil
}

// substitute is compose-go's own, with stand-ins for required variables. One that is met in a file that the project
// draws in has no place here; it is reported without a line.
func (r *Reading) substitute(value string, mapping template.Mapping) (string, error) {
	if !strings.Contains(value, "$") {
		return value, nil
	}
	for {
		text, err := substitute(value, func(name string) (string, bool) {
			value, ok := mapping(name)
			if stand, standing := r.standIns[name]; standing && value == "" {
				return stand, true
			}
			return value, ok
		})
		var missing *template.MissingRequiredError
		if r.standIns == nil || !errors.As(err, &missing) || r.standIns[missing.Variable] != "" {
			return text, err
		}
		r.standIns[missing.Variable] = StandIns()[0]
		f := r.missingFinding(missing, Place{File: r.File})
		f.Message += " (in a file that is included or extended)"
		r.Missing.Add(f)
	}
}
