//go:build unix

package kubernetes

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/doctor"
)

// A pool has the nodes with its label. What kubectl complains about is said, and not what it logs before.
func TestMachines(t *testing.T) {
	const nodes = `{"items":[
{"metadata":{"name":"a","labels":{"pool":"data"}},"spec":{},"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Ready","status":"True"}]}},
{"metadata":{"name":"b"},"spec":{"unschedulable":true},"status":{"conditions":[{"type":"Ready","status":"True"}]}},
{"metadata":{"name":"c"},"spec":{},"status":{"conditions":[{"type":"Ready","status":"Unknown"}]}}]}`
	docker := map[bool]string{false: `[ "$1" != info ] || echo '{"ServerVersion":"26.1"}'`, true: "echo refused >&2; exit 1"}
	none := doctor.Result{Check: "cluster", State: doctor.Problem, Message: "the cluster has no nodes", Hint: "`kubectl get nodes` has to show them"}
	for name, x := range map[string]struct {
		kubectl string
		silent  bool // no engine
		want    []doctor.Member
		said    doctor.Result
	}{
		"no engine":  {"echo '{\"items\":[]}'", true, nil, none},
		"nodes":      {"cat <<'END'\n" + nodes + "\nEND", false, []doctor.Member{{Name: "a", Node: "data", Ready: true}, {Name: "b"}, {Name: "c"}}, doctor.Result{Check: "cluster", State: doctor.OK, Message: "kubectl reaches it"}},
		"none":       {`echo '{"items":[]}'`, false, nil, none},
		"no cluster": {"echo E1 log >&2; echo refused >&2; exit 1", false, nil, doctor.Result{Check: "cluster", State: doctor.Problem, Message: "kubectl reaches no cluster: refused", Hint: "install kubectl, and let `kubectl get nodes` show the nodes: KUBECONFIG, or `kubectl config use-context`"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for command, script := range map[string]string{"kubectl": x.kubectl, "docker": docker[x.silent]} {
				if err := os.WriteFile(filepath.Join(dir, command), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
			got, err := Engine{PoolLabel: "pool"}.Ask(t.Context(), "site")
			if (err != nil) != x.silent {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&doctor.Cluster{Naming: "kubectl label node HOST pool=NODE", Machines: x.want, Itself: []doctor.Result{x.said}}, got.Cluster); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
