package output

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/owgen/owgen/generator/bundle"
)

func before() map[string]string {
	return map[string]string{"a": "1", "b": "2", "d/s": "#!/bin/sh\n", "d/e/f": "3", "owgen.yaml": "once\n"}
}

// TestWritten tells what owgen wrote from what looks like it.
func TestWritten(t *testing.T) {
	changed := before()
	changed["a"] = "1!"
	for name, test := range map[string]struct {
		now  map[string]string
		user map[string]string
		want bool
	}{
		"nothing happened":                {before(), nil, true},
		"the user's own":                  {before(), map[string]string{"owgen.yaml": "mine"}, true},
		"edited by hand":                  {before(), map[string]string{"b": "mine"}, false},
		"another manifest":                {before(), map[string]string{bundle.ManifestFile: "{}"}, false},
		"something else is generated":     {changed, nil, false},
		"edited to what is generated now": {changed, map[string]string{"a": "1!"}, false},
	} {
		dir := generated(t, bundled(before()))
		write(t, dir, test.user)
		equal(t, name, test.want, compare(t, dir, bundled(test.now)).Written())
	}
	equal(t, "a new folder", false, compare(t, t.TempDir(), bundled(before())).Written())
}

func TestCompareStates(t *testing.T) {
	tests := map[string]struct {
		now  map[string]string // what is generated now
		user func(t *testing.T, dir string)
		want map[string]State
		find []string
	}{
		"nothing happened": {
			now:  before(),
			want: map[string]State{"a": Unchanged, "b": Unchanged, "d/s": Unchanged, "d/e/f": Unchanged, "owgen.yaml": Kept},
		},
		"new content, new file, removed file": {
			now:  map[string]string{"a": "1!", "b": "2", "c": "new", "d/s": "#!/bin/sh\n"},
			want: map[string]State{"a": Update, "b": Unchanged, "c": Create, "d/s": Unchanged, "d/e/f": Remove},
		},
		"edited by hand": {
			now:  map[string]string{"a": "1!", "b": "2"},
			user: edits(map[string]string{"a": "mine", "d/e/f": "mine", "owgen.yaml": "mine"}),
			want: map[string]State{"a": Edited, "b": Unchanged, "d/s": Remove, "d/e/f": Edited},
			find: []string{
				"output/edited error a: it was edited by hand",
				"output/edited error d/e/f: it was edited by hand, and no longer generated",
			},
		},
		"edited to what is generated now": {
			now:  map[string]string{"a": "1!"},
			user: edits(map[string]string{"a": "1!"}),
			want: map[string]State{"a": Unchanged, "b": Remove, "d/s": Remove, "d/e/f": Remove},
		},
		"deleted by hand": {
			now: before(),
			user: func(t *testing.T, dir string) {
				must(t, os.RemoveAll(filepath.Join(dir, "d")))
				must(t, os.Remove(filepath.Join(dir, "owgen.yaml")))
			},
			want: map[string]State{"a": Unchanged, "b": Unchanged, "d/s": Missing, "d/e/f": Missing, "owgen.yaml": Create},
		},
		"file of the user where one is generated now": {
			now:  map[string]string{"c": "new", "d/x/y": "new"},
			user: edits(map[string]string{"c": "mine", "d/x/y": "new"}),
			want: map[string]State{"a": Remove, "b": Remove, "c": Edited, "d/s": Remove, "d/e/f": Remove, "d/x/y": Unchanged},
			find: []string{"output/edited error c: it was not written by owgen"},
		},
		"no longer executable": {
			now:  before(),
			user: func(t *testing.T, dir string) { must(t, os.Chmod(filepath.Join(dir, "d/s"), 0o600)) },
			want: map[string]State{"a": Unchanged, "b": Unchanged, "d/s": Update, "d/e/f": Unchanged, "owgen.yaml": Kept},
		},
		"cloned with another umask": {
			now:  before(),
			user: func(t *testing.T, dir string) { must(t, os.Chmod(filepath.Join(dir, "a"), 0o600)) },
			want: map[string]State{"a": Unchanged, "b": Unchanged, "d/s": Unchanged, "d/e/f": Unchanged, "owgen.yaml": Kept},
		},
		"a file becomes a folder, and a folder a file": {
			now:  map[string]string{"a/x": "1", "d": "2"},
			want: map[string]State{"a": Remove, "a/x": Create, "b": Remove, "d": Create, "d/s": Remove, "d/e/f": Remove},
		},
		"a folder with a file of the user becomes a file": {
			now:  map[string]string{"d": "2"},
			user: edits(map[string]string{"d/e/mine": "mine"}),
			want: map[string]State{"a": Remove, "b": Remove, "d": Blocked, "d/s": Remove, "d/e/f": Remove},
			find: []string{"output/blocked error d: a folder that is not generated is in the way of what is generated"},
		},
		"an edited file becomes a folder": {
			now:  map[string]string{"a/x": "1"},
			user: edits(map[string]string{"a": "mine"}),
			want: map[string]State{"a": Edited, "a/x": Blocked, "b": Remove, "d/s": Remove, "d/e/f": Remove},
			find: []string{
				"output/blocked error a: a file is in the way of what is generated",
				"output/edited error a: it was edited by hand, and no longer generated",
			},
		},
		"links": {
			now: map[string]string{"a": "1", "d/s": "#!/bin/sh\n", "d/e/f": "3", "custom/README.md": "once"},
			user: func(t *testing.T, dir string) {
				link(t, dir, "a", t.TempDir())
				link(t, dir, "b", t.TempDir())
				link(t, dir, "d", t.TempDir())
				link(t, dir, "custom", t.TempDir())
			},
			want: map[string]State{"a": Blocked, "d/s": Blocked, "d/e/f": Blocked, "custom/README.md": Kept},
			find: []string{
				"output/blocked error a: a symbolic link is in the way of what is generated",
				"output/blocked error d: a symbolic link is in the way of what is generated",
			},
		},
		"a link where nothing is generated any more": {
			now:  map[string]string{"a": "1", "b": "2"},
			user: func(t *testing.T, dir string) { link(t, dir, "d", t.TempDir()) },
			want: map[string]State{"a": Unchanged, "b": Unchanged},
		},
		"no manifest": {
			now:  map[string]string{"a": "1!", "b": "2"},
			user: func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, bundle.ManifestFile))) },
			want: map[string]State{"a": Edited, "b": Unchanged},
			find: []string{"output/edited error a: it may be yours: there is no owgen.lock, by which owgen knows what it wrote"},
		},
		"a manifest with conflict marks": {
			now:  map[string]string{"a": "1!", "b": "2"},
			user: edits(map[string]string{bundle.ManifestFile: "<<<<<<<"}),
			want: map[string]State{"a": Edited, "b": Unchanged},
			find: []string{
				"output/edited error a: it was not written by owgen",
				"output/manifest error owgen.lock: it cannot be read: invalid character '<' looking for beginning of value",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := generated(t, bundled(before()))
			if test.user != nil {
				test.user(t, dir)
			}
			old := snapshot(t, dir)
			p := compare(t, dir, bundled(test.now))
			equal(t, "states", test.want, states(p))
			equal(t, "findings", test.find, lines(p.Findings))
			equal(t, "what Compare left", old, snapshot(t, dir))
		})
	}
}

func TestCompareWithNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none/of/these")
	p := compare(t, dir, bundled(map[string]string{"a": "1", "d/e/f": "2"}))
	equal(t, "states", map[string]State{"a": Create, "d/e/f": Create}, states(p))
	if !p.First || p.Clean() {
		t.Errorf("First %v, Clean %v", p.First, p.Clean())
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Error("Compare made the folder")
	}
}

func TestCompareRefusesForeignPaths(t *testing.T) {
	for _, p := range []string{"../x", "/x", ".", "", "secrets/x", ".owgen/x", "docker-compose.override.yml", "custom/x"} {
		b := &bundle.Bundle{Files: map[string]bundle.File{p: {Mode: 0o644}}}
		if _, err := Compare(t.TempDir(), b); err == nil {
			t.Errorf("%q passed", p)
		}
	}
}

// A manifest that was tampered with makes nobody lose what is not generated.
func TestManifestCannotRemoveForeignFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"secrets/s": "x", "docker-compose.override.yml": "x", "a": "1"})
	lie := files(map[string]string{"secrets/s": "x", "docker-compose.override.yml": "x", "a": "1"})
	write(t, dir, map[string]string{bundle.ManifestFile: string((&bundle.Bundle{Files: lie}).Manifest("1", "input"))})
	equal(t, "states", map[string]State{"a": Remove}, states(compare(t, dir, bundled(nil))))
}

func TestChangesCarryBothContents(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"a": "1", "b": "2"}))
	p := compare(t, dir, bundled(map[string]string{"a": "#!1", "c": "3"}))
	got := map[string][2]string{}
	for _, c := range p.Of(Create, Update, Remove) {
		if c.Path == bundle.ManifestFile {
			continue
		}
		var both [2]string
		for i, f := range []*bundle.File{c.Old, c.New} {
			if f != nil {
				both[i] = f.Mode.String() + " " + string(f.Data)
			}
		}
		got[c.Path] = both
	}
	equal(t, "contents", map[string][2]string{
		"a": {"-rw-r--r-- 1", "-rwxr-xr-x #!1"}, "b": {"-rw-r--r-- 2", ""}, "c": {"", "-rw-r--r-- 3"},
	}, got)
}

func edits(texts map[string]string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { write(t, dir, texts) }
}

// link puts a symbolic link in the place of whatever is there.
func link(t *testing.T, dir, name, target string) {
	t.Helper()
	must(t, os.RemoveAll(filepath.Join(dir, name)))
	must(t, os.Symlink(target, filepath.Join(dir, name)))
}
