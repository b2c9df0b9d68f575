//go:build unix

package output

import (
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// child is the variable that makes this test program a victim of TestKillForReal.
const child = "OWGEN_TEST_BUNDLE"

// large is a bundle of about the real size, in two versions with changes everywhere.
func large(version string) map[string]string {
	texts := map[string]string{}
	for i := range 120 {
		n := strconv.Itoa(i)
		texts["d"+strconv.Itoa(i%12)+"/"+version[:i%2]+"f"+n] = version + n
	}
	return texts
}

// TestKillForReal kills a process that writes, each time a little later, and wants the old folder
// or the new one after Recover, secrets included.
func TestKillForReal(t *testing.T) {
	if dir := os.Getenv(child); dir != "" {
		victim(dir)
	}
	scenes := map[string]*scene{"new folder": {before: tree{}}, "old folder": {before: holding(t, "a", tree{})}}
	for name, s := range scenes {
		s.after = holding(t, "b", s.before)
		outcomes := map[Outcome]int{}
		for i := range 30 {
			dir := restore(t, s.before)
			delay := time.Duration(i) * 120 * time.Microsecond
			kill(t, dir, delay)
			r, err := Recover(dir)
			must(t, err)
			outcomes[r.Outcome]++
			s.either(t, name+", killed after "+delay.String(), content(t, dir))
		}
		t.Logf("%s: outcomes of the recoveries: %v", name, outcomes)
	}
}

// holding returns what a folder holds after a version of the bundle was written there.
func holding(t *testing.T, version string, before tree) tree {
	t.Helper()
	dir := restore(t, before)
	apply(t, dir, bundled(large(version), random("one")), options())
	return content(t, dir)
}

// kill runs a victim on the folder and kills it some time after it has begun.
func kill(t *testing.T, dir string, after time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestKillForReal$")
	cmd.Env = append(os.Environ(), child+"="+dir)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatalf("the victim did not start: %v", err)
	}
	time.Sleep(after)
	must(t, cmd.Process.Kill())
	_ = cmd.Wait()
}

// victim says when it begins, writes, and waits for its end.
func victim(dir string) {
	p, err := Compare(dir, bundled(large("b"), random("one")))
	if err != nil {
		os.Exit(1)
	}
	_, _ = os.Stdout.WriteString("!")
	if _, err := Apply(p, options()); err != nil {
		os.Exit(1)
	}
	time.Sleep(time.Minute)
}
