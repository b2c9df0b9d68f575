//go:build unix

package output

import (
	"crypto/rand"
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

// TestKillForReal kills a process that writes, each time a little later, and wants the old bundle
// or the new one after Recover, with the secret of before.
func TestKillForReal(t *testing.T) {
	if dir := os.Getenv(child); dir != "" {
		victim(dir)
	}
	dir := memory(t)
	apply(t, dir, bundle(large("a"), random("one")), options())
	before := snapshot(t, dir)
	scratch := memory(t)
	apply(t, scratch, bundle(large("b"), random("one")), options())
	after := snapshot(t, scratch)
	outcomes := map[Outcome]int{}
	for i := range 40 {
		s := &scene{before: before, after: after}
		dir := restore(t, before)
		kill(t, dir, time.Duration(i)*100*time.Microsecond)
		r, err := Recover(dir)
		must(t, err)
		outcomes[r.Outcome]++
		s.either(t, "killed after "+strconv.Itoa(i*100)+" µs", snapshot(t, dir))
	}
	t.Logf("outcomes of the recoveries: %v", outcomes)
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
	p, err := Compare(dir, bundle(large("b"), random("one")))
	if err != nil {
		os.Exit(1)
	}
	_, _ = os.Stdout.WriteString("!")
	if _, err := Apply(p, Options{Random: rand.Reader, Now: time.Now()}); err != nil {
		os.Exit(1)
	}
	time.Sleep(time.Minute)
}
