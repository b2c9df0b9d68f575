package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/archive"
)

// owgen runs the program that was built, and returns what it prints.
func (r *release) owgen(ctx context.Context, args ...string) ([]byte, error) {
	out, err := exec.CommandContext(ctx, r.own, args...).Output()
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
func (r *release) completions(ctx context.Context) error {
	version, err := r.owgen(ctx, "version")
	if err != nil || strings.TrimSpace(string(version)) != generator.Version {
		return cmp.Or(err, fmt.Errorf("the program says that it is %s", version))
	}
	for shell, name := range map[string]string{"bash": "owgen", "zsh": "_owgen", "fish": "owgen.fish"} {
		script, err := r.owgen(ctx, "completion", shell)
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
func (r *release) docs(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "owgen-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if _, err := r.owgen(ctx, "docs", "-o", dir); err != nil {
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

// modules are those that the programs are built from, each once, in order.
func (r *release) modules() ([]*debug.Module, error) {
	found := map[string]*debug.Module{}
	for _, file := range r.binaries {
		info, err := buildinfo.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for _, module := range info.Deps {
			found[module.Path+"@"+module.Version] = module
		}
	}
	var all []*debug.Module
	for _, key := range slices.Sorted(maps.Keys(found)) {
		all = append(all, found[key])
	}
	return all, nil
}

// bill lists the modules.
func (r *release) bill(context.Context) error {
	modules, err := r.modules()
	if err != nil {
		return err
	}
	text, err := archive.Bill(archive.Material{Project: "owgen", Version: generator.Version, Digest: generator.Version, Build: &debug.BuildInfo{Deps: modules}})
	if err != nil {
		return err
	}
	return r.write("owgen.cdx.json", text)
}

// licenses writes owgen's own, and those of the modules that are in the programs.
func (r *release) licenses(ctx context.Context) error {
	text, err := os.ReadFile("LICENSE")
	if err != nil {
		return err
	}
	if err := r.write("LICENSE", text); err != nil {
		return err
	}
	modules, err := r.modules()
	if err != nil {
		return err
	}
	dirs, err := r.folders(ctx, modules)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	for _, module := range modules {
		text, err := licensesIn(dirs[module.Path])
		if err != nil {
			return fmt.Errorf("%s: %w", module.Path, err)
		}
		fmt.Fprintf(&out, "%s\n%s, version %s of it, has this license; its source is there, unchanged.\n\n%s\n", strings.Repeat("=", 80), "https://"+module.Path, module.Version, text)
	}
	return r.write("THIRD-PARTY-LICENSES.txt", out.Bytes())
}

// folders says where the sources of modules lie, by path.
func (r *release) folders(ctx context.Context, modules []*debug.Module) (map[string]string, error) {
	list := []string{"list", "-m", "-f", "{{.Path}} {{.Dir}}"}
	for _, module := range modules {
		list = append(list, module.Path)
	}
	listed, err := exec.CommandContext(ctx, "go", list...).Output()
	if err != nil {
		return nil, fmt.Errorf("go list -m: %w", err)
	}
	dirs := map[string]string{}
	for line := range strings.Lines(string(listed)) {
		path, dir, _ := strings.Cut(strings.TrimSpace(line), " ")
		dirs[path] = dir
	}
	return dirs, nil
}

// licensesIn is what the files of a module say about its license, with its notices.
func licensesIn(dir string) ([]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, entry := range entries {
		if !licenseFile.MatchString(entry.Name()) || !entry.Type().IsRegular() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		out = append(append(out, text...), '\n')
	}
	if len(out) == 0 {
		return nil, errors.New("there is no file with a license")
	}
	return out, nil
}

var licenseFile = regexp.MustCompile(`(?i)^(license|licence|copying|notice)`)

// sums lists all files with their checksums, as sha256sum -c reads them.
func (r *release) sums(context.Context) error {
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
