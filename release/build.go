package main

import (
	"context"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// build makes a static program for each platform. Nothing of this machine gets into it: no path, no time, no
// state of the repository.
func (r *release) build(ctx context.Context) error {
	for _, platform := range r.platforms {
		system, architecture, _ := strings.Cut(platform, "/")
		name := "owgen-" + system + "-" + architecture
		if system == "windows" {
			name += ".exe"
		}
		file := filepath.Join(r.dir, name)
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", file, "./cmd/owgen")
		build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+architecture, "GOAMD64=v1", "GOARM64=v8.0", "GOEXPERIMENT=")
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("%s does not build: %w\n%s", name, err, out)
		}
		if system == "linux" {
			if err := checkStatic(file); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		if platform == runtime.GOOS+"/"+runtime.GOARCH {
			r.own = file
		}
		r.binaries = append(r.binaries, file)
		fmt.Println(name)
	}
	return nil
}

// checkStatic makes sure that a program needs no library and no loader.
func checkStatic(file string) error {
	program, err := elf.Open(file)
	if err != nil {
		return err
	}
	defer program.Close()
	for _, p := range program.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			return fmt.Errorf("is not static: it has a segment %s", p.Type)
		}
	}
	return nil
}
