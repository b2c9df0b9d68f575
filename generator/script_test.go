package generator

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The servers of several services listen on what this program of their base image prints.
func TestAddressesInNetworks(t *testing.T) {
	folder := t.TempDir()
	own := "#!/bin/sh\necho '172.28.1.7 10.0.0.255 192.0.2.130 fd00::2 '\n"
	if err := os.WriteFile(filepath.Join(folder, "hostname"), []byte(own), 0o755); err != nil {
		t.Fatal(err)
	}
	for networks, want := range map[string]string{
		"":                            "",
		"172.28.1.0/24":               "172.28.1.7",
		"172.28.2.0/24":               "",
		"192.0.2.128/25,10.0.0.0/8":   "192.0.2.130 10.0.0.255",
		"10.0.0.254/31,192.0.2.0/25":  "10.0.0.255",
		"192.0.2.130,172.28.1.8":      "192.0.2.130",
		"fd00::/64":                   "",
		"172.28.0.0/16,172.28.0.0/23": "172.28.1.7 172.28.1.7",
	} {
		run := exec.Command("sh", "../dockerfiles/base/files/addresses-in", networks)
		run.Env = []string{"PATH=" + folder + string(os.PathListSeparator) + os.Getenv("PATH")}
		out, err := run.CombinedOutput()
		if err != nil {
			t.Errorf("%q: %v\n%s", networks, err, out)
		}
		if diff := cmp.Diff(want, strings.Join(strings.Fields(string(out)), " ")); diff != "" {
			t.Errorf("%q (-want +got)\n%s", networks, diff)
		}
	}
}
