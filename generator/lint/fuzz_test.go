package lint_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/owgen/owgen/generator/lint"
)

// FuzzCheck checks that no input brings the rules down, and that the same input gives the same findings.
func FuzzCheck(f *testing.F) {
	files, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		in := project(archive, "bad")
		f.Add(string(in.Compose), string(in.Env), string(in.Dockerfiles["web"].Data))
	}
	f.Add("a: &a [*a]\nservices: *a\n", "", "")
	f.Add("services: &s\n  web: *s\n  <<: [*s, *s]\n", "A='", "FROM \\")
	f.Add("- 1\n- {? [a]: b}\n", "\ufeffA=1", "RUN <<A <<B\n")
	f.Add("services:\n  web:\n    <<: [1, {image: a}]\n    networks: {a: , b: [1]}\n    ports: [{}, [], ~]\n", "", "FROM a AS a\nFROM a\nCOPY --from=a . .\n")
	f.Fuzz(func(t *testing.T, compose, env, dockerfile string) {
		in := lint.Input{File: "compose.yml", Compose: []byte(compose), EnvFile: ".env", Env: []byte(env),
			Dockerfiles: map[string]lint.Dockerfile{"web": {Path: "Dockerfile", Data: []byte(dockerfile), Files: []string{"a", "b/c"}}}}
		p, found := lint.Check(t.Context(), in)
		lint.Run(&lint.Project{File: p.File, Node: p.Node})
		if _, again := lint.Check(t.Context(), in); !slices.Equal(found, again) {
			t.Errorf("first:\n%s\nthen:\n%s", found.Error(), again.Error())
		}
	})
}
