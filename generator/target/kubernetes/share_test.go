package kubernetes

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A cluster with one claim of both namespaces. What is changed is written down.
const fakeKubectl = `#!/bin/sh
case "$*" in
create*) cat >/dev/null; echo create >>"$FAKE/changed" ;;
delete*) echo "$*" >>"$FAKE/changed" ;;
*storageClassName*) [ "$HANDLE" != refused ] && echo "media x-privileged-media" ;;
*"get pvc"*status.phase*) echo Bound ;;
*"get pvc"*volumeName*) echo pvc-1 ;;
"get pv pvc-1"*spec.csi*) echo '{"volumeHandle":"new"}' ;;
"get pv pvc-1"*spec.capacity*) echo '{"storage":"1Gi"}' ;;
"get pv x-privileged-media"*status.phase*) echo "$PHASE" ;;
"get pv x-privileged-media"*owgen*shared*) echo "$BY" ;;
"get pv x-privileged-media"*spec.csi*) echo "{\"volumeHandle\":\"$HANDLE\"}" ;;
esac
`

// The second object for a volume is made where there is none, and anew where it leads to what is gone: to other storage, or to a claim of before.
func TestShareVolumes(t *testing.T) {
	const remove = "delete pv x-privileged-media"
	for name, c := range map[string]struct {
		phase, by, handle string
		changed           []string
		fails             bool
	}{
		"none":                              {"", "", "", []string{"create"}, false},
		"it is right":                       {"Bound", "true", "new", nil, false},
		"its claim comes":                   {"Available", "true", "new", nil, false},
		"its claim is gone":                 {"Released", "true", "new", []string{remove, "create"}, false},
		"other storage":                     {"Released", "true", "old", []string{remove, "create"}, false},
		"other storage, which is mounted":   {"Bound", "true", "old", nil, true},
		"somebody else's, of other storage": {"Bound", "", "old", nil, false},
		"no cluster answers":                {"", "", "refused", nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			script, err := os.ReadFile("../../../dockerfiles/_shared/kubernetes/kubernetes/share-volumes.tmpl")
			if err != nil {
				t.Fatal(err)
			}
			for name, text := range map[string]string{"script": strings.ReplaceAll(string(script), "{{ .Project }}", "x"), "kubectl": fakeKubectl, "changed": ""} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			run := exec.Command("sh", filepath.Join(dir, "script"))
			run.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "FAKE="+dir, "PHASE="+c.phase, "BY="+c.by, "HANDLE="+c.handle)
			if out, err := run.CombinedOutput(); (err != nil) != c.fails {
				t.Errorf("%v\n%s", err, out)
			}
			changed, err := os.ReadFile(filepath.Join(dir, "changed"))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for line := range strings.Lines(string(changed)) {
				got = append(got, strings.TrimSpace(line))
			}
			if diff := cmp.Diff(c.changed, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
