package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected outputs in the scripts")

// TestMain lets scripts call owgen as a user does.
func TestMain(m *testing.M) {
	quiet() // as main does
	testscript.Main(m, map[string]func(){"docker": fakeDocker, "owgen": main})
}

// TestScripts runs testdata/script: the good and the bad days of each command.
func TestScripts(t *testing.T) {
	dir := filepath.Join("..", "..", "testdata")
	testdata, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join(dir, "script"),
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			// As CONTRIBUTING.md says: the example is copied to a folder with the service's name.
			catalog := filepath.Join(e.WorkDir, ".catalog")
			e.Setenv("WHOAMI", catalog)
			if err := os.CopyFS(filepath.Join(catalog, "whoami"), os.DirFS(filepath.Join("..", "..", "dockerfiles", "_example"))); err != nil {
				return err
			}
			e.Setenv("IMPORT", filepath.Join(testdata, "import"))
			e.Setenv("TESTDATA", testdata)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"same": same, "mode": mode, "has": has},
	})
}

// same A B compares two folders, names, modes and bytes; ! same expects a difference.
func same(ts *testscript.TestScript, neg bool, args []string) {
	a, b := snapshot(ts, args[0]), snapshot(ts, args[1])
	equal := len(a) == len(b)
	for path, content := range a {
		if b[path] != content {
			equal = false
			if !neg {
				ts.Logf("%s differs", path)
			}
		}
	}
	if equal == neg {
		ts.Fatalf("%s and %s: same is %v", args[0], args[1], equal)
	}
}

func snapshot(ts *testscript.TestScript, dir string) map[string]string {
	out := map[string]string{}
	root := ts.MkAbs(dir)
	ts.Check(filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(p)
		rel, _ := filepath.Rel(root, p)
		out[rel] = info.Mode().String() + string(data)
		return err
	}))
	return out
}

// mode FILE PERMISSIONS checks a file's mode as ls prints it.
func mode(ts *testscript.TestScript, neg bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if (info.Mode().String() == args[1]) == neg {
		ts.Fatalf("%s has mode %s", args[0], info.Mode())
	}
}

// has FILE TEXT wants exactly the text in the file, without a newline at its end, as secrets are.
func has(ts *testscript.TestScript, neg bool, args []string) {
	if (ts.ReadFile(args[0]) == args[1]) == neg {
		ts.Fatalf("%s holds %q", args[0], ts.ReadFile(args[0]))
	}
}
