package main

import (
	"cmp"
	"crypto/sha256"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/archive"
)

// owgen runs the program that was built, and returns what it prints.
func (r *release) owgen(args ...string) ([]byte, error) {
	out, err := exec.CommandContext(r.ctx, r.own, args...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w\n%s", err, exit.Stderr)
		}
		return nil, fmt.Errorf("owgen %s: %w", strings.Join(args, " "), err)
	}
	return out, nil
}

// completions are named as the shells look for them.
func (r *release) completions() error {
	version, err := r.owgen("version")
	if err != nil || strings.TrimSpace(string(version)) != generator.Version {
		return cmp.Or(err, fmt.Errorf("the program says that it is %s", version))
	}
	for shell, name := range map[string]string{"bash": "owgen", "zsh": "_owgen", "fish": "owgen.fish"} {
		script, err := r.owgen("completion", shell)
		if err != nil {
			return err
		}
		if err := r.write("completions/"+shell+"/"+name, script); err != nil {
			return err
		}
	}
	return nil
}

// docs are the man pages, the reference as one page, and the schema for editors.
func (r *release) docs() error {
	dir, err := os.MkdirTemp("", "owgen-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if _, err := r.owgen("docs", "-o", dir); err != nil {
		return err
	}
	pages, err := filepath.Glob(filepath.Join(dir, "man", "*.1"))
	if err != nil || len(pages) < 2 {
		return cmp.Or(err, errors.New("owgen docs made no man pages"))
	}
	for _, file := range append(pages, filepath.Join(dir, "reference.html"), filepath.Join(dir, "owgen.schema.json")) {
		data, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("owgen docs made no %s: %w", filepath.Base(file), err)
		}
		name := filepath.Base(file)
		if filepath.Ext(name) == ".1" {
			name = "man/man1/" + name
		}
		if err := r.write(name, data); err != nil {
			return err
		}
	}
	return nil
}

// bill lists the modules that the programs are built from, each once.
func (r *release) bill() error {
	modules := map[string]*debug.Module{}
	for _, file := range r.binaries {
		info, err := buildinfo.ReadFile(file)
		if err != nil {
			return err
		}
		for _, module := range info.Deps {
			modules[module.Path+"@"+module.Version] = module
		}
	}
	all := &debug.BuildInfo{}
	for _, key := range slices.Sorted(maps.Keys(modules)) {
		all.Deps = append(all.Deps, modules[key])
	}
	text, err := archive.Bill(archive.Material{Project: "owgen", Version: generator.Version, Digest: generator.Version, Build: all})
	if err != nil {
		return err
	}
	return r.write("owgen.cdx.json", text)
}

func (r *release) license() error {
	text, err := os.ReadFile("LICENSE")
	if err != nil {
		return err
	}
	return r.write("LICENSE", text)
}

// sums lists all files with their checksums, as sha256sum -c reads them.
func (r *release) sums() error {
	var out strings.Builder
	err := filepath.WalkDir(r.dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(r.dir, file)
		fmt.Fprintf(&out, "%x  %s\n", sha256.Sum256(data), filepath.ToSlash(name))
		return err
	})
	if err != nil {
		return err
	}
	return r.write("SHA256SUMS", []byte(out.String()))
}
