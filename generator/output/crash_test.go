package output

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/bundle"
)

// A scene is a folder as it was, the bundle that is to be written there, and what came of it.
type scene struct {
	bundle        *bundle.Bundle
	options       func() Options
	before, after tree
	operations    int // on the disk
}

func scenes(t *testing.T) map[string]*scene {
	then := bundled(map[string]string{
		"same": "s", "changed": "1", "dropped/deep/file": "2", "script": "#!/bin/sh\n", "d/missing": "3", "d/edited": "4",
		"file-to-folder": "5", "folder-to-file/x": "6", "edited-and-dropped": "7", "owgen.yaml": "once",
	}, random("kept"))
	now := bundled(map[string]string{
		"same": "s", "changed": "11", "new/deep/file": "22", "script": "#!/bin/sh\n", "d/missing": "33", "d/edited": "44",
		"file-to-folder/x": "55", "folder-to-file": "66", "owgen.yaml": "once more", "custom/README.md": "once",
	}, random("kept"), random("fresh"), authority())
	dir := generated(t, then)
	write(t, dir, map[string]string{"d/edited": "by hand", "edited-and-dropped": "by hand", "mine/too": "mine", "custom/mine": "mine"})
	must(t, os.Remove(filepath.Join(dir, "d/missing")))
	must(t, os.Chmod(filepath.Join(dir, "script"), 0o644))
	out := map[string]*scene{
		"new folder": {bundle: now, options: options, before: tree{}},
		"old folder": {bundle: now, options: forced, before: snapshot(t, dir)},
	}
	for _, s := range out {
		dir := restore(t, s.before)
		operations, err := s.run(dir, &faulty{})
		must(t, err)
		s.after, s.operations = content(t, dir), operations
	}
	return out
}

// run applies the scene's bundle on a disk that fails; it returns how many operations there were.
func (s *scene) run(dir string, d *faulty) (int, error) {
	d.disk = quick{osDisk(dir)}
	p, err := Compare(dir, s.bundle)
	if err != nil {
		return 0, err
	}
	_, err = folder{dir, d}.apply(p, s.options())
	return d.count, environment(err)
}

// content is a snapshot of a folder that may be absent, which is as good as empty.
func content(t *testing.T, dir string) tree {
	if _, err := os.Stat(dir); os.IsNotExist(err) {
		return tree{}
	}
	return snapshot(t, dir)
}

// either wants one of the two trees, and nothing else lying around.
func (s *scene) either(t *testing.T, what string, got tree) {
	t.Helper()
	if !cmp.Equal(got, s.before) && !cmp.Equal(got, s.after) {
		t.Fatalf("%s: neither as before nor as it should be\n(-before +got):\n%s\n(-after +got):\n%s",
			what, cmp.Diff(s.before, got), cmp.Diff(s.after, got))
	}
}

// Whatever operation a run is killed at, the next command completes or undoes it; and if that one
// is killed as well, the one after it does.
func TestKilledAtEachOperation(t *testing.T) {
	for name, s := range scenes(t) {
		for n := 1; n <= s.operations; n++ {
			d := &faulty{n: n}
			s.killed(t, name, d)
			if d.last == "create" {
				s.killed(t, name, &faulty{n: n, half: true})
			}
		}
		got := s.killed(t, name, &faulty{n: s.operations})
		equal(t, name+", killed at the very end", s.after, got)
	}
}

// killed runs the scene on a disk that kills it, and then its recovery; it returns what is there.
func (s *scene) killed(t *testing.T, name string, d *faulty) tree {
	t.Helper()
	dir := restore(t, s.before)
	_, err := s.run(dir, d)
	if !d.dead || err != nil && !errors.Is(err, errKilled) {
		t.Fatalf("%s, operation %d: dead %v, error %v", name, d.n, d.dead, err)
	}
	killRecover(t, dir, d.count)
	_, err = folder{dir, quick{osDisk(dir)}}.recoverAlone()
	must(t, err)
	got := content(t, dir)
	s.either(t, name, got)
	return got
}

// killRecover kills the recovery too, at an operation that differs from run to run.
func killRecover(t *testing.T, dir string, n int) {
	t.Helper()
	d := &faulty{disk: quick{osDisk(dir)}, n: 1 + n*7%31, half: n%2 == 0}
	if _, err := (folder{dir, d}).recoverAlone(); err != nil && !errors.Is(err, errKilled) {
		t.Fatalf("recovery after %d: %v", n, err)
	}
}

// Each moment of the recovery, after a run that was killed in the middle of its work.
func TestRecoveryKilledAtEachOperation(t *testing.T) {
	for name, s := range scenes(t) {
		for _, n := range []int{s.operations / 2, s.operations * 3 / 4} {
			for m := 1; ; m++ {
				dir := restore(t, s.before)
				if _, err := s.run(dir, &faulty{n: n}); err == nil {
					t.Fatal("not killed")
				}
				d := &faulty{disk: quick{osDisk(dir)}, n: m, half: true}
				if _, err := (folder{dir, d}).recoverAlone(); err != nil && !errors.Is(err, errKilled) {
					t.Fatal(err)
				}
				_, err := folder{dir, quick{osDisk(dir)}}.recoverAlone()
				must(t, err)
				s.either(t, name, content(t, dir))
				if d.count < m {
					break
				}
			}
		}
	}
}

// Whatever operation fails, the folder is as it was, or the run succeeded all the same.
func TestFailedAtEachOperation(t *testing.T) {
	causes := []error{syscall.ENOSPC, syscall.EACCES, syscall.EROFS, syscall.EIO}
	for name, s := range scenes(t) {
		for n := 1; n <= s.operations; n++ {
			cause := causes[n%len(causes)]
			dir := restore(t, s.before)
			_, err := s.run(dir, &faulty{n: n, cause: cause, half: true})
			got := content(t, dir)
			var known *EnvError
			switch {
			case err == nil:
				equal(t, name, s.after, tidy(got))
			case !errors.As(err, &known) || !errors.Is(err, cause) || known.Path == "":
				t.Errorf("%s, operation %d: %#v is no EnvError of %v", name, n, err, cause)
			case strings.HasSuffix(known.Hint, unchanged):
				equal(t, name+", unchanged", s.before, tidy(got))
			}
			r, err := folder{dir, quick{osDisk(dir)}}.recoverAlone()
			must(t, err)
			s.either(t, name, tidy(content(t, dir)))
			if r.Outcome != Nothing && !strings.HasSuffix(known.Hint, halfway) && !strings.HasSuffix(known.Hint, written) && n > 20 {
				t.Errorf("%s, operation %d: recovery was needed after %v (%s)", name, n, known, known.Hint)
			}
		}
	}
}

// tidy drops what does no harm when it could not be removed: a lock that nobody holds, and empty
// folders of what is no longer generated.
func tidy(got tree) tree {
	delete(got, lockPath)
	if _, full := got["dropped/deep/file"]; !full {
		delete(got, "dropped/deep/")
		delete(got, "dropped/")
	}
	if len(got) == 0 || !hasWork(got) {
		delete(got, bundle.WorkFolder+"/")
	}
	return got
}

func hasWork(got tree) bool {
	for p := range got {
		if strings.HasPrefix(p, bundle.WorkFolder+"/") && p != bundle.WorkFolder+"/" {
			return true
		}
	}
	return false
}
