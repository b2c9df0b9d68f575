package output

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

func TestLockKeepsOthersOut(t *testing.T) {
	dir := generated(t, bundled(map[string]string{"a": "1"}))
	old := snapshot(t, dir)
	p := compare(t, dir, bundled(map[string]string{"a": "2"}))
	l, err := open(dir).lock()
	must(t, err)
	_, applied := Apply(p, options())
	_, recovered := Recover(dir)
	for _, err := range []error{applied, recovered} {
		var known *EnvError
		var locked *LockedError
		if !errors.As(err, &known) || !errors.As(err, &locked) || locked.PID != os.Getpid() {
			t.Fatalf("got %v", err)
		}
		if !strings.Contains(err.Error(), "process "+strconv.Itoa(os.Getpid())) || known.Hint == "" {
			t.Errorf("the message is %q, the hint %q", err, known.Hint)
		}
	}
	l.release()
	equal(t, "tree", old, snapshot(t, dir))
	_, err = Apply(p, options())
	must(t, err)
}

// Many at once: each fails cleanly or does its work, and the folder holds one bundle afterwards.
func TestManyAtOnceDoNotMix(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bundle")
	texts := map[string]string{}
	for i := range 20 {
		texts["d"+strconv.Itoa(i%3)+"/f"+strconv.Itoa(i)] = "x"
	}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			mine := map[string]string{}
			for p := range texts {
				mine[p] = strconv.Itoa(i)
			}
			for range 10 {
				p, err := Compare(dir, bundled(mine, random("one")))
				if err == nil {
					_, err = folder{dir, quick{osDisk(dir)}}.apply(p, options())
				}
				var locked *LockedError
				if err != nil && !errors.As(err, &locked) {
					t.Errorf("run %d: %v", i, err)
				}
			}
		})
	}
	group.Wait()
	_, err := Recover(dir)
	must(t, err)
	contents := map[string]bool{}
	got := snapshot(t, dir)
	for p := range texts {
		contents[got[p]] = true
	}
	if len(contents) != 1 {
		t.Errorf("bundles were mixed: %v", contents)
	}
	if _, left := got[".owgen/"]; left {
		t.Error("the work folder is still there")
	}
}
