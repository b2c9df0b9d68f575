package project

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/read"
	"github.com/owgen/owgen/generator/yamltext"
)

// An include is an entry of the list `include`, which may be its path alone.
type include struct {
	Path      yamltext.Names `yaml:"path"`
	EnvFile   yamltext.Names `yaml:"env_file"`
	Directory string         `yaml:"project_directory"`
}

// UnmarshalYAML accepts a scalar or a mapping.
func (i *include) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		i.Path = yamltext.Names{node.Value}
		return nil
	}
	type plain include
	return node.Decode((*plain)(i))
}

// includeError is what is wrong with an entry of the list `include`, or with what it includes.
type includeError struct {
	index int
	err   error
}

func (e *includeError) Error() string { return e.err.Error() }
func (e *includeError) Unwrap() error { return e.err }

// inclusion follows includes before compose-go does, which reads their env_files, or the .env beside them, to their ends,
// whatever they are.
type inclusion struct {
	read func(name string) ([]byte, error)
	seen map[string]bool
}

// includes tells whether a file's includes, and theirs, can be read: the error is of the first that has no end or no bounds. What
// is missing or wrong in another way is left to compose-go.
func (r *Reading) includes(ctx context.Context, data []byte, dir string) error {
	walk := inclusion{func(name string) ([]byte, error) { return read.File(ctx, name, read.Text) }, map[string]bool{}}
	return walk.file(data, dir, r.Variables)
}

func (w inclusion) file(data []byte, dir string, variables map[string]string) error {
	if !bytes.Contains(data, []byte("include")) {
		return nil
	}
	var file struct {
		Include []include `yaml:"include"`
	}
	if yaml.Unmarshal(data, &file) != nil {
		return nil
	}
	filled := func(text string) string {
		out, err := substitute(text, lookupIn(variables))
		if err != nil {
			return text
		}
		return out
	}
	for i, item := range file.Include {
		if len(item.Path) == 0 {
			continue
		}
		main := beneath(dir, filled(item.Path[0]))
		project := filepath.Dir(main)
		if item.Directory != "" {
			project = beneath(dir, filled(item.Directory))
		}
		within := maps.Clone(variables)
		names := []string{filepath.Join(project, ".env")}
		if len(item.EnvFile) > 0 {
			names = nil
			for _, name := range item.EnvFile {
				names = append(names, beneath(dir, filled(name)))
			}
		}
		for _, name := range names {
			if err := w.envFile(name, within); err != nil {
				return &includeError{i, err}
			}
		}
		for _, path := range item.Path {
			if err := w.included(beneath(dir, filled(path)), project, within); err != nil {
				return &includeError{i, err}
			}
		}
	}
	return nil
}

// envFile looks at a file of variables, and adds them.
func (w inclusion) envFile(name string, variables map[string]string) error {
	if name == os.DevNull {
		return nil
	}
	data, err := w.read(name)
	if errors.Is(err, fs.ErrNotExist) || read.IsFolder(err) {
		return nil
	}
	lookup := lookupIn(variables)
	if err == nil {
		err = dotenv.Bounded(data, lookup)
	}
	if err != nil {
		if at := (*fs.PathError)(nil); errors.As(err, &at) {
			err = at.Err
		}
		return fmt.Errorf("its env_file %s cannot be used: %w", filepath.Base(name), err)
	}
	values, _ := dotenv.Read(data, lookup)
	for name, value := range values {
		if _, set := variables[name]; !set {
			variables[name] = value
		}
	}
	return nil
}

func (w inclusion) included(path, project string, variables map[string]string) error {
	if w.seen[path] {
		return nil
	}
	w.seen[path] = true
	data, err := w.read(path)
	if err != nil {
		return nil
	}
	return w.file(data, project, variables)
}

// beneath is where a path of a file in dir leads.
func beneath(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
