package doctor_test

import (
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/doctor"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/profiles"
)

// The machines of a cluster are held against the plan's nodes; of this one nothing is asked but what building images needs.
func TestMachines(t *testing.T) {
	built.plan(t, nil) // prepares
	made, found := built.Generate(t.Context(), profile.Source{Profile: "multi-node", Named: profiles.FS, ReadFile: os.ReadFile,
		Set: []string{"images.registry=registry.example.org/o", "nodes={d: {roles: [data]}, a: {roles: [app, edge]}}"}})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	member := func(name, node string, ready bool) doctor.Member {
		return doctor.Member{Name: name, Node: node, Ready: ready}
	}
	d, a := member("d", "d", true), member("host-a", "a", true)
	for name, c := range map[string]struct {
		cluster doctor.Cluster
		want    []string
		down    error // of the engine that builds images
	}{
		"all there":               {doctor.Cluster{Machines: []doctor.Member{d, a}}, []string{"ok d, host-a: all that is planned is there and ready"}, nil},
		"one is missing":          {doctor.Cluster{Machines: []doctor.Member{a}, Naming: "name it NODE"}, []string{"problem no machine is d (there are host-a) > name it d"}, nil},
		"one is down":             {doctor.Cluster{Machines: []doctor.Member{d, a, member("x", "x", false)}}, []string{"warning x is not ready, and runs nothing > look at it, or take it out of the cluster"}, nil},
		"data on two":             {doctor.Cluster{Single: true, Machines: []doctor.Member{d, member("d2", "d", true), a}}, []string{"problem d is d and d2, and data lie there > give the data a node of their own, which is one machine"}, nil},
		"data follow":             {doctor.Cluster{Machines: []doctor.Member{d, member("d2", "d", true), a}}, []string{"ok d, d2, host-a: all that is planned is there and ready"}, nil},
		"two without data":        {doctor.Cluster{Single: true, Machines: []doctor.Member{d, member("a2", "a", true), a}}, []string{"ok d, a2, host-a: all that is planned is there and ready"}, nil},
		"no engine builds images": {doctor.Cluster{Machines: []doctor.Member{a}, Naming: "name it NODE"}, []string{"problem no machine is d (there are host-a) > name it d"}, errors.New("refused")},
		"nobody can be asked":     {doctor.Cluster{Itself: []doctor.Result{{Check: "machines", State: doctor.Problem, Message: "no manager"}}}, []string{"problem no manager"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			m := healthy()
			m.engine.Cluster, m.down = &c.cluster, c.down
			m.taken, m.memory = map[int64]error{443: doctor.ErrTaken}, 1 // which is nobody's concern
			results, answers := doctor.Check(t.Context(), doctor.Patient{Plan: made.Plan}, m, m)
			if answers != (c.down == nil) {
				t.Errorf("the engine answers: %v", answers)
			}
			var got []string
			for _, r := range results {
				if slices.Contains([]string{"ports", "subnets", "devices", "memory", "forwarding", "clock", "volumes"}, r.Check) {
					t.Errorf("%s is asked of this machine: %s", r.Check, r.Message)
				}
				if r.Check == "machines" {
					text := string(r.State) + " " + r.Message
					if r.Hint != "" {
						text += " > " + r.Hint
					}
					got = append(got, text)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
