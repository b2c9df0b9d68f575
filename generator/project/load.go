package project

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/consts"
	"github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/schema"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/tree"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/read"
)

// Warm makes compose-go compile its schema, half of what the first load of a program takes. Called in the
// background as soon as it is clear that something will be loaded, it costs no time where there are two cores.
func Warm() { _ = schema.Validate(map[string]any{}) }

// Load reads a project for who needs no places. It is nil if it has a fault that leaves no usable project; it is
// returned along with errors when only its references are wrong.
func Load(ctx context.Context, s Sources) (*types.Project, diag.List) {
	r, found := Read(ctx, s)
	if r.Refused != nil {
		found.Add(*r.Refused)
	}
	return r.Loaded, found.Sort()
}

// Read loads a project with compose-go as `docker compose` would, with all profiles on, paths kept relative and
// nothing resolved from outside the sources. Where compose-go stops at the first fault, in random order, Read goes on
// and reports each of them, in the order of their lines. The document is parsed while compose-go loads.
func Read(ctx context.Context, s Sources) (*Reading, diag.List) {
	go Warm()
	r := &Reading{Sources: s}
	var found diag.List
	r.Variables, found = s.environment()
	r.Variables[consts.ComposeProjectName] = s.name(r.Variables)
	parsed := make(chan struct{})
	go func() {
		defer close(parsed)
		r.readDocument()
	}()
	loaded, err := s.load(ctx, r.Variables, s.whole(), nil)
	<-parsed
	if err == nil {
		r.Loaded = loaded
		found.Add(r.readEnvFiles()...)
		return r, found.Sort()
	}
	var looseErr error
	if r.Loaded, looseErr = s.load(ctx, r.Variables, s.whole(), inconsistent); looseErr == nil {
		fault := r.fault(err)
		r.Refused = &fault
		found.Add(r.readEnvFiles()...)
		return r, found.Sort()
	}
	r.Loaded = nil
	faulty, err := r.faulty(ctx, looseErr)
	found.Add(faulty.faults(ctx)...)
	if len(found.Errors()) == 0 {
		fault := faulty.fault(err)
		r.Refused = &fault
	}
	return r, found.Sort()
}

// inconsistent lets a project with wrong references pass.
func inconsistent(o *loader.Options) { o.SkipConsistencyCheck = true }

// faulty is the one of the compose files that cannot be loaded, with its error: the first, where it is not
// clear which.
func (r *Reading) faulty(ctx context.Context, err error) (*Reading, error) {
	alone := func(text Text) *Reading {
		one := &Reading{Sources: r.Sources, Variables: r.Variables, Document: Parse(text.Data)}
		one.File, one.Compose, one.Overrides = text.Name, text.Data, nil
		return one
	}
	if len(r.Overrides) > 0 {
		for _, text := range r.texts() {
			one := alone(text)
			if _, err := one.load(ctx, r.Variables, one.whole(), inconsistent); err != nil {
				return one, err
			}
		}
	}
	return alone(Text{r.File, r.Compose}), err
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
func (s Sources) load(ctx context.Context, env map[string]string, files []types.ConfigFile, option func(*loader.Options)) (project *types.Project, err error) {
	defer func() {
		if r := recover(); r != nil {
			project, err = nil, fmt.Errorf("compose-go cannot load this file: %v", r)
		}
	}()
	// A copy, because the loader adds the project's name to the map that it is given.
	details := types.ConfigDetails{WorkingDir: s.Dir, ConfigFiles: files, Environment: maps.Clone(env)}
	name := s.name(env)
	details.Environment[consts.ComposeProjectName] = name
	options := func(o *loader.Options) {
		o.SetProjectName(name, true) // spares a second parse of the file, for the name alone
		o.Profiles = []string{"*"}
		o.ResolvePaths = false
		o.Interpolate.Substitute = substitute
		o.SkipResolveEnvironment, o.SkipResolveLabels = true, true // resolve does it
		if s.Dir == "" {
			o.Interpolate.TypeCastMapping = s.casts(o.Interpolate.TypeCastMapping)
			o.ResourceLoaders = append(o.ResourceLoaders, nothing{})
		} else {
			o.ResourceLoaders = append(o.ResourceLoaders, bounded{s.Dir})
		}
		if option != nil {
			option(o)
		}
	}
	project, err = loader.LoadWithContext(ctx, details, options)
	if err != nil || s.Dir == "" {
		return project, err
	}
	return s.resolve(project)
}

// resolve lets compose-go read what env_file and label_file name, once it is known that this comes to an end.
// The env_files of sources that have their texts are left to readEnvFiles.
func (s Sources) resolve(project *types.Project) (*types.Project, error) {
	var files []string
	for _, service := range project.Services {
		files = append(files, service.LabelFiles...)
		for _, file := range service.EnvFiles {
			files = append(files, file.Path)
		}
	}
	for _, file := range files {
		if err := read.Check((bounded{s.Dir}).at(file), read.Text); err != nil {
			return nil, err
		}
	}
	var err error
	if s.EnvFiles == nil {
		if project, err = project.WithServicesEnvironmentResolved(false); err != nil {
			return nil, err
		}
	}
	return project.WithServicesLabelsResolved(false)
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
				possible = possible && (part == tree.PathMatchAll || part == tree.PathMatchList || strings.Contains(text, part))
			}
			if possible && !yield(path, cast) {
				return
			}
		}
	})
}

// substitute is compose-go's own, without its log lines: undefined variables are findings.
func substitute(value string, mapping template.Mapping) (string, error) {
	return template.SubstituteWithOptions(value, mapping, template.WithoutLogging)
}

// nothing refuses to read files: a project in memory has none.
type nothing struct{}

func (nothing) Accept(string) bool { return true }
func (nothing) Dir(string) string  { return "." }
func (nothing) Load(_ context.Context, path string) (string, error) {
	return "", errors.New("reads " + path + ", which is not part of the project")
}

// bounded looks at what compose-go is going to read: a device or a pipe never ends.
type bounded struct{ dir string }

func (b bounded) at(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(b.dir, file)
}

// Accept takes what must not be read, and leaves the rest to compose-go.
func (b bounded) Accept(file string) bool { return read.Check(b.at(file), read.Text) != nil }
func (b bounded) Dir(string) string       { return b.dir }
func (b bounded) Load(_ context.Context, file string) (string, error) {
	return "", read.Check(b.at(file), read.Text)
}
