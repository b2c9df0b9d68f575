package catalog

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lazy"
	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/settings"
	"github.com/owgen/owgen/generator/yamltext"
)

// Shared is the folder of what belongs to no single service: global settings, networks, and the
// templates of the bundle's own files.
const Shared = "_shared"

// A Catalog is every service folder, and what they share.
type Catalog struct {
	Services []*Definition // by name
	Networks []Network     // by their index
	Global   []*settings.Setting
	Refused  []settings.Contradiction     // of all services, as well as the global ones
	Bundle   map[string][]byte            // the templates of _shared/bundle, by path inside it
	Targets  map[string]map[string][]byte // and those of _shared/TARGET, which only bundles for that engine have
	Summary  []byte                       // the template of what is said after a bundle was made
	Sizing   []byte                       // what devices ask for, and what sizes bear
	Dropped  map[string][]Dropped         // by the way of installing that had them
	Kinds    []Kind                       // the ways of installing, in the order in which they are looked for
}

// Fixed addresses are the numbers in the upper half of a network's 256, which no engine gives out.
const (
	FirstFixed = 128
	LastFixed  = 254
)

// A Network is a network of the bundle. Internal ones have no way out.
type Network struct {
	Name     string `yaml:"name"`
	Index    *int   `yaml:"index"` // which /24 of the pool it has, from 0: it keeps its subnet whatever is added or removed
	Internal bool   `yaml:"internal"`
	Egress   bool   `yaml:"egress"` // the way out of services that call others; nobody listens on it
	Asks     bool   `yaml:"asks"`   // of one service that asks others through the edge, which joins it too, and of nobody else
	Comment  string `yaml:"comment"`
}

// Read reads the catalogue from the layers, lowest first; a file in a higher layer replaces the
// same file below it. Names are the layers' names in findings.
func Read(layers ...Layer) (*Catalog, diag.List) {
	files, networks, err := merge(layers)
	if err != nil {
		return &Catalog{}, diag.List{{Rule: "catalog/unreadable", Message: err.Error(), Hint: "check the folder given with --catalog"}}
	}
	c := &Catalog{Bundle: map[string][]byte{}}
	found := c.readFolders(files)
	for _, f := range networks {
		found.Add(c.addNetworks(f)...)
	}
	slices.SortFunc(c.Services, func(a, b *Definition) int { return strings.Compare(a.Name, b.Name) })
	c.copyFiles()
	found.Add(c.check()...)
	return c, found
}

// A Layer is one root of service folders.
type Layer struct {
	Name string // shown before the path in findings
	FS   fs.FS
}

type file struct {
	data   []byte
	origin string // as findings show it
}

type tree map[string]file

