package main

import (
	"debug/elf"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A release that cannot be whole is refused before anything is built, and leaves what was there.
func TestRunRefuses(t *testing.T) {
	out := filepath.Join(t.TempDir(), "dist")
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	err := run(t.Context(), out, []string{"plan9/mips"})
	if err == nil || !strings.Contains(err.Error(), runtime.GOOS+"/"+runtime.GOARCH+" is not among the platforms") {
		t.Error(err)
	}
	if _, err := os.Stat(out); err != nil {
		t.Error(err)
	}
}

// An empty part means that something is missing.
func TestWrite(t *testing.T) {
	r := &release{dir: t.TempDir()}
	if err := r.write("man/owgen.1", nil); err == nil || err.Error() != "man/owgen.1 would be empty" {
		t.Error(err)
	}
	if err := r.write("man/owgen.1", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(filepath.Join(r.dir, "man", "owgen.1")); err != nil || string(data) != "x" {
		t.Errorf("%q, %v", data, err)
	}
}

// What is no program, or needs a loader, is not static.
func TestCheckStatic(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := checkStatic(text); err == nil {
		t.Error("a script passes")
	}
	if shell, err := elf.Open("/bin/sh"); err == nil {
		defer shell.Close()
		dynamic := false
		for _, p := range shell.Progs {
			dynamic = dynamic || p.Type == elf.PT_INTERP
		}
		if err := checkStatic("/bin/sh"); (err != nil) != dynamic {
			t.Errorf("/bin/sh has a loader: %v; %v", dynamic, err)
		}
	}
}
