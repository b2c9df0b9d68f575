// Package folder reads anybody's Compose project from the disk, as Compose would find it, with all that is built and read
// for it.
package folder

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/owgen/owgen/generator/dockerfile"
	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/project"
	"github.com/owgen/owgen/generator/read"
)

// The names under which Compose looks for its files, in its order.
var (
	composeNames  = []string{"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"}
	overrideNames = []string{"compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"}
)

// A MissingError says that a folder has no Compose project.
type MissingError struct{ Folder string }

func (e *MissingError) Error() string {
	return e.Folder + " has no " + strings.Join(composeNames, ", ")
}

// Contents is a project on the disk. Its sources name files relative to its folder.
type Contents struct {
	project.Sources
	Dockerfiles map[string]dockerfile.File // by service
	Folder      string
	Files       []string // those that were read, as findings show them
}

// Read reads the compose file that a path names, or that Compose would take in a folder, with all that the rules look at.
func Read(ctx context.Context, where string) (*Contents, error) {
	p := &Contents{Folder: where}
	p.EnvFile, p.Dockerfiles, p.EnvFiles = ".env", map[string]dockerfile.File{}, map[string][]byte{}
	info, err := os.Stat(where)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		p.Folder = filepath.Dir(where)
	}
	if p.Env, err = p.optional(ctx, p.EnvFile); err != nil {
		return nil, err
	}
	names := []string{filepath.Base(where)}
	if info.IsDir() {
		names = p.composeFiles()
	}
	if len(names) == 0 {
		return nil, &MissingError{where}
	}
	if err := p.readFiles(ctx, names); err != nil {
		return nil, err
	}
	if p.Dir, err = filepath.Abs(p.Folder); err != nil {
		return nil, err
	}
	p.Environ = p.environ()
	return p, p.follow(ctx)
}

// readFiles reads the compose files, the first of which the others are laid over.
func (p *Contents) readFiles(ctx context.Context, names []string) error {
	for i, name := range names {
		data, err := read.File(ctx, p.at(name), read.Text)
		if err != nil {
			return err
		}
		p.Files = append(p.Files, p.Shown(name))
		if i == 0 {
			p.File, p.Compose = name, data
		} else {
			p.Overrides = append(p.Overrides, project.Text{Name: name, Data: data})
		}
	}
	return nil
}

// composeFiles are those that Compose takes: what COMPOSE_FILE in .env says, or the first of its names, with
// the override.
func (p *Contents) composeFiles() []string {
	env, _ := dotenv.Read(p.Env, nil) // lint reports what is wrong with it
	if list := env["COMPOSE_FILE"]; list != "" {
		return strings.Split(list, cmp.Or(env["COMPOSE_PATH_SEPARATOR"], string(os.PathListSeparator)))
	}
	var names []string
	for _, list := range [][]string{composeNames, overrideNames} {
		for _, name := range list {
			if info, err := os.Stat(p.at(name)); err == nil && !info.IsDir() {
				names = append(names, name)
				break
			}
		}
		if len(names) == 0 {
			return nil
		}
	}
	return names
}

// environ is the environment of this process where .env says nothing: so what is found hangs on the project,
// and a variable such as HOME is not undefined.
func (p *Contents) environ() map[string]string {
	own, _ := dotenv.Read(p.Env, nil) // lint reports what is wrong with it
	out := map[string]string{}
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		if _, set := own[name]; !set && name != "" && !strings.HasPrefix(name, "COMPOSE_") {
			out[name] = value
		}
	}
	return out
}

// optional reads a file that need not be there: nil says that it is not.
func (p *Contents) optional(ctx context.Context, name string) ([]byte, error) {
	data, err := read.File(ctx, p.at(name), read.Text)
	switch {
	case errors.Is(err, fs.ErrNotExist), read.IsFolder(err), errors.Is(err, syscall.ENOTDIR):
		return nil, nil
	case err != nil:
		return nil, err
	case data == nil:
		data = []byte{}
	}
	if shown := p.Shown(name); !slices.Contains(p.Files, shown) {
		p.Files = append(p.Files, shown)
	}
	return data, nil
}

// at is where a path of the project lies.
func (p *Contents) at(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.Folder, filepath.FromSlash(name))
}

// Shown is how findings name a file: relative to where the command was started.
func (p *Contents) Shown(name string) string { return filepath.ToSlash(p.at(name)) }
