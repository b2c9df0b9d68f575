// Package opening decides what a bundle's input is: in a folder that has an owgen.yaml, that file; and what else the
// command line says must agree with it, or be saved into it. The service folders are read once for all of it.
package opening

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/read"
)

// What can be wrong with where an input should be.
var (
	ErrNoBundle = errors.New("there is no owgen.yaml")
	ErrDangling = errors.New("it is a link that leads nowhere")
)

// A ContradictionError says that the command line wants something else than the bundle's own input.
type ContradictionError struct {
	File string
	Keys []string
}

func (e *ContradictionError) Error() string {
	return "the command line says otherwise than " + e.File + " about " + strings.Join(e.Keys, ", ")
}

// An Input is what a bundle is made from.
type Input struct {
	*generator.Prepared
	Source profile.Source
	// Read is what the bundle's owgen.yaml held; nil if there is none.
	Read []byte
	// Replaces says that the bundle's owgen.yaml is to be written anew.
	Replaces bool
}

// Generate makes the bundle.
func (in Input) Generate(ctx context.Context) (*generator.Deployment, diag.List) {
	return in.Prepared.Generate(ctx, in.Source)
}

// Own is the input of the bundle in a folder.
func Own(dir string) string { return filepath.Join(dir, bundle.InputFile) }

// Locate says where the input is that a name stands for: in a bundle's folder, or the name is a profile's or a file's.
// Dir is "" for those. It fails with ErrNoBundle for a folder that has none.
func Locate(name string) (input, dir string, err error) {
	if name == "" {
		name = "."
	}
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		return name, "", nil
	}
	if _, err := os.Stat(Own(name)); errors.Is(err, fs.ErrNotExist) {
		return Own(name), name, ErrNoBundle
	}
	return Own(name), name, nil
}

// ForBundle is the input of the bundle in dir. The source is what the command line says; without a profile in it, it is
// laid over what is there. Where both say different things it fails with a *ContradictionError, unless save is set.
// It fails with ErrNoBundle where neither the folder nor the source names anything.
func ForBundle(ctx context.Context, p *generator.Prepared, source profile.Source, dir string, save bool) (Input, error) {
	own := Own(dir)
	text, err := read.File(ctx, own, read.Profile)
	if errors.Is(err, fs.ErrNotExist) {
		switch _, err := os.Lstat(own); {
		case err == nil:
			return Input{}, ErrDangling
		case source.Profile == "":
			return Input{}, ErrNoBundle
		}
		return Input{Prepared: p, Source: source}, nil
	}
	if err == nil { // read once: what is saved stands on what was compared
		source.ReadFile = instead(source.ReadFile, own, text)
	}
	there := source
	there.Profile, there.Values, there.Set = own, nil, nil
	in := Input{Prepared: p, Source: there, Read: append([]byte{}, text...)} // not nil: it is there
	if source.Profile == "" && len(source.Values) == 0 && len(source.Set) == 0 {
		return in, nil
	}
	if source.Profile == "" {
		source.Profile = own
	}
	different, err := contradictions(p, there, source)
	if err != nil || len(different) == 0 {
		return in, err
	}
	if !save {
		return Input{}, &ContradictionError{own, different}
	}
	in.Replaces = true
	in.Source, err = merged(p, there, source, own)
	return in, err
}

// contradictions names the keys that an input sets to something else than the bundle's own input does.
func contradictions(p *generator.Prepared, there, given profile.Source) ([]string, error) {
	old, oldValues, found := p.Resolve(there)
	new, newValues, more := p.Resolve(given)
	if err := append(found, more...).Sort().Err(); err != nil {
		return nil, err
	}
	var out []string
	if old.Profile != new.Profile {
		out = append(out, "extends")
	}
	for _, d := range newValues.Schema().All() {
		v, _ := newValues.Get(d.Key)
		user := v.Origin.Layer == "file" || v.Origin.Layer == "--set"
		if user && newValues.String(d.Key) != oldValues.String(d.Key) {
			out = append(out, d.Key)
		}
	}
	return out, nil
}

// merged lays the given input over the bundle's own.
func merged(p *generator.Prepared, there, given profile.Source, own string) (profile.Source, error) {
	old, found := profile.Read(there)
	new, more := profile.Read(given)
	if err := append(found, more...).Sort().Err(); err != nil {
		return profile.Source{}, err
	}
	for _, layer := range new.Layers {
		if layer.File != own && (layer.Name == "file" || layer.Name == "--set") {
			old.Layers = append(old.Layers, layer)
		}
	}
	old.Profile = new.Profile
	text, err := profile.Encode(old, p.Schema())
	if err != nil {
		return profile.Source{}, diag.List{{Rule: "profile/encode", File: own, Message: err.Error()}}
	}
	there.ReadFile = instead(there.ReadFile, own, text)
	return there, nil
}

// instead reads a file's text from memory.
func instead(readFile func(string) ([]byte, error), own string, text []byte) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if name == own {
			return text, nil
		}
		return readFile(name)
	}
}
