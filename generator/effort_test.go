package generator

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator/catalog"
)

// A countingFS counts how often each file is opened.
type countingFS struct {
	fs.FS
	lock   sync.Mutex
	opened map[string]int
}

func (c *countingFS) Open(name string) (fs.File, error) {
	file, err := c.FS.Open(name)
	if info, statErr := fs.Stat(c.FS, name); statErr == nil && !info.IsDir() {
		c.lock.Lock()
		defer c.lock.Unlock()
		c.opened[name]++
	}
	return file, err
}

// The time that a bundle takes cannot be held by a test. What is done for it can: the catalogue is read once.
func TestTheCatalogueIsReadOnce(t *testing.T) {
	for name, generate := range map[string]func(Request) error{
		"Generate":          func(r Request) error { _, found := Generate(t.Context(), r); return found.Err() },
		"GenerateUnchecked": func(r Request) error { _, found := GenerateUnchecked(t.Context(), r); return found.Err() },
		"Validate": func(r Request) error {
			made, found := GenerateUnchecked(t.Context(), r)
			found.Add(made.Validate(t.Context(), true)...)
			return found.Err()
		},
	} {
		files := &countingFS{FS: dockerfiles.FS, opened: map[string]int{}}
		r := request("single-server")
		r.Catalog = []catalog.Layer{{Name: "dockerfiles", FS: files}}
		if err := generate(r); err != nil {
			t.Fatal(name, err)
		}
		if files.opened["nginx/service.yaml"] != 1 {
			t.Errorf("%s does not read this catalogue", name)
		}
		for file, n := range files.opened {
			if n > 1 {
				t.Errorf("%s reads %s %d times", name, file, n)
			}
		}
	}
}

// What was written before is spared the schema, and nothing else: files, project and findings are those of Generate.
func TestValidateGivesWhatGenerateGives(t *testing.T) {
	for _, test := range []struct {
		profile string
		set     []string
	}{
		{"single-server", nil},
		{"single-server", []string{"nginx.http_allow=true", "publish.address=0.0.0.0", "domain=example.org"}},
		{"single-server", []string{"timezone=Mars/Base"}},
		{"multi-node", nil},
		{"multi-node", append([]string{"nginx.hsts=on", "tls.mode=none"}, onKubernetes...)}, // with a warning
	} {
		r, set := request(test.profile, test.set...), test.set
		want, wantFound := Generate(t.Context(), r)
		got, found := GenerateUnchecked(t.Context(), r)
		if (want == nil) != (got == nil) {
			t.Fatalf("%v: %v, %v", set, want, got)
		}
		if got != nil {
			found.Add(got.Validate(t.Context(), true)...)
		}
		if diff := cmp.Diff(wantFound, found.Sort()); diff != "" {
			t.Errorf("%v: findings (-Generate +Validate)\n%s", set, diff)
		}
		if want == nil {
			continue
		}
		one, err := want.Project.MarshalYAML()
		if err != nil {
			t.Fatal(err)
		}
		two, err := got.Project.MarshalYAML()
		if diff := cmp.Diff(string(one), string(two)); err != nil || diff != "" || !cmp.Equal(want.Files, got.Files) {
			t.Errorf("%v: %v\n%s", set, err, diff)
		}
	}
}

// What a target has to load for its files is not loaded again for the rules.
func TestTheProjectIsLoadedOnce(t *testing.T) {
	for _, set := range [][]string{{"target=swarm", "domain=example.org", "images.registry=registry.example.org/openwisp"}, onKubernetes} {
		made, found := GenerateUnchecked(t.Context(), request("multi-node", set...))
		if found.Err() != nil || made.Project == nil {
			t.Fatal(found)
		}
		before := made.Project
		if found := made.Validate(t.Context(), false); found.Err() != nil || made.Project != before {
			t.Errorf("%v: it is another one: %v", set, found)
		}
	}
}

// Regular expressions are compiled when they are needed: package lazy says why.
func TestNothingIsCompiledAtTheStart(t *testing.T) {
	early := func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declared := range file.Decls {
			variables, ok := declared.(*ast.GenDecl)
			if !ok || variables.Tok != token.VAR {
				continue
			}
			if source := string(text[variables.Pos()-1 : variables.End()-1]); strings.Contains(source, "regexp.MustCompile(") {
				t.Errorf("%s compiles a regular expression at the start of every command: use lazy.Regexp", path)
			}
		}
		return nil
	}
	for _, folder := range []string{".", filepath.Join("..", "cmd")} {
		if err := filepath.WalkDir(folder, early); err != nil {
			t.Fatal(err)
		}
	}
}
