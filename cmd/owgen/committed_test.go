package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// committed are the generated files of docs/, each with the command that prints it. `make docs` rewrites them.
var committed = map[string][]string{
	"architecture.svg": {"graph", "single-server"},
}

func TestCommittedDocsAreCurrent(t *testing.T) {
	for name, args := range committed {
		var out, errs bytes.Buffer
		if code := run(args, &out, &errs); code != 0 {
			t.Fatalf("%v: exit code %d\n%s", args, code, errs.String())
		}
		file := filepath.Join("..", "..", "docs", name)
		if *update {
			if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), out.String()); diff != "" {
			t.Errorf("docs/%s is not what the command prints; `make docs` rewrites it (-committed +printed)\n%s", name, diff)
		}
	}
}
