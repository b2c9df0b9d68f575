package folder

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/read"
)

// What Compose would take in a folder is read, with all that it is built from and reads, and nothing else.
func TestRead(t *testing.T) {
	const one = "services: {web: {image: 'a:1'}}\n"
	type contents struct {
		Compose     string
		Overrides   []string
		Files       []string // by how people see them
		EnvFiles    []string
		Dockerfiles map[string]string
	}
	for name, x := range map[string]struct {
		files map[string]string
		where string // below the folder
		want  contents
	}{
		"the first name wins": {map[string]string{"compose.yaml": one, "docker-compose.yml": one}, "", contents{Compose: "compose.yaml", Files: []string{"compose.yaml"}}},
		"with its override": {map[string]string{"docker-compose.yml": one, "docker-compose.override.yml": one, ".env": "A=1\n"}, "",
			contents{Compose: "docker-compose.yml", Overrides: []string{"docker-compose.override.yml"}, Files: []string{".env", "docker-compose.yml", "docker-compose.override.yml"}}},
		"as COMPOSE_FILE says": {map[string]string{"compose.yaml": one, "a.yml": one, "b.yml": one, ".env": "COMPOSE_FILE=b.yml:a.yml\n"}, "",
			contents{Compose: "b.yml", Overrides: []string{"a.yml"}, Files: []string{".env", "b.yml", "a.yml"}}},
		"a file": {map[string]string{"compose.yaml": one, "other.yml": one}, "other.yml", contents{Compose: "other.yml", Files: []string{"other.yml"}}},
		"what it is built from and reads": {map[string]string{
			"compose.yaml":   "services:\n  web: {build: web, env_file: [web.env, none.env]}\n  db: {build: {context: ., dockerfile: db/Other}}\n  far: {build: 'https://example.org/x.git'}\n",
			"web/Dockerfile": "FROM a:1\n", "web/.dockerignore": "x\n", "db/Other": "FROM b:1\n", "web.env": "A=1\n"}, "",
			contents{Compose: "compose.yaml", Files: []string{"compose.yaml", "db/Other", "web.env", "web/.dockerignore", "web/Dockerfile"}, EnvFiles: []string{"web.env"},
				Dockerfiles: map[string]string{"web": "web/Dockerfile", "db": "db/Other"}}},
		"what is no project": {map[string]string{"compose.yaml": "- a\n"}, "", contents{Compose: "compose.yaml", Files: []string{"compose.yaml"}}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folderOf(t, x.files)
			p, err := Read(t.Context(), filepath.Join(dir, x.where))
			if err != nil {
				t.Fatal(err)
			}
			got := contents{Compose: p.File, EnvFiles: slices.Sorted(maps.Keys(p.EnvFiles))}
			for _, o := range p.Overrides {
				got.Overrides = append(got.Overrides, o.Name)
			}
			for _, file := range p.Files {
				rel, err := filepath.Rel(dir, file)
				if err != nil {
					t.Fatal(err)
				}
				got.Files = append(got.Files, filepath.ToSlash(rel))
			}
			if x.want.Dockerfiles != nil { // services are in no order
				slices.Sort(got.Files)
			}
			for service, file := range p.Dockerfiles {
				if got.Dockerfiles == nil {
					got.Dockerfiles = map[string]string{}
				}
				got.Dockerfiles[service] = file.Path
			}
			if diff := cmp.Diff(x.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Where there is nothing to read, that is said by its kind.
func TestNothingToRead(t *testing.T) {
	empty := folderOf(t, nil)
	if _, err := Read(t.Context(), empty); !errors.As(err, new(*MissingError)) {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := Read(t.Context(), filepath.Join(empty, "none.yml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such file: %v", err)
	}
	if _, err := Read(t.Context(), os.DevNull); !errors.Is(err, read.ErrNoFile) {
		t.Errorf("a device: %v", err)
	}
}

// Names in findings lead from where the user is, whatever they begin with.
func TestShown(t *testing.T) {
	p := &Contents{Folder: filepath.Join("a", "b")}
	for name, want := range map[string]string{"c.yml": "a/b/c.yml", "../Dockerfile": "a/Dockerfile", "../../x": "x", "/etc/x": "/etc/x"} {
		if got := p.Shown(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
