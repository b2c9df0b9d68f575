package importer

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/read"
)

// A few hundred bytes must not stand for more than any memory holds.
func TestBombs(t *testing.T) {
	level := func(format string) string { // ten of the one below, nine levels
		text := ""
		for i := range 9 {
			reference := strings.ReplaceAll(format, "N", fmt.Sprint(i))
			text += fmt.Sprintf("    v%d: ", i+1) + reference + "\n"
		}
		return text
	}
	jinja := "    v0: xxxxxxxxxx\n" + level("'"+strings.Repeat("{{ vN }}", 10)+"'")
	lists := "    v0: [x]\n" + level("["+strings.Repeat("'{{ vN }}', ", 10)+"]")
	aliases := "    v0: &v0 [x]\n"
	for i := range 9 {
		aliases += fmt.Sprintf("    v%d: &v%d [%s]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*v%d, ", i), 10))
	}
	merges := "    v0: &v0 {x: 1}\n"
	for i := range 9 {
		merges += fmt.Sprintf("    v%d: &v%d {%s}\n", i+1, i+1, func() string {
			out := ""
			for j := range 10 {
				out += fmt.Sprintf("k%d: *v%d, ", j, i)
			}
			return out
		}())
	}
	play := func(vars string) map[string]string {
		return map[string]string{"hosts": "[web]\na.example.org\n", "p.yml": useRole + "  vars:\n" + vars}
	}
	env := "V0=xxxxxxxxxx\n"
	for i := range 9 {
		env += fmt.Sprintf("V%d=%s\n", i+1, strings.Repeat(fmt.Sprintf("${V%d}", i), 10))
	}
	hiddenEnv := strings.ReplaceAll(env, "V", "\vV") // the parser takes more spaces than most
	tests := map[string]map[string]string{
		"Jinja": play(jinja), "Jinja in lists": play(lists), "aliases": play(aliases), "aliases in mappings": play(merges),
		"a value in itself": play("    v: &v [*v, *v]\n"), "merged into itself": play("    v: &v\n      <<: *v\n"),
		"hosts":                    {"hosts": "[web]\na[1:999999].example.org\n", "p.yml": useRole},
		"hosts in hosts":           {"hosts": "[web]\na[1:999][1:999][1:999].example.org\n", "p.yml": useRole},
		"aliases in the inventory": {"hosts.yml": "web:\n  vars:\n" + aliases, "p.yml": useRole},
		"aliases in group_vars":    {"hosts": "[web]\na.example.org\n", "p.yml": useRole, "group_vars/all.yml": strings.ReplaceAll(aliases, "    ", "")},
		".env":                     {".env": env}, "a hidden .env": {".env": strings.ReplaceAll(hiddenEnv, "$\vV", "$V")},
		"a hidden variable": {".env": "\vX=" + strings.Repeat("x", 100_000) + "\nA=" + strings.Repeat("$X", 1000) + "\n"},
	}
	for name, files := range tests {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			in, found := Read(folder(files), Options{})
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if in != nil && found.Err() == nil && len(in.Findings) == 0 {
				t.Errorf("is taken: %d variables", len(in.Variables))
			}
			for _, f := range append(found, found...) {
				if !strings.HasPrefix(f.Rule, "import/") || f.File == "" {
					t.Errorf("%v", f)
				}
			}
		})
	}
}

// What people do write is far below the bounds.
func TestAliasesAndMergeKeys(t *testing.T) {
	in, found := Read(folder(map[string]string{"hosts.yml": "all:\n  vars: {common: &common {a: 1, b: 2}}\n  children:\n    web:\n      hosts: {a.example.org: {<<: *common, b: 3}}\n",
		"p.yml": useRole + "  vars:\n    base: &base {x: 1, y: 1}\n    other: &other {y: 2, z: 2}\n    merged: {<<: [*base, *other], x: 0}\n    same: *base\n"}), Options{})
	if found.Err() != nil {
		t.Fatal(found)
	}
	got := scalars(in)
	want := map[string]string{"a": "!!int1", "b": "!!int3", "merged.x": "!!int0", "merged.y": "!!int1", "merged.z": "!!int2", "same.x": "!!int1", "same.y": "!!int1"}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %q, not %q", key, got[key], value)
		}
	}
	var env strings.Builder
	for i := range 200 {
		fmt.Fprintf(&env, "HOST%d=h%d.example.org\nURL%d=redis://${HOST%d}:${PORT:-6379}/${DB:-0}\n", i, i, i, i)
	}
	if _, found := Read(folder(map[string]string{".env": env.String()}), Options{}); found.Err() != nil {
		t.Errorf("a .env with references is refused: %v", found)
	}
}