// merge lays the layers over one another. Networks are not files that replace one another: those of all layers count.
func merge(layers []Layer) (files tree, networks []file, err error) {
	files = tree{}
	for _, layer := range layers {
		err := fs.WalkDir(layer.FS, ".", func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.Contains(p, "/") {
				return err
			}
			data, err := fs.ReadFile(layer.FS, p)
			files[p] = file{data, path.Join(layer.Name, p)}
			if p == Shared+"/networks.yaml" {
				networks = append(networks, files[p])
			}
			return err
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return files, networks, nil
}

func (t tree) folders() []string {
	var out []string
	for p := range t {
		folder, _, _ := strings.Cut(p, "/")
		out = append(out, folder)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// below returns the files of a folder, by their path inside it.
func (t tree) below(folder string) map[string][]byte {
	out := map[string][]byte{}
	prefix := folder + "/"
	for p, f := range t {
		if rest, ok := strings.CutPrefix(p, prefix); ok {
			out[rest] = f.data
		}
	}
	return out
}

// readFolders reads what is shared and the services side by side, on all cores.
func (c *Catalog) readFolders(files tree) diag.List {
	folders := files.folders()
	services, found := make([]*Definition, len(folders)), make([]diag.List, len(folders))
	var group sync.WaitGroup
	for i, folder := range folders {
		if folder == Shared {
			group.Go(func() { c.readShared(files, &found[i]) })
		} else if _, ok := files[folder+"/service.yaml"]; ok && !strings.HasPrefix(folder, "_") { // _example is to be copied
			group.Go(func() { services[i] = readService(files, folder, &found[i]) })
		}
	}
	group.Wait()
	for _, s := range services {
		if s != nil {
			c.Refused = append(c.Refused, s.Contradictions...)
			c.Services = append(c.Services, s)
		}
	}
	return slices.Concat(found...)
}

func (c *Catalog) readShared(files tree, found *diag.List) {
	c.Bundle = files.below(Shared + "/bundle")
	c.Targets = map[string]map[string][]byte{}
	for p := range files {
		if name, _, ok := strings.Cut(strings.TrimPrefix(p, Shared+"/"), "/"); ok && strings.HasPrefix(p, Shared+"/") && name != "bundle" && name != "lists" && c.Targets[name] == nil {
			c.Targets[name] = files.below(Shared + "/" + name)
		}
	}
	c.Summary = files[Shared+"/summary.txt.tmpl"].data
	c.Sizing = files[Shared+"/sizing.yaml"].data
	if f, ok := files[Shared+"/settings.yaml"]; ok {
		var shared struct {
			Settings       []*settings.Setting      `yaml:"settings"`
			Contradictions []settings.Contradiction `yaml:"contradictions"`
		}
		if err := decode(f.data, &shared); err != nil {
			found.Add(unreadable(f.origin, err)...)
		}
		for _, s := range shared.Settings {
			s.File = f.origin
		}
		files.readLists(Shared, shared.Settings, found)
		c.Refused = append(c.Refused, shared.Contradictions...)
		c.Global = append(c.Global, shared.Settings...)
	}
	c.readImported(files, found)
}

// readService returns nil for what cannot be read.
func readService(files tree, folder string, found *diag.List) *Definition {
	f := files[folder+"/service.yaml"]
	s := &Definition{Folder: folder, Name: folder, File: f.origin}
	if err := decode(f.data, s); err != nil {
		found.Add(unreadable(f.origin, err)...)
		return nil
	}
	for _, d := range s.Settings {
		d.File, d.Owner = f.origin, s.Name
	}
	files.readLists(folder, s.Settings, found)
	s.Files = files.below(folder)
	delete(s.Files, "service.yaml")
	return s
}

func decode(data []byte, into any) error {
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// readLists gives settings the lists that their readers have.
func (t tree) readLists(folder string, list []*settings.Setting, found *diag.List) {
	for _, d := range list {
		if d.OneOf == "" {
			continue
		}
		f, ok := t[folder+"/lists/"+d.OneOf]
		if !ok {
			found.Add(diag.Finding{Rule: "catalog/unknown-list", File: d.File, Path: d.Key, Message: "there is no list " + d.OneOf,
				Hint: "its names stand in " + folder + "/lists/" + d.OneOf + ", one a line"})
			continue
		}
		d.Known = settings.ParseVocabulary(f.origin, f.data)
	}
}

// keyBeforeReplaces tells what replaces stood in before.
var keyBeforeReplaces = lazy.Regexp(`^field (was|ansible) not found`)

// unreadable turns a YAML error into findings, one a line of it.
func unreadable(file string, err error) diag.List {
	var found diag.List
	for _, p := range yamltext.Split(err) {
		hint := "CONTRIBUTING.md describes the format"
		if match := keyBeforeReplaces().FindStringSubmatch(p.Message); match != nil {
			hint = "write replaces: {" + map[string]string{"was": replaces.Docker, "ansible": replaces.Ansible}[match[1]] + ": ...}"
		}
		found.Add(diag.Finding{Rule: "catalog/unreadable", File: file, Line: p.Line, Message: p.Message, Hint: hint})
	}
	return found
}

// Service returns the service of that name, or nil.
func (c *Catalog) Service(name string) *Definition {
	i, ok := slices.BinarySearchFunc(c.Services, name, func(s *Definition, n string) int { return strings.Compare(s.Name, n) })
	if !ok {
		return nil
	}
	return c.Services[i]
}

// Providers returns the services that provide a capability.
func (c *Catalog) Providers(capability string) []*Definition {
	var out []*Definition
	for _, s := range c.Services {
		if s.Provided(capability) != nil {
			out = append(out, s)
		}
	}
	return out
}

// Provided returns the service's capability of that name, or nil.
func (s *Definition) Provided(name string) *Capability {
	for i := range s.Provides {
		if s.Provides[i].Capability == name {
			return &s.Provides[i]
		}
	}
	return nil
}
