package project

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// shared are services that each take all of many variables.
func shared(services, variables int) string {
	var b strings.Builder
	b.WriteString("x-env: &env\n")
	for i := range variables {
		fmt.Fprintf(&b, "  V%d: v\n", i)
	}
	b.WriteString("services:\n")
	for i := range services {
		fmt.Fprintf(&b, "  s%d:\n    image: a:1\n    environment:\n      <<: *env\n      OWN: x\n", i)
	}
	return b.String()
}

// deep is a reference within the default of another, and so on.
func deep(n int) string { return strings.Repeat("${A:-", n) + "1" + strings.Repeat("}", n) }

// What is small and means much takes minutes and all memory in compose-go. It is a finding, in whatever file it stands, before that.
func TestBounds(t *testing.T) {
	const one = "services: {a: {image: 'a:1'%s}}\n"
	laughs := "x-a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
	for c := 'b'; c < 'j'; c++ {
		laughs += fmt.Sprintf("x-%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", c-1), 10), ", "))
	}
	values := "has more than 30000 values, with those that its aliases stand for, and that is the most that is read"
	nested := "more than 100 references lie within the defaults of one another"
	for name, x := range map[string]struct {
		compose string
		files   map[string]string
		want    string // "" for none
	}{
		"merged":               {shared(3000, 3000), nil, "compose.yaml: error: " + values},
		"merged, as people do": {shared(20, 30), nil, ""},
		"aliases of aliases":   {laughs + fmt.Sprintf(one, ""), nil, values},
		"many services":        {shared(100, 1), nil, ""},
		"a fault among many":   {shared(400, 1) + "    restart: [x]\n", nil, "services.s399.restart"},
		"included":             {"include: [o.yaml]\n" + fmt.Sprintf(one, ""), map[string]string{"o.yaml": shared(300, 300)}, "o.yaml " + values},
		"extended":             {fmt.Sprintf(one, ", extends: {file: o.yaml, service: s1}"), map[string]string{"o.yaml": shared(300, 300)}, "o.yaml " + values},
		"nested":               {fmt.Sprintf(one, ", command: ['"+deep(20_000)+"']"), nil, nested},
		"nested, as people do": {fmt.Sprintf(one, ", command: ['"+deep(20)+"']"), nil, ""},
		"nested in .env":       {fmt.Sprintf(one, ""), map[string]string{".env": "B=" + deep(20_000)}, ".env:1: error: " + nested},
		"nested in env_file":   {fmt.Sprintf(one, ", env_file: [f.env]"), map[string]string{"f.env": "\nB=" + deep(20_000)}, "f.env:2: error: " + nested},
		"nested in label_file": {fmt.Sprintf(one, ", label_file: [f.env]"), map[string]string{"f.env": "B=" + deep(20_000)}, "services.a.label_file[0]: f.env cannot be read: " + nested},
		"long values":          {fmt.Sprintf(one, ", command: ['"+strings.Repeat("${A}", 100)+"']"), map[string]string{".env": "A=" + strings.Repeat("x", 100_000)}, "has references that stand for more than 4 MiB together"},
		"a growing label_file": {fmt.Sprintf(one, ", label_file: [f.env]"), map[string]string{"f.env": "A=xxxxxxxx\n" + strings.Repeat("A=${A}${A}\n", 40)}, "f.env cannot be read: values grow"},
		"labels that many have": {strings.ReplaceAll(shared(20, 1), "image:", "label_file: [f.env]\n    image:"),
			map[string]string{"f.env": "A=" + strings.Repeat("x", 3<<20)}, "services.s7.label_file[0]: f.env cannot be read: the files of variables and labels of all services have more than 32 MiB together"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := Sources{File: "compose.yaml", Compose: []byte(x.compose), EnvFile: ".env", Dir: t.TempDir(), EnvFiles: map[string][]byte{}}
			for file, text := range x.files {
				if err := os.WriteFile(filepath.Join(s.Dir, file), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				s.EnvFiles[file] = []byte(text)
			}
			s.Env = s.EnvFiles[".env"]
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			r, found := Read(ctx, s)
			if r.Refused != nil {
				found.Add(*r.Refused)
			}
			if x.want == "" && (found.Err() != nil || r.Loaded == nil) || !strings.Contains(fmt.Sprint(found), x.want) {
				t.Errorf("%.500s", fmt.Sprint(found))
			}
		})
	}
}

// A label_file lies beside the compose file, and what the service says itself wins over it.
func TestLabelFiles(t *testing.T) {
	dir := t.TempDir()
	for file, text := range map[string]string{"a.env": "one=1\ntwo=2\n", "b.env": "two=two\nthree=${one}\nfour=4\n"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r, found := Read(t.Context(), Sources{File: "compose.yaml", Dir: dir, EnvFiles: map[string][]byte{},
		Compose: []byte("services: {a: {image: 'a:1', label_file: [a.env, b.env, c.env], labels: {four: own}}}\n")})
	if len(found) != 1 || !strings.Contains(found[0].String(), "services.a.label_file[2]: there is no file c.env") {
		t.Error(found)
	}
	if got := fmt.Sprint(r.Loaded.Services["a"].Labels); got != "map[four:own one:1 three:1 two:two]" {
		t.Error(got)
	}
}