// A link in the installation leads where it led in the container, which saw the folder alone; one that leads elsewhere is
// named, and keeps nothing else back.
func TestLinksInCustomization(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("in/.env", "A=1\n")
	write("outside/secret", "s3cr3t")
	write("in/secret", "s3cr3t")
	write("in/customization/theme/z.css", "z")
	write("in/customization/theme/large.bin", strings.Repeat("x", read.Text+1))
	links := map[string]string{"a": "/etc/passwd", "b": "../../../outside/secret", "c": "../../secret", "d": "nothing", "e": "z.css", "f": "../theme/z.css", "g": ".", "h": "e", "i": "../../../outside"}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(dir, "in/customization/theme", name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("theme", filepath.Join(dir, "in/customization/again")); err != nil {
		t.Fatal(err)
	}
	in, found := Read(read.Dir(t.Context(), filepath.Join(dir, "in"), read.Text), Options{})
	if found.Err() != nil || len(in.Findings) > 0 {
		t.Fatal(found, in.Findings)
	}
	got := map[string]string{}
	for name, data := range in.Files {
		got[strings.TrimPrefix(name, "customization/theme/")] = string(data)
	}
	if diff := cmp.Diff(map[string]string{"e": "z", "f": "z", "z.css": "z"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	left := map[string]bool{}
	for _, l := range in.Left {
		left[l.Name] = true
	}
	if diff := cmp.Diff(map[string]bool{"a": true, "b": true, "c": true, "d": true, "g": true, "h": true, "i": true, "again": true, "large.bin": true}, left); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The folder itself as a link would have files of whoever imports copied into custom/, which is committed and handed out.
func TestCustomizationAsALink(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"home", "in"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"in/.env": "A=1\n", "home/id_ed25519": "s3cr3t"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../home", filepath.Join(dir, "in/customization")); err != nil {
		t.Fatal(err)
	}
	in, found := Read(read.Dir(t.Context(), filepath.Join(dir, "in"), read.Text), Options{})
	if found.Err() != nil || len(in.Files) > 0 {
		t.Errorf("%v, %d files", found, len(in.Files))
	}
	if len(in.Left) != 1 || in.Left[0].File != "customization" || !strings.Contains(in.Left[0].Reason, "is a link") {
		t.Errorf("it is not named: %+v", in.Left)
	}
}

// Another installation's configuration, to which a link leads, is none of this one: its secrets would go with the bundle.
func TestConfigurationBehindALink(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"other/.env": "DB_PASS=s3cr3t\n", "in/x": ""} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../other/.env", filepath.Join(dir, "in/.env")); err != nil {
		t.Fatal(err)
	}
	in, found, err := Folder(filepath.Join(dir, "in")).Read(t.Context(), Options{}, "")
	if err != nil || in != nil || found.Err() == nil || !strings.Contains(found.Error(), "link that leads out") || !strings.Contains(found.Error(), "put what it names") {
		t.Errorf("%v, %v, %+v", err, found, in)
	}
}

// A key is taken over from the folder that is imported. The own key of whoever imports would become that of somebody else's fleet.
func TestFilesOutsideAreNotTakenOver(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"in/ssh/key": "inside", "home/key": "s3cr3t"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"out": "../home/key", "again": "ssh/key", "folder": "../home"} {
		if err := os.Symlink(target, filepath.Join(dir, "in", name)); err != nil {
			t.Fatal(err)
		}
	}
	f := Folder(filepath.Join(dir, "in"))
	for name, want := range map[string]string{"ssh/key": "inside", "./ssh/key": "inside", "again": "inside", "out": "", "folder/key": "", "../home/key": "",
		filepath.Join(dir, "home/key"): "", "/etc/passwd": "", "nothing": "", "ssh": ""} {
		data, err := f.File(t.Context(), name)
		if string(data) != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
}

// More files than anybody means are an error, and no memory.
func TestManyFiles(t *testing.T) {
	files := fstest.MapFS{".env": {Data: []byte("A=1\n")}}
	for i := range mostFiles + 2 {
		files[fmt.Sprintf("customization/theme/%d", i)] = &fstest.MapFile{Data: []byte("x")}
	}
	if _, found := Read(files, Options{}); found.Err() == nil || found[0].Rule != "import/too-large" {
		t.Errorf("%v", found)
	}
}
