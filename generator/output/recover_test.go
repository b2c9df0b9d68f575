package output

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/owgen/owgen/generator/bundle"
)

// interrupted writes b into dir and is killed before the operation op on path.
func interrupted(t *testing.T, dir string, p Comparison, op, path string) {
	t.Helper()
	killed := false
	d := &faulty{disk: quick{osDisk(dir)}}
	f := folder{dir, &watched{disk: d, before: func(o, at string) {
		if o == op && at == path {
			d.dead, killed = true, true
		}
	}}}
	if _, err := f.apply(p, forced()); !killed || !errors.Is(err, errKilled) {
		t.Fatalf("not killed: %v", err)
	}
}

func TestRecoverWithoutLeftovers(t *testing.T) {
	for _, dir := range []string{t.TempDir(), filepath.Join(t.TempDir(), "none"), generated(t, bundled(before()))} {
		r, err := Recover(dir)
		must(t, err)
		equal(t, "recovery", Recovery{}, r)
	}
}

func TestRecoverCompletes(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"a": "1", "b": "2", "c": "3"}))
	p := compare(t, dir, bundled(map[string]string{"a": "11", "b": "22"}))
	interrupted(t, dir, p, "rename", "b")
	write(t, dir, map[string]string{"b": "mine since"})
	r, err := Recover(dir)
	must(t, err)
	equal(t, "recovery", Recovery{
		Outcome: Completed, Paths: []string{"c", "a", "b", "owgen.lock"},
		Backups: []Backup{{"b", ".owgen/backup/20261122-101112/b"}},
	}, r)
	got := snapshot(t, dir)
	equal(t, "b", "-rw-r--r-- 22", got["b"])
	equal(t, "copy of b", "-rw-r--r-- mine since", got[".owgen/backup/20261122-101112/b"])
	findings := r.Findings()
	equal(t, "findings", []string{
		"output/recovered warning : an earlier owgen was killed while it wrote; its work was completed (4 files)",
		"output/recovered warning b: it was edited since, and a copy is kept in .owgen/backup/20261122-101112/b",
	}, lines(findings))
	equal(t, "again", Recovery{}, recovered(t, dir))
}

// Killed between the last file and the end: nothing is left to do, and an edit made since stands.
func TestRecoverLeavesFinishedWorkAlone(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"a": "1"}))
	p := compare(t, dir, bundled(map[string]string{"a": "11"}))
	interrupted(t, dir, p, "remove", journalPath)
	write(t, dir, map[string]string{"a": "mine since"})
	equal(t, "outcome", Completed, recovered(t, dir).Outcome)
	equal(t, "a", "-rw-r--r-- mine since", snapshot(t, dir)["a"])
}

func TestRecoverUndoesADraft(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"a": "1"}))
	old := snapshot(t, dir)
	interrupted(t, dir, compare(t, dir, bundled(map[string]string{"a": "11"})), "rename", journalPath)
	r := recovered(t, dir)
	equal(t, "outcome", Undone, r.Outcome)
	equal(t, "tree", old, snapshot(t, dir))
	equal(t, "findings", []string{"output/recovered warning : an earlier owgen was killed before it wrote; nothing had been changed"}, lines(r.Findings()))
}

func TestRecoverUndoesWhatItCannotComplete(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"a": "1", "b": "2"}))
	old := snapshot(t, dir)
	p := compare(t, dir, bundled(map[string]string{"a": "11", "b": "22", "c/d": "33"}))
	interrupted(t, dir, p, "rename", "b")
	f := folder{dir, &watched{disk: &refusing{quick{osDisk(dir)}, "b"}, before: func(string, string) {}}}
	r, err := f.recoverAlone()
	must(t, err)
	if r.Outcome != Undone || !errors.Is(r.Cause, syscall.EACCES) {
		t.Errorf("got %+v", r)
	}
	equal(t, "tree", old, snapshot(t, dir))
	if text := r.Findings()[0].Message; !strings.Contains(text, "cannot be completed") || !strings.Contains(text, "permission denied") {
		t.Error(text)
	}
}

func TestRecoverRemovesALockThatNobodyHolds(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"a": "1"}))
	write(t, dir, map[string]string{lockPath: "99999999\n"})
	equal(t, "recovery", Recovery{}, recovered(t, dir))
	if _, err := os.Lstat(filepath.Join(dir, bundle.WorkFolder)); !os.IsNotExist(err) {
		t.Error("the work folder is still there")
	}
}

func recovered(t *testing.T, dir string) Recovery {
	t.Helper()
	r, err := Recover(dir)
	must(t, err)
	return r
}
