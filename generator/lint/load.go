package lint

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/consts"
	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/tree"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/read"
)

// An Input is the text of a Compose project.
type Input struct {
	File    string // name of the compose file in findings
	Compose []byte
	// Overrides are compose files that are merged over the first, in order.
	Overrides []Text
	EnvFile   string // name of the .env file in findings
	Env       []byte

	// EnvFiles are the texts of what env_file names, by slash-separated path beside the compose file. When
	// they are given, a file that is not among them is missing; nil means that they are not looked at.
	EnvFiles map[string][]byte

	Dockerfiles map[string]Dockerfile // by service; nil when they are not known

	// Dir is the folder whose files the project may refer to (include, extends, env_file, label_file).
	// Empty means that nothing but this input is read.
	Dir string
	// Environ is the environment of whoever runs Compose; it wins over .env.
	Environ map[string]string
}

// loadRules are the findings of reading a project.
func loadRules() []Rule {
	return []Rule{
		{ID: "compose-syntax", Summary: "The compose file is YAML.",
			Reason: "Nothing can be made of a file that cannot be parsed.",
			Fix:    "correct the YAML at this line"},
		{ID: "compose-schema", Summary: "Every key of the compose file exists, with a value of the right type.",
			Reason: "Compose refuses the whole project for one unknown key.",
			Fix:    "see the Compose specification for the attribute"},
		{ID: "compose-invalid", Summary: "The project can be loaded as Compose loads it.",
			Reason: "What compose-go refuses, `docker compose` refuses as well.",
			Fix:    "correct what the message names"},
		{ID: "env-syntax", Summary: "The .env file can be read by Compose.",
			Reason: "Compose refuses the whole project for one line of .env that it cannot read.",
			Fix:    `write NAME="value", with a backslash before each " \ and $ of the value`},
	}
}

// Load loads a project with compose-go as `docker compose` would, with all profiles on, paths kept relative
// and nothing resolved from outside the input. Where compose-go stops at the first fault, in random order,
// Load goes on and reports each of them, in the order of their lines. The project is nil if it has a fault
// that leaves no usable project; it is returned along with errors when only its references are wrong.
func Load(ctx context.Context, in Input) (*types.Project, diag.List) {
	env, found := in.environment()
	project, err := in.load(ctx, env, in.whole(), nil)
	if err == nil {
		found.Add(in.readEnvFiles(project, env)...)
		return project, in.relocate(found).Sort()
	}
	loose, looseErr := in.load(ctx, env, in.whole(), inconsistent)
	if looseErr == nil {
		found.Add(in.readEnvFiles(loose, env)...)
		found.Add(in.inconsistencies(loose, env, err)...)
		return loose, in.relocate(found).Sort()
	}
	faulty, err := in.faulty(ctx, env, looseErr)
	found.Add(faulty.faults(ctx, env, err)...)
	return nil, in.relocate(found).Sort()
}

// inconsistent lets a project with wrong references pass.
func inconsistent(o *loader.Options) { o.SkipConsistencyCheck = true }

// faulty is the one of the compose files that cannot be loaded, with its error: the first, where it is not
// clear which.
func (in Input) faulty(ctx context.Context, env map[string]string, err error) (Input, error) {
	if len(in.Overrides) == 0 {
		return in, err
	}
	for _, text := range in.texts() {
		one := in
		one.File, one.Compose, one.Overrides = text.Name, text.Data, nil
		if _, err := one.load(ctx, env, one.whole(), inconsistent); err != nil {
			return one, err
		}
	}
	in.Overrides = nil
	return in, err
}

// environment returns the variables that Compose interpolates.
func (in Input) environment() (map[string]string, diag.List) {
	lookup := func(name string) (string, bool) { value, ok := in.Environ[name]; return value, ok }
	env, err := dotenv.UnmarshalBytesWithLookup(trimBOM(in.Env), lookup)
	var found diag.List
	if err != nil {
		found.Add(envFault(in.EnvFile, err))
	}
	if env == nil {
		env = map[string]string{}
	}
	maps.Copy(env, in.Environ)
	return env, found
}

