//go:build unix

package swarm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/doctor"
)

// A planned node's machine is known by its host name, or by its label; one that is drained or down is not ready.
func TestMachines(t *testing.T) {
	const two = `{"Host":"a","Version":"VERSION","State":"ready","Availability":"active","Labels":{}}
{"Host":"b","State":"ready","Availability":"drain","Labels":{"io.owgen.node":"data"}}
{"Host":"c","State":"down","Availability":"active","Labels":null}`
	for name, x := range map[string]struct {
		nodes string // what `docker node ls` prints
		fails string
		want  []doctor.Member
		state doctor.State
		old   string // what is said of an engine besides
	}{
		"a manager":   {"1 2 3", "", []doctor.Member{{Name: "a", Node: "a", Ready: true}, {Name: "b", Node: "data"}, {Name: "c", Node: "c"}}, doctor.OK, ""},
		"an old one":  {"1 2 3 ", "", []doctor.Member{{Name: "a", Node: "a", Ready: true}, {Name: "b", Node: "data"}, {Name: "c", Node: "c"}}, doctor.OK, "a has Docker Engine 25.0.3, which is too old for ./deploy"},
		"no machines": {"", "", nil, doctor.Problem, ""},
		"no manager":  {"", "This node is not a swarm manager.", nil, doctor.Problem, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir, version := t.TempDir(), "26.1.5+dfsg1"
			if x.old != "" {
				version = "25.0.3"
			}
			script := "#!/bin/sh\ncase \"$1 $2\" in\n'info --format') echo '{\"ServerVersion\":\"26.1\"}' ;;\n'node ls') echo '" + x.nodes + "'; [ -z '" + x.fails + "' ] || { echo '" + x.fails + "' >&2; exit 1; } ;;\n'node inspect') cat <<'END'\n" + strings.ReplaceAll(two, "VERSION", version) + "\nEND\n;;\nesac\n"
			if err := os.WriteFile(filepath.Join(dir, "docker"), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
			got, err := Engine{}.Ask(t.Context(), "site")
			if err != nil {
				t.Fatal(err)
			}
			itself := got.Cluster.Itself
			if diff := cmp.Diff(x.want, got.Cluster.Machines); diff != "" || len(itself) == 0 || itself[0].State != x.state || (x.state != doctor.OK && itself[0].Hint == "") {
				t.Errorf("%v (-want +got)\n%s", itself, diff)
			}
			var old string
			for _, r := range itself[1:] {
				old += r.Message
			}
			if old != x.old {
				t.Errorf("of old engines it says %q", old)
			}
		})
	}
}
