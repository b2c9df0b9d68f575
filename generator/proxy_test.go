package generator

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/owgen/owgen/dockerfiles"
)

// asking is curl with its options, as a word of a shell or of a probe.
var asking = regexp.MustCompile(`(^|[\s"'(!{;|\[])curl("?, "?|\s+)(-|")`)

// A probe, and whoever asks a service beside it, asks that one, whatever proxy the engine or an operator has put into the environment: it
// would answer for what is down, or refuse for what is up.
func TestNothingInsideIsAskedThroughAProxy(t *testing.T) {
	asked := 0
	err := fs.WalkDir(dockerfiles.FS, ".", func(name string, d fs.DirEntry, err error) error {
		base := path.Base(name)
		if err != nil || d.IsDir() || strings.HasPrefix(base, "Dockerfile") || base == "README.md" { // what is built comes from outside
			return err
		}
		text, err := fs.ReadFile(dockerfiles.FS, name)
		for i, line := range strings.Split(string(text), "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "#") || !asking.MatchString(line) {
				continue
			}
			asked++
			if !strings.Contains(line, "--noproxy '*'") && !strings.Contains(line, `--noproxy, "*"`) {
				t.Errorf("%s:%d: %s", name, i+1, strings.TrimSpace(line))
			}
		}
		return err
	})
	if err != nil || asked < 20 {
		t.Errorf("%d requests are looked at: %v", asked, err)
	}
}