// whole are the compose files as compose-go takes them.
func (in Input) whole() []types.ConfigFile {
	var files []types.ConfigFile
	for _, text := range in.texts() {
		files = append(files, types.ConfigFile{Filename: text.Name, Content: text.Data})
	}
	return files
}

// load calls compose-go. It must not bring owgen down, so a panic in there becomes an error.
func (in Input) load(ctx context.Context, env map[string]string, files []types.ConfigFile, option func(*loader.Options)) (project *types.Project, err error) {
	defer func() {
		if r := recover(); r != nil {
			project, err = nil, fmt.Errorf("compose-go cannot load this file: %v", r)
		}
	}()
	// A copy, because the loader adds the project's name to the map that it is given.
	details := types.ConfigDetails{WorkingDir: in.Dir, ConfigFiles: files, Environment: maps.Clone(env)}
	name := in.name(env)
	details.Environment[consts.ComposeProjectName] = name
	options := func(o *loader.Options) {
		o.SetProjectName(name, true) // spares a second parse of the file, for the name alone
		o.Profiles = []string{"*"}
		o.ResolvePaths = false
		o.Interpolate.Substitute = substitute
		o.SkipResolveEnvironment, o.SkipResolveLabels = true, true // resolve does it
		if in.Dir == "" {
			o.Interpolate.TypeCastMapping = in.casts(o.Interpolate.TypeCastMapping)
			o.ResourceLoaders = append(o.ResourceLoaders, nothing{})
		} else {
			o.ResourceLoaders = append(o.ResourceLoaders, bounded{in.Dir})
		}
		if option != nil {
			option(o)
		}
	}
	project, err = loader.LoadWithContext(ctx, details, options)
	if err != nil || in.Dir == "" {
		return project, err
	}
	return in.resolve(project)
}

// resolve lets compose-go read what env_file and label_file name, once it is known that this comes to an end.
// The env_files of an input that has their texts are left to readEnvFiles.
func (in Input) resolve(project *types.Project) (*types.Project, error) {
	var files []string
	for _, s := range project.Services {
		files = append(files, s.LabelFiles...)
		for _, file := range s.EnvFiles {
			files = append(files, file.Path)
		}
	}
	for _, file := range files {
		if err := read.Check((bounded{in.Dir}).at(file), read.Text); err != nil {
			return nil, err
		}
	}
	var err error
	if in.EnvFiles == nil {
		if project, err = project.WithServicesEnvironmentResolved(false); err != nil {
			return nil, err
		}
	}
	return project.WithServicesLabelsResolved(false)
}

// casts keeps those of compose-go's casts that the file can have a use for: it tries each of its 180 on every
// value, which is a third of its time, although few of the attributes are there.
func (in Input) casts(all map[tree.Path]interpolation.Cast) map[tree.Path]interpolation.Cast {
	text := ""
	for _, file := range in.texts() {
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

// name finds the project's name without parsing the file: it stands at the start of a line.
func (in Input) name(env map[string]string) string {
	if name := env[consts.ComposeProjectName]; name != "" {
		return loader.NormalizeProjectName(name)
	}
	for _, text := range slices.Backward(in.texts()) {
		for line := range strings.Lines(string(text.Data)) {
			value, ok := strings.CutPrefix(line, "name:")
			if !ok {
				continue
			}
			value, _, _ = strings.Cut(value, " #")
			value, _ = substitute(strings.Trim(strings.TrimSpace(value), `"'`), func(name string) (string, bool) {
				value, ok := env[name]
				return value, ok
			})
			if name := loader.NormalizeProjectName(value); name != "" {
				return name
			}
		}
	}
	return "project"
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

// loadFix returns the hint of one of loadRules.
func loadFix(id string) string {
	for _, rule := range loadRules() {
		if rule.ID == id {
			return rule.Fix
		}
	}
	return ""
}
