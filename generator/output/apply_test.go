package output

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
)

func TestApplyWritesFilesWithTheirModes(t *testing.T) {
	b := bundled(map[string]string{"a": "1", "d/run": "#!/bin/sh\n", "owgen.yaml": "once"})
	dir := filepath.Join(t.TempDir(), "deep/down/bundle")
	var told []string
	o := options()
	o.Progress = func(p string) { told = append(told, p) }
	r := apply(t, dir, b, o)
	equal(t, "tree", tree{
		"a": "-rw-r--r-- 1", "d/": "-rwxr-xr-x", "d/run": "-rwxr-xr-x #!/bin/sh\n", "owgen.yaml": "-rw-r--r-- once",
		"owgen.lock": "-rw-r--r-- " + string(b.Files[bundle.ManifestFile].Data),
	}, snapshot(t, dir))
	equal(t, "order", []string{"d/run", "a", "owgen.yaml", "owgen.lock"}, told)
	equal(t, "changes", 4, len(r.Changes))
}

func TestApplyAgainWritesNothing(t *testing.T) {
	b := bundled(before(), random("one"), authority())
	dir := generated(t, b)
	past := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for p := range snapshot(t, dir) {
		must(t, os.Chtimes(filepath.Join(dir, p), past, past))
	}
	must(t, os.Chtimes(dir, past, past))
	p := compare(t, dir, b)
	if !p.Clean() {
		t.Error("not clean")
	}
	r, err := Apply(p, options())
	must(t, err)
	equal(t, "changes and secrets", 0, len(r.Changes)+len(r.Secrets))
	for p := range snapshot(t, dir) {
		info, err := os.Stat(filepath.Join(dir, p))
		must(t, err)
		if !info.ModTime().Equal(past) {
			t.Errorf("%s was touched", p)
		}
	}
	if info, _ := os.Stat(dir); !info.ModTime().Equal(past) {
		t.Error("the folder was touched")
	}
}

func TestApplyLeavesUnchangedFilesAlone(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"a": "1", "b": "2"}))
	past := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	must(t, os.Chtimes(filepath.Join(dir, "a"), past, past))
	apply(t, dir, bundled(map[string]string{"a": "1", "b": "22"}), options())
	if info, _ := os.Stat(filepath.Join(dir, "a")); !info.ModTime().Equal(past) {
		t.Error("the unchanged file was written")
	}
	equal(t, "the changed file", "-rw-r--r-- 22", snapshot(t, dir)["b"])
}

func TestApplyStopsAtEveryEditedFile(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"a": "1", "b": "2", "c": "3"}))
	write(t, dir, map[string]string{"a": "mine", "c": "mine"})
	old := snapshot(t, dir)
	_, err := Apply(compare(t, dir, bundled(map[string]string{"a": "11", "b": "22", "c": "33"})), options())
	var findings diag.List
	if !errors.As(err, &findings) {
		t.Fatalf("got %v", err)
	}
	equal(t, "findings", []string{"output/edited error a: it was edited by hand", "output/edited error c: it was edited by hand"}, lines(findings))
	equal(t, "tree", old, snapshot(t, dir))
}

func TestForceKeepsCopies(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"a": "1", "d/b": "#!2", "c": "3", "owgen.yaml": "once"}))
	write(t, dir, map[string]string{"a": "mine", "d/b": "mine", "owgen.yaml": "mine"})
	now := bundled(map[string]string{"a": "11", "c": "3", "owgen.yaml": "once more"})
	r := apply(t, dir, now, forced())
	equal(t, "copies", []Backup{
		{"a", ".owgen/backup/20261122-101112/a"}, {"d/b", ".owgen/backup/20261122-101112/d/b"},
	}, r.Backups)
	write(t, dir, map[string]string{"a": "mine again"})
	r = apply(t, dir, now, forced())
	equal(t, "copies", []Backup{{"a", ".owgen/backup/20261122-101112-2/a"}}, r.Backups)
	got := snapshot(t, dir)
	delete(got, bundle.ManifestFile)
	equal(t, "tree", tree{
		"a": "-rw-r--r-- 11", "c": "-rw-r--r-- 3", "owgen.yaml": "-rw-r--r-- mine",
		".owgen/": "-rwx------", ".owgen/backup/": "-rwx------",
		".owgen/backup/20261122-101112/": "-rwx------", ".owgen/backup/20261122-101112/a": "-rw-r--r-- mine",
		".owgen/backup/20261122-101112/d/": "-rwx------", ".owgen/backup/20261122-101112/d/b": "-rwxr-xr-x mine",
		".owgen/backup/20261122-101112-2/": "-rwx------", ".owgen/backup/20261122-101112-2/a": "-rw-r--r-- mine again",
	}, got)
}

