package folder

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/dockerfile"
	"github.com/owgen/owgen/generator/project"
)

// maxContext is how many files of a build context are looked at; rules about what is copied need all or none.
const maxContext = 20_000

// follow reads what the services refer to: Dockerfiles with the names in their contexts, and env_files. What
// cannot be loaded has nothing to follow, and lint says why.
func (p *Contents) follow(ctx context.Context) error {
	in := p.Sources
	in.EnvFiles = map[string][]byte{}
	loaded, _ := project.Load(ctx, in)
	if loaded == nil {
		p.EnvFiles, p.Dockerfiles = nil, nil
		return nil
	}
	contexts := map[string][]string{}
	for name, s := range loaded.Services {
		for _, file := range s.EnvFiles {
			data, err := p.optional(ctx, file.Path)
			if err != nil {
				return err
			}
			if data != nil {
				p.EnvFiles[path.Clean(file.Path)] = data
			}
		}
		if err := p.dockerfile(ctx, name, s.Build, contexts); err != nil {
			return err
		}
	}
	return nil
}

// dockerfile reads what a service is built from, unless that is somewhere else.
func (p *Contents) dockerfile(ctx context.Context, service string, build *types.BuildConfig, contexts map[string][]string) error {
	if build == nil || build.DockerfileInline != "" || isRemote(build.Context) {
		return nil
	}
	name := cmp.Or(build.Dockerfile, "Dockerfile")
	if !filepath.IsAbs(name) {
		name = filepath.Join(build.Context, name)
	}
	data, err := p.optional(ctx, name)
	if err != nil || data == nil {
		return err
	}
	ignore, err := p.optional(ctx, name+".dockerignore")
	if err == nil && ignore == nil {
		ignore, err = p.optional(ctx, filepath.Join(build.Context, ".dockerignore"))
	}
	if err != nil {
		return err
	}
	files, known := contexts[build.Context]
	if !known {
		files = contextFiles(p.at(build.Context))
		contexts[build.Context] = files
	}
	p.Dockerfiles[service] = dockerfile.File{Path: filepath.ToSlash(name), Data: data, Ignore: ignore, Files: files}
	return nil
}

// isRemote tells a repository or an archive from a folder.
func isRemote(context string) bool {
	return strings.Contains(context, "://") || strings.HasPrefix(context, "git@") || strings.HasPrefix(context, "github.com/")
}

// contextFiles lists the files of a build context; nil where there are too many or it cannot be read.
func contextFiles(dir string) []string {
	files := []string{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return nil
		}
		if len(files) == maxContext {
			return errors.New("too many")
		}
		rel, err := filepath.Rel(dir, name)
		files = append(files, filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		return nil
	}
	return files
}
