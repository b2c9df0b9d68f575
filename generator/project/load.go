package project

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/consts"
	"github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/schema"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/tree"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/read"
)

// Warm makes compose-go compile its schema, half of what the first load of a program takes. Called in the
// background as soon as it is clear that something will be loaded, it costs no time where there are two cores.
func Warm() { _ = schema.Validate(map[string]any{}) }

// Load reads a project for who needs no places. It is nil if it has a fault that leaves no usable project;
// with other errors what is left is returned along with them.
func Load(ctx context.Context, s Sources) (*types.Project, diag.List) {
	r, found := Read(ctx, s)
	if r.Refused != nil {
		found.Add(*r.Refused)
	}
	found.Add(r.Missing...)
	return r.Loaded, r.Discreet(found).Sort()
}

// Read loads a project with compose-go as `docker compose` would, with all profiles on, paths kept relative and
// nothing resolved from outside the sources. Where compose-go stops at the first fault, in random order, Read goes on
// and reports each of them, in the order of their lines. The document is parsed while compose-go loads.
func Read(ctx context.Context, s Sources) (*Reading, diag.List) {
	if !s.Valid {
		go Warm()
	}
	r := &Reading{Sources: s}
	var found diag.List
	r.Variables, found = s.environment()
	r.Variables[consts.ComposeProjectName] = s.name(r.Variables)
	if tooMany := s.tooMany(r.Variables); len(tooMany) > 0 {
		found.Add(tooMany...)
		return r, found.Sort()
	}
	parsed := make(chan struct{})
	go func() {
		defer close(parsed)
		r.readDocument()
	}()
	loaded, err := r.load(ctx, s, s.whole(), nil)
	<-parsed
	if err != nil && slices.ContainsFunc(s.texts(), func(text Text) bool { return Parse(text.Data) == nil }) {
		var faults diag.List
		r.Sources, faults = r.withoutSyntaxFaults()
		found.Add(faults...)
		s = r.Sources
		r.readDocument()
		loaded, err = r.load(ctx, s, s.whole(), nil)
	}
	if err != nil {
		r.findMissing(ctx)
		if loaded, err = r.load(ctx, s, s.whole(), nil); err != nil {
			found.Add(r.loadLoosely(ctx, err)...)
			loaded = r.Loaded
		}
	}
	if r.Loaded = loaded; loaded != nil {
		found.Add(r.readEnvFiles()...)
		found.Add(r.resolve(ctx)...)
	}
	return r, found.Sort()
}

// loadLoosely loads a project that compose-go does not accept: without a look at its references, which is enough for
// who looks at them better, or without what is wrong.
func (r *Reading) loadLoosely(ctx context.Context, err error) diag.List {
	var looseErr error
	if r.Loaded, looseErr = r.load(ctx, r.Sources, r.whole(), inconsistent); looseErr == nil {
		fault := r.fault(err)
		r.Refused = &fault
		return nil
	}
	return r.repair(ctx, looseErr)
}

// inconsistent lets a project with wrong references pass.
func inconsistent(o *loader.Options) { o.SkipConsistencyCheck = true }

// faulty is the one of the compose files that cannot be loaded, with its error: the first, where it is not
// clear which.
func (r *Reading) faulty(ctx context.Context, s Sources, err error) (*Reading, error) {
	alone := func(text Text) *Reading {
		one := &Reading{Sources: s, Variables: r.Variables, Document: Parse(text.Data), standIns: r.standIns}
		one.File, one.Compose, one.Overrides = text.Name, text.Data, nil
		return one
	}
	if len(s.Overrides) > 0 {
		for _, text := range s.texts() {
			one := alone(text)
			if _, err := one.load(ctx, one.Sources, one.whole(), inconsistent); err != nil {
				return one, err
			}
		}
	}
	return alone(Text{s.File, s.Compose}), err
}

// whole are the compose files as compose-go takes them.
func (s Sources) whole() []types.ConfigFile {
	var files []types.ConfigFile
	for _, text := range s.texts() {
		files = append(files, types.ConfigFile{Filename: text.Name, Content: text.Data})
	}
	return files
}

