package lint_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/owgen/owgen/generator/dockerfile"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/project"
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
		in := projectIn(archive, "bad")
		f.Add(string(in.Compose), string(in.Env), string(in.Dockerfiles["web"].Data))
	}
	f.Add("a: &a [*a]\nservices: *a\n", "", "")
	f.Add("services: &s\n  web: *s\n  <<: [*s, *s]\n", "A='", "FROM \\")
	f.Add("- 1\n- {? [a]: b}\n", "\ufeffA=1", "RUN <<A <<B\n")
	f.Add("services:\n  web:\n    <<: [1, {image: a}]\n    networks: {a: , b: [1]}\n    ports: [{}, [], ~]\n", "", "FROM a AS a\nFROM a\nCOPY --from=a . .\n")
	f.Fuzz(func(t *testing.T, compose, env, text string) {
		in := given{File: "compose.yml", Compose: []byte(compose), EnvFile: ".env", Env: []byte(env),
			Dockerfiles: map[string]dockerfile.File{"web": {Path: "Dockerfile", Data: []byte(text), Files: []string{"a", "b/c"}}}}
		p, found := in.check(t.Context())
		lint.Run(&lint.Subject{Reading: &project.Reading{Sources: project.Sources{File: p.File}, Document: p.Document}})
		if _, again := in.check(t.Context()); !slices.Equal(found, again) {
			t.Errorf("first:\n%s\nthen:\n%s", found.Error(), again.Error())
		}
	})
}