func TestForceReplacesAnUnreadableManifest(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"a": "1", "b": "2"}))
	write(t, dir, map[string]string{bundle.ManifestFile: "<<<<<<<"})
	r := apply(t, dir, bundled(map[string]string{"a": "11", "b": "2"}), forced())
	equal(t, "copies", []Backup{
		{"a", ".owgen/backup/20261122-101112/a"}, {"owgen.lock", ".owgen/backup/20261122-101112/owgen.lock"},
	}, r.Backups)
	if !compare(t, dir, bundled(map[string]string{"a": "11", "b": "2"})).Clean() {
		t.Error("not clean afterwards")
	}
}

func TestForceDoesNotReplaceWhatIsInTheWay(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"a": "1"}))
	link(t, dir, "a", t.TempDir())
	_, err := Apply(compare(t, dir, bundled(map[string]string{"a": "2"})), forced())
	var findings diag.List
	if !errors.As(err, &findings) || findings[0].Rule != ruleBlocked {
		t.Errorf("got %v", err)
	}
}

func TestRemovalLeavesWhatTheUserPutThere(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"x/y/a": "1", "z/b": "2", "c": "3"}))
	write(t, dir, map[string]string{"x/mine": "mine"})
	must(t, os.Mkdir(filepath.Join(dir, "empty"), 0o755))
	must(t, os.Chmod(filepath.Join(dir, "empty"), 0o755))
	apply(t, dir, bundled(map[string]string{"c": "3"}), options())
	got := snapshot(t, dir)
	delete(got, bundle.ManifestFile)
	equal(t, "tree", tree{"c": "-rw-r--r-- 3", "x/": "-rwxr-xr-x", "x/mine": "-rw-r--r-- mine", "empty/": "-rwxr-xr-x"}, got)
}

func TestUsersFilesAreWrittenOnRequestOnly(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"owgen.yaml": "once"}))
	b := bundled(map[string]string{"owgen.yaml": "once more"})
	apply(t, dir, b, forced())
	equal(t, "kept", "-rw-r--r-- once", snapshot(t, dir)["owgen.yaml"])
	save := b.Files["owgen.yaml"]
	save.Save = true
	b.Files["owgen.yaml"] = save
	apply(t, dir, b, options())
	equal(t, "saved", "-rw-r--r-- once more", snapshot(t, dir)["owgen.yaml"])
}

// What happens in the folder between the comparison and the writing is not overwritten.
func TestApplyComparesAgain(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"a": "1"}))
	p := compare(t, dir, bundled(map[string]string{"a": "2"}))
	write(t, dir, map[string]string{"a": "mine"})
	var findings diag.List
	if _, err := Apply(p, options()); !errors.As(err, &findings) {
		t.Errorf("got %v", err)
	}
	equal(t, "the file", "-rw-r--r-- mine", snapshot(t, dir)["a"])
}

// What happens even later is kept as a copy.
func TestLateEditsAreKept(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"a": "1", "b": "2"}))
	f := folder{dir, &watched{disk: quick{osDisk(dir)}, before: func(op, p string) {
		if op == "rename" && p == journalPath {
			write(t, dir, map[string]string{"a": "mine", "b": "mine", "new": "mine"})
		}
	}}}
	p, err := f.compare(bundled(map[string]string{"a": "11", "new": "33"}))
	must(t, err)
	r, err := f.apply(p, options())
	must(t, err)
	equal(t, "copies", []Backup{
		{"b", ".owgen/backup/20261122-101112/b"}, {"a", ".owgen/backup/20261122-101112/a"}, {"new", ".owgen/backup/20261122-101112/new"},
	}, r.Backups)
	got := snapshot(t, dir)
	for _, b := range r.Backups {
		equal(t, b.Copy, "-rw-r--r-- mine", got[b.Copy])
	}
	equal(t, "a", "-rw-r--r-- 11", got["a"])
	equal(t, "new", "-rw-r--r-- 33", got["new"])
}