// load calls compose-go. It must not bring owgen down, so a panic in there becomes an error.
func (r *Reading) load(ctx context.Context, s Sources, files []types.ConfigFile, option func(*loader.Options)) (project *types.Project, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			project, err = nil, fmt.Errorf("compose-go cannot load this file: %v", fault)
		}
	}()
	for _, file := range files {
		if s.Dir == "" {
			break
		}
		if err := r.includes(ctx, file.Content, s.Dir); err != nil {
			return nil, err
		}
	}
	// A copy, because the loader adds the project's name to the map that it is given.
	details := types.ConfigDetails{WorkingDir: s.Dir, ConfigFiles: files, Environment: maps.Clone(r.Variables)}
	name := s.name(r.Variables)
	details.Environment[consts.ComposeProjectName] = name
	options := func(o *loader.Options) {
		o.SetProjectName(name, true) // spares a second parse of the file, for the name alone
		o.Profiles = []string{"*"}
		o.ResolvePaths = false
		o.SkipValidation = s.Valid
		o.Interpolate.Substitute = r.within(dotenv.MostExpanded)
		o.SkipResolveEnvironment, o.SkipResolveLabels = true, true // resolve does it
		if s.Dir == "" || !s.drawsIn() {
			if r.casts == nil { // parts of the project are loaded as well, one by one
				r.casts = s.casts(o.Interpolate.TypeCastMapping)
			}
			o.Interpolate.TypeCastMapping = r.casts
		}
		if s.Dir == "" {
			o.ResourceLoaders = append(o.ResourceLoaders, nothing{})
		} else {
			o.ResourceLoaders = append(o.ResourceLoaders, weighed{bounded{s.Dir}, map[string]error{}, new(int)})
		}
		if option != nil {
			option(o)
		}
	}
	return loader.LoadWithContext(ctx, details, options)
}

// resolve reads what label_file names, and lets compose-go read what env_file does, once it is known that this comes to an end, and
// reports what cannot be read. The env_files of sources that have their texts are left to readEnvFiles.
func (r *Reading) resolve(ctx context.Context) diag.List {
	if r.Dir == "" {
		return nil
	}
	var found diag.List
	readable := func(service, file string, required bool) bool {
		name := (bounded{r.Dir}).at(file)
		err := read.Check(name, read.Text)
		if err == nil {
			_, err = os.Stat(name)
		}
		if err != nil && required {
			found.Add(r.unreadable(err, file, "services", service, "env_file", file))
		}
		return err == nil
	}
	for _, name := range slices.Sorted(maps.Keys(r.Loaded.Services)) {
		s := r.Loaded.Services[name]
		if r.EnvFiles == nil {
			s.EnvFiles = slices.DeleteFunc(s.EnvFiles, func(file types.EnvFile) bool { return !readable(name, file.Path, bool(file.Required)) })
		}
		r.Loaded.Services[name] = s
	}
	found.Add(r.readLabelFiles(ctx)...)
	if r.EnvFiles != nil {
		return found
	}
	project, err := r.Loaded.WithServicesEnvironmentResolved(false)
	if err != nil {
		found.Add(r.fault(err))
		return found
	}
	r.Loaded = project
	return found
}

// unreadable is a finding about a file that is named somewhere.
func (r *Reading) unreadable(err error, file string, path ...string) diag.Finding {
	f := r.Finding("there is no file "+file, path...)
	if !errors.Is(err, fs.ErrNotExist) {
		f.Message = file + " cannot be read: " + err.Error()
	}
	f.Rule, f.Hint = "compose-invalid", "correct the path, which is relative to the compose file"
	return f
}

// casts keeps those of compose-go's casts that the file can have a use for: it tries each of its 180 on every
// value, which is a third of its time, although few of the attributes are there.
func (s Sources) casts(all map[tree.Path]interpolation.Cast) map[tree.Path]interpolation.Cast {
	text := ""
	for _, file := range s.texts() {
		text += string(file.Data)
	}
	return maps.Collect(func(yield func(tree.Path, interpolation.Cast) bool) {
		for path, cast := range all {
			possible := true
			for _, part := range path.Parts() {
				possible = possible && (part == tree.PathMatchAll || part == tree.PathMatchList || mayBeKey(text, part))
			}
			if possible && !yield(path, cast) {
				return
			}
		}
	})
}

// drawsIn tells whether there may be keys in other files.
func (s Sources) drawsIn() bool {
	return slices.ContainsFunc(s.texts(), func(text Text) bool {
		return bytes.Contains(text.Data, []byte("include")) || bytes.Contains(text.Data, []byte("extends"))
	})
}

// mayBeKey tells whether a word may be a key somewhere in YAML: what stands behind one is a colon.
func mayBeKey(text, word string) bool {
	for {
		_, rest, found := strings.Cut(text, word)
		if !found {
			return false
		}
		if rest = strings.TrimLeft(rest, "\"' \t\r\n"); strings.HasPrefix(rest, ":") {
			return true
		}
		text = rest
	}
}

// substitute is compose-go's own, without its log lines: undefined variables are findings.
func substitute(value string, mapping template.Mapping) (string, error) {
	if dotenv.Nested(value) {
		return "", errors.New(dotenv.NestedTooDeep)
	}
	return template.SubstituteWithOptions(value, mapping, template.WithoutLogging)
}

// nothing refuses to read files: a project in memory has none.
type nothing struct{}

func (nothing) Accept(string) bool { return true }
func (nothing) Dir(string) string  { return "." }
func (nothing) Load(_ context.Context, path string) (string, error) {
	return "", errors.New("reads " + path + ", which is not part of the project")
}

// bounded is the folder beside whose files others lie.
type bounded struct{ dir string }

func (b bounded) at(file string) string { return beneath(b.dir, file) }

// Dir is the folder.
func (b bounded) Dir(string) string { return b.dir }
