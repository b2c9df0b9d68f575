package generator

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/owgen/owgen/"

// layers are the packages from the lowest up. Each imports packages of layers below its own, and none beside it, so that
// no arrow runs up and none in a circle. Folders of data are below all.
var layers = [][]string{
	{"lazy"},
	{"diag", "read", "git", "engine", "yamltext", "shellwords", "secret/known"},
	{"dotenv", "secret", "dockerfile", "replaces", "sizing"},
	{"project"},
	{"settings", "bundle", "lint", "project/folder"},
	{"profile", "catalog", "export", "output", "archive", "past", "hostile"},
	{"plan", "diff", "completion"},
	{"render"},
	{"compose", "graph", "reference", "doctor"},
	{"target", "doctor/machine", "doctor/docker"},
	{"doctor/swarm", "doctor/kubernetes"},
	{"target/docker", "target/swarm", "target/kubernetes"},
	{""}, // the compiler itself
	{"importer", "sides", "opening", "making", "checkup"},
	{"dialogue", "fleet", "whatif", "collect"},
	{"explain"},
}

// TestNoArrowRunsUp holds the layers: whoever reads a package needs to know those below it alone.
func TestNoArrowRunsUp(t *testing.T) {
	height := map[string]int{}
	for i, layer := range layers {
		for _, name := range layer {
			height[strings.TrimSuffix("generator/"+name, "/")] = i
		}
	}
	found := imports(t)
	for _, from := range slices.Sorted(maps.Keys(found)) {
		at, placed := height[from]
		if !placed {
			t.Errorf("%s stands in no layer: say in layers what it may import", from)
		}
		for _, to := range found[from] {
			if below, ok := height[to]; strings.HasPrefix(to, "generator") && (!ok || below >= at) {
				t.Errorf("%s imports %s, which is not below it", from, to)
			}
			if strings.HasPrefix(to, "cmd") {
				t.Errorf("%s imports a command", from)
			}
		}
	}
	for name := range height {
		if _, ok := found[name]; !ok {
			t.Errorf("layers has %s, and there is no such package", name)
		}
	}
}

// The bundle needs no compiler: what writes, packs and protects one can be read without the stages that make one.
func TestABundleNeedsNoCompiler(t *testing.T) {
	found := imports(t)
	var reaches func(from string, seen map[string]bool)
	reaches = func(from string, seen map[string]bool) {
		for _, to := range found[from] {
			if !seen[to] {
				seen[to] = true
				reaches(to, seen)
			}
		}
	}
	for _, from := range []string{"bundle", "output", "export", "archive"} {
		seen := map[string]bool{}
		reaches("generator/"+from, seen)
		for _, stage := range []string{"generator", "generator/catalog", "generator/settings", "generator/profile", "generator/plan", "generator/render", "generator/compose", "generator/project", "generator/lint"} {
			if seen[stage] {
				t.Errorf("%s needs %s", from, stage)
			}
		}
	}
}

// imports are the module's own packages that each package below generator imports, tests apart.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := fs.WalkDir(os.DirFS(".."), "generator", func(p string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "testdata":
			return fs.SkipDir
		case !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", filepath.FromSlash(p)), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		from := path.Dir(p)
		if out[from] == nil {
			out[from] = []string{}
		}
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if own, ok := strings.CutPrefix(name, module); ok && !slices.Contains(out[from], own) {
				out[from] = append(out[from], own)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
