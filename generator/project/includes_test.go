package project

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What an include reads beside its file ends, and fits into memory, whatever a project names: compose-go would read it to its end.
func TestIncludesAreBounded(t *testing.T) {
	bomb := "A0=" + strings.Repeat("x", 64) + "\n"
	for i := range 40 {
		bomb += fmt.Sprintf("A%d=${A%d}${A%d}\n", i+1, i, i)
	}
	const pipe, device, grows = "it is a named pipe", "it is a device", "values grow"
	for include, want := range map[string]string{
		"[o.yml]":                          "",
		"[sub/o.yml]":                      pipe, // its .env
		"[{path: o.yml, env_file: o.env}]": "",
		"[{path: [o.yml, sub/o.yml], env_file: /dev/null}]":                 "",
		"[{path: o.yml, env_file: [o.env, fifo]}]":                          pipe,
		`[{path: o.yml, env_file: "${X:-fifo}"}]`:                           pipe,
		"[{path: o.yml, project_directory: sub}]":                           pipe,
		"[{path: o.yml, env_file: /dev/zero}]":                              device,
		"[{path: o.yml, env_file: bomb.env}]":                               grows,
		"[nested.yml]":                                                      device,
		"[{path: indirect.yml, env_file: names.env}]":                       pipe,
		"[{path: cycle.yml, env_file: /dev/null}]":                          "include cycle",
		"[{path: o.yml, env_file: /dev/null}, {path: ./sub/../nested.yml}]": device,
	} {
		t.Run(include, func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range map[string]string{
				"o.yml": "services: {a: {image: 'a:1'}}\n", "sub/o.yml": "services: {b: {image: 'a:1'}}\n", "o.env": "A=1\n", "bomb.env": bomb, "names.env": "WHICH=fifo\n",
				"nested.yml":   "include: [{path: o.yml, env_file: [o.env, /dev/zero]}]\n",
				"indirect.yml": "include: [{path: o.yml, env_file: '${WHICH}'}]\n",
				"cycle.yml":    "include: [{path: cycle.yml, env_file: /dev/null}]\n",
			} {
				file := filepath.Join(dir, name)
				if os.MkdirAll(filepath.Dir(file), 0o755) != nil || os.WriteFile(file, []byte(content), 0o644) != nil {
					t.Fatal(name)
				}
			}
			for _, name := range []string{"fifo", "sub/.env"} {
				if err := syscall.Mkfifo(filepath.Join(dir, name), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			compose := "name: x\ninclude: " + include + "\nservices: {c: {image: 'c:1'}}\n"
			began := time.Now()
			_, found := Load(t.Context(), Sources{Dir: dir, File: "compose.yml", Compose: []byte(compose)})
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
			var said []string
			for _, f := range found {
				said = append(said, f.String())
				if want != "" && want != "include cycle" && f.Line != 2 {
					t.Errorf("line %d: %s", f.Line, f.Message)
				}
			}
			if got := strings.Join(said, "\n"); want == "" && got != "" || !strings.Contains(got, want) {
				t.Errorf("want %q, got %q", want, got)
			}
		})
	}
}
