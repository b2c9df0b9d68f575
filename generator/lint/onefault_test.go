package lint_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owgen/owgen/generator/dockerfile"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/project"
)

// TestOneFaultHidesNothing checks that what is wrong in one place is found there, at its line, and that the service
// beside it is checked as if nothing were.
func TestOneFaultHidesNothing(t *testing.T) {
	const other = "services:\n  other:\n    image: other:1\n    privileged: true\n"
	for name, test := range map[string]struct {
		compose, env string
		want         []string
	}{
		"required variable": {"  web:\n    image: web:${TAG:?set the tag}\n", "", []string{"compose.yml:6: ${TAG} is not defined: set the tag"}},
		"two in one value":  {"  web:\n    image: ${A?}:${B:?b}\n", "", []string{"compose.yml:6: ${A} is not defined", "compose.yml:6: ${B} is not defined: b"}},
		"empty":             {"  web:\n    image: web:${TAG:?}\n", "TAG=\n", []string{"compose.yml:6: ${TAG} is empty"}},
		"in all types": {"  web:\n    image: web:1\n    ports: ['${P:?}:80']\n    mem_limit: ${M:?}\n    read_only: ${R:?}\n    stop_grace_period: ${T:?}\n" +
			"    volumes: ['${V:?}:/v']\n    scale: ${S:?}\n    networks: {n: {ipv4_address: '${I:?}'}}\nnetworks:\n  n:\n    ipam: {config: [{subnet: '${N:?}'}]}\n", "",
			[]string{"compose.yml:7: ${P} is not", "compose.yml:8: ${M} is not", "compose.yml:9: ${R} is not", "compose.yml:10: ${T} is not",
				"compose.yml:11: ${V} is not", "compose.yml:12: ${S} is not", "compose.yml:13: ${I} is not", "compose.yml:16: ${N} is not"}},
		"within a default":             {"  web:\n    image: web:${A:-${B:?b}}\n", "", []string{"compose.yml:6: ${B} is not defined: b"}},
		"in a block":                   {"  web:\n    image: web:1\n    command: |\n      a\n      ${A:?x}\n", "", []string{"compose.yml:9: ${A} is not defined: x"}},
		"unknown key":                  {"  web:\n    image: web:1\n    imag: x\n", "", []string{"compose.yml:7: unknown key"}},
		"wrong value":                  {"  web:\n    image: web:1\n    mem_limit: lots\n", "", []string{"compose.yml:7: "}},
		"wrong type":                   {"  web:\n    image: [a]\n", "", []string{"compose.yml:6: must be a string"}},
		"wrong port":                   {"  web:\n    image: web:1\n    ports: ['80:x']\n", "", []string{"compose.yml:7: "}},
		"wrong section":                {"  web:\n    image: web:1\n    networks: [n]\nnetworks:\n  n: {driver: 1}\n", "", []string{"compose.yml:9: "}},
		"several at once":              {"  web:\n    image: web:${T:?}\n    imag: x\n    mem_limit: lots\n", "", []string{"compose.yml:6: ${T}", "compose.yml:7: unknown key", "compose.yml:8: "}},
		"missing include":              {"  web:\n    image: web:1\ninclude:\n  - nowhere.yml\n", "", []string{"compose.yml:8: there is no file nowhere.yml"}},
		"missing include path":         {"  web:\n    image: web:1\ninclude:\n  - path: [nowhere.yml]\n", "", []string{"compose.yml:8: there is no file nowhere.yml"}},
		"missing extends":              {"  web:\n    extends: {file: nowhere.yml, service: x}\n", "", []string{"compose.yml:6: there is no file nowhere.yml"}},
		"extends nobody":               {"  web:\n    extends: {service: nobody}\n", "", []string{"nobody"}},
		"missing env_file":             {"  web:\n    image: web:1\n    env_file: [nowhere.env]\n", "", []string{"compose.yml:7: there is no file nowhere.env"}},
		"missing label_file":           {"  web:\n    image: web:1\n    label_file: [nowhere.env]\n", "", []string{"compose.yml:7: there is no file nowhere.env"}},
		"wrong .env":                   {"  web:\n    image: web:${TAG}\n", "TAG=1\nB C=2\n", []string{".env:2: key cannot contain a space"}},
		"wrong Dockerfile":             {"  web:\n    build: .\n", "", []string{"Dockerfile:1: "}},
		"required in what is included": {"  web:\n    image: web:1\ninclude:\n  - more.yml\n", "", []string{"${MORE} is not defined: more"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "more.yml"), []byte("services:\n  more:\n    image: more:${MORE:?more}\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			s := project.Sources{File: "compose.yml", Compose: []byte(other + test.compose), EnvFile: ".env", Env: []byte(test.env), Dir: dir, EnvFiles: map[string][]byte{}}
			checked, found := lint.Check(t.Context(), s, map[string]dockerfile.File{"web": {Path: "Dockerfile", Data: []byte("FRM a\n")}})
			if checked.Loaded == nil || len(checked.Loaded.Services) < 2 {
				t.Fatalf("nothing is left of the project:\n%s", found.Error())
			}
			var errs []string
			privileged := false
			for _, f := range found.Errors() {
				if f.Rule == "privileged" && f.Line == 4 {
					privileged = true
					continue
				}
				if name != "wrong Dockerfile" && f.Rule == "dockerfile-invalid" {
					continue
				}
				f.Rule, f.Hint = "", ""
				errs = append(errs, f.String())
				if strings.Contains(f.Message, "64999") || strings.Contains(f.Message, "stand-in") || strings.Contains(f.Message, "192.0.2") {
					t.Errorf("about a value that nobody wrote: %s", f)
				}
			}
			if !privileged {
				t.Errorf("the service beside it is not checked:\n%s", found.Error())
			}
			if len(errs) != len(test.want) {
				t.Errorf("found\n%s\nnot %q", strings.Join(errs, "\n"), test.want)
				return
			}
			for i, want := range test.want {
				place, message, _ := strings.Cut(want, ": ")
				if !strings.HasPrefix(errs[i], place) && strings.Contains(place, ":") || !strings.Contains(errs[i], message) {
					t.Errorf("found %s, not %s", errs[i], want)
				}
			}
		})
	}
}
