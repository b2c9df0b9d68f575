package main

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/reference"
	"github.com/owgen/owgen/profiles"
)

type listCmd struct {
	What  string `arg:"" optional:"" enum:"profiles,services,settings,capabilities,rules,nodes" default:"profiles" help:"profiles, services, settings, capabilities, rules or nodes"`
	Input string `arg:"" optional:"" name:"dir|profile" help:"For nodes: a bundle's folder, a profile's name, or a file. Nothing: the bundle in this folder."`
	inputFlags
	jsonFlag
}

// row is one line of a list, in text and in JSON.
type row struct {
	Name        string   `json:"name"`
	Kind        string   `json:"kind,omitempty"`
	Default     string   `json:"default,omitempty"`
	Unit        string   `json:"unit,omitempty"`
	Values      []string `json:"values,omitempty"`
	Env         string   `json:"env,omitempty"`
	Description string   `json:"description"`
}

// Run prints the list to standard output.
func (c listCmd) Run(ctx context.Context, t *terminal) error {
	if c.What == "nodes" {
		return c.nodes(ctx, t)
	}
	if c.Input != "" || len(c.Values)+len(c.Set) > 0 {
		return usageError{"a list of " + c.What + " is about no bundle", "owgen list nodes DIR is"}
	}
	rows, err := c.rows(ctx, t)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(t.out, rows)
	}
	return t.table(columns(c.What, rows))
}

// columns are what a list shows of its rows.
func columns(what string, rows []row) [][]string {
	var lines [][]string
	for _, r := range rows {
		switch what {
		case "profiles":
			lines = append(lines, []string{r.Name, r.Description})
		case "settings":
			lines = append(lines, []string{r.Name, r.Kind, r.Default, r.Description})
		default: // what has no default
			lines = append(lines, []string{r.Name, r.Kind, r.Description})
		}
	}
	return lines
}

func (c listCmd) rows(ctx context.Context, t *terminal) ([]row, error) {
	var rows []row
	if c.What == "profiles" {
		for _, name := range profile.Names(profiles.FS) {
			rows = append(rows, row{Name: name, Description: profile.Summary(profiles.FS, name)})
		}
		return rows, nil
	}
	if c.What == "rules" {
		for _, rule := range lint.Rules() {
			rows = append(rows, row{Name: rule.ID, Kind: rule.Severity.String(), Description: rule.Summary})
		}
		return rows, nil
	}
	services, found := catalog.Read(c.layers(ctx)...)
	if err := found.Err(); err != nil {
		return nil, err
	}
	if c.What == "services" {
		for _, s := range services.Services {
			rows = append(rows, row{Name: s.Name, Kind: s.Role, Description: s.Summary})
		}
		return rows, nil
	}
	if c.What == "capabilities" {
		return capabilityRows(services), nil
	}
	values, err := generator.Defaults(services)
	if err != nil {
		return nil, err
	}
	for _, d := range values.Schema().All() {
		rows = append(rows, row{Name: d.Key, Kind: string(d.Type), Default: reference.OneLine(values.String(d.Key)), Unit: d.Unit, Values: d.Values, Env: d.Env, Description: reference.OneLine(d.Description)})
	}
	return rows, nil
}

// capabilityRows lists what services give each other, with who provides it and who needs it.
func capabilityRows(c *catalog.Catalog) []row {
	providers, clients := map[string][]string{}, map[string][]string{}
	for _, s := range c.Services {
		for _, p := range s.Provides {
			providers[p.Capability] = append(providers[p.Capability], s.Name)
		}
		for _, r := range s.Requires {
			if !slices.Contains(clients[r.Capability], s.Name) {
				clients[r.Capability] = append(clients[r.Capability], s.Name)
			}
		}
	}
	var rows []row
	for _, name := range slices.Sorted(maps.Keys(providers)) {
		text := "for " + strings.Join(clients[name], ", ")
		if len(clients[name]) == 0 {
			text = "for nobody yet"
		}
		rows = append(rows, row{Name: name, Kind: strings.Join(providers[name], ", "), Description: text})
	}
	return rows
}
