// Package opening decides what a bundle's input is: in a folder that has an owgen.yaml, that file; and what else the
// command line says must agree with it, or be saved into it. The service folders are read once for all of it.
package opening

import (
	"cmp"
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

// Why there is no input.
var (
	ErrNoBundle      = errors.New("there is no owgen.yaml")
	ErrDangling      = errors.New("owgen.yaml is a link that leads nowhere")
	ErrWithin        = errors.New("a bundle in a bundle")
	ErrContradiction = errors.New("the command line says otherwise than owgen.yaml")
)

// A RefusedError says why there is no input where a user looks for it, and what to do.
type RefusedError struct {
	Reason        error // one of those above
	Message, Hint string
}

func (e *RefusedError) Error() string { return e.Message }

// Unwrap gives the reason.
func (e *RefusedError) Unwrap() error { return e.Reason }

// Own is the input of the bundle in a folder.
func Own(dir string) string { return filepath.Join(dir, bundle.InputFile) }

// Existing asks for the bundle that is in a folder, whatever the profile of the request.
func Existing(request generator.Request, dir string) (generator.Request, error) {
	request.Source.Profile = Own(dir)
	if _, err := os.Stat(Own(dir)); err != nil {
		return request, &RefusedError{ErrNoBundle, "there is no " + Own(dir), "name the folder of a bundle; `owgen generate PROFILE -o " + dir + "` makes one"}
	}
	return request, nil
}

// Named asks for what a name stands for: the bundle in the folder of that name, or else a profile or a file; no name is the
// bundle in this folder. The folder is "" where it is none.
func Named(request generator.Request, name string) (asked generator.Request, dir string, err error) {
	name = cmp.Or(name, ".")
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		request.Source.Profile = name
		return request, "", nil
	}
	request.Source.Profile = Own(name)
	if _, err := os.Stat(Own(name)); errors.Is(err, fs.ErrNotExist) {
		return request, name, &RefusedError{ErrNoBundle, "there is no " + Own(name), "name the folder of a bundle, or a profile (`owgen list` shows them)"}
	}
	return request, name, nil
}

// Opened is what a bundle is made from.
type Opened struct {
	*generator.Prepared
	Source profile.Source
	// Read is what the bundle's owgen.yaml held; nil if there is none.
	Read []byte
	// Replaces says that the bundle's owgen.yaml is to be written anew.
	Replaces bool
}

// Generate makes the bundle.
func (o Opened) Generate(ctx context.Context) (*generator.Deployment, diag.List) {
	return o.Prepared.Generate(ctx, o.Source)
}

// ForBundle opens the bundle in dir, which may be a new one. The source of the request is what the command line says;
// without a profile in it, it is laid over what is there. Where both say different things that is refused, unless save is set.
func ForBundle(ctx context.Context, request generator.Request, dir string, save bool) (Opened, error) {
	prepared, found := generator.Prepare(request.Catalog...)
	if found.Err() != nil { // what is wrong with the input is said as well
		source := request.Source
		source.Profile = cmp.Or(source.Profile, Own(dir))
		_, _, more := prepared.Resolve(source)
		found.Add(more...)
		return Opened{}, found.Sort().Err()
	}
	return open(ctx, prepared, request.Source, dir, save)
}

// open is ForBundle with a catalogue that is in order.
func open(ctx context.Context, p *generator.Prepared, source profile.Source, dir string, save bool) (Opened, error) {
	own := Own(dir)
	text, err := read.File(ctx, own, read.Profile)
	if errors.Is(err, fs.ErrNotExist) {
		if outer := around(dir); outer != "" {
			return Opened{}, &RefusedError{ErrWithin, dir + " would be a bundle in the bundle in " + outer,
				"`owgen generate -o " + outer + "` repeats that one, with --save where flags say otherwise than before; another one needs a folder beside it, such as -o " + filepath.ToSlash(filepath.Join(outer, "..", filepath.Base(dir)))}
		}
		return Opened{Prepared: p, Source: source}, absent(own, source)
	}
	if err == nil { // read once: what is saved stands on what was compared
		source.ReadFile = instead(source.ReadFile, own, text)
	}
	there := source
	there.Profile, there.Values, there.Set = own, nil, nil
	opened := Opened{Prepared: p, Source: there, Read: append([]byte{}, text...)} // not nil: it is there
	if source.Profile == "" && len(source.Values) == 0 && len(source.Set) == 0 {
		return opened, nil
	}
	source.Profile = cmp.Or(source.Profile, own)
	different, err := contradictions(p, there, source)
	if err != nil || len(different) == 0 {
		return opened, err
	}
	if !save {
		return Opened{}, &RefusedError{ErrContradiction, "the command line says otherwise than " + own + " about " + strings.Join(different, ", "),
			"edit the file and run `owgen generate` there, or add --save to write it into the file; --dry-run, or `owgen diff` with the same flags, says before what it does"}
	}
	opened.Replaces = true
	opened.Source, err = merged(p, there, source, own)
	return opened, err
}

// absent says what is wrong where a folder has no input: nothing, if the command line gives one.
func absent(own string, source profile.Source) error {
	switch _, err := os.Lstat(own); {
	case err == nil:
		return &RefusedError{ErrDangling, own + " is a link that leads nowhere", "mend the link, or remove it"}
	case source.Profile == "":
		return &RefusedError{ErrNoBundle, "there is no " + own + " to repeat", "name a profile: owgen generate single-server -o bundle (`owgen list` shows them)"}
	}
	return nil
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
		out = append(out, old.Word)
	}
	for _, d := range newValues.Schema().All() {
		v, _ := newValues.Get(d.Key)
		if v.Written() && newValues.String(d.Key) != oldValues.String(d.Key) {
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

// around is the bundle in which a new one would lie, as seen from here: who types the first command once more inside of a bundle
// does not mean that.
func around(dir string) string {
	for above := filepath.Dir(filepath.Clean(dir)); filepath.IsLocal(dir) && filepath.Clean(dir) != "."; above = filepath.Dir(above) {
		if _, err := os.Stat(filepath.Join(above, bundle.ManifestFile)); err == nil {
			return above
		}
		if above == "." {
			break
		}
	}
	return ""
}
