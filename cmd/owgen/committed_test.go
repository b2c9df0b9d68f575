package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCommittedDocs holds the generated files of docs/ against what the commands write. `make docs` rewrites them.
func TestCommittedDocs(t *testing.T) {
	dir := t.TempDir()
	owgen := func(args ...string) {
		var out, errs bytes.Buffer
		if code := run(args, &out, &errs); code != 0 {
			t.Fatalf("%v: exit code %d\n%s", args, code, errs.String())
		}
	}
	for profile, name := range map[string]string{"single-server": "architecture.svg", "groupware": "groupware.svg", "mail-enabled": "mail-enabled.svg"} {
		owgen("graph", profile, "-o", filepath.Join(dir, name))
	}
	owgen("docs", "-o", filepath.Join(dir, "reference"))
	for _, name := range []string{"architecture.svg", "groupware.svg", "mail-enabled.svg", "reference/settings.md", "reference/services.md", "reference/commands.md", "reference/rules.md", "reference/owgen.schema.json"} {
		written, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("..", "..", "docs", name)
		if *update {
			if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, written, 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		committed, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(committed), string(written)); diff != "" {
			t.Errorf("docs/%s is not what owgen writes; `make docs` rewrites it (-committed +written)\n%s", name, diff)
		}
	}
}
