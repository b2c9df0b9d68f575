package diff_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/diff"
)

// running is a deployment on several machines: what answers, what keeps data on one of them, and a job.
func running() *diff.Cluster {
	image := func(name, tag string) map[string]string {
		return map[string]string{name: "registry.example.org/o/" + name + ":" + tag}
	}
	return &diff.Cluster{Engine: "one", Name: "x", Publish: "push", Leftover: "remove KIND NAME", Takes: map[string]string{"Room": ", and all in it"},
		Workloads: map[string]diff.Workload{
			"web":   {Role: "app", Images: image("web", "1.3-0123456789abcdef"), Replicas: 3, Place: []string{"a", "b"}, Networks: []string{"front"}, Mounts: []diff.Mount{{Volume: "shared", Target: "/s"}}},
			"store": {Role: "data", Manner: diff.Stops, Images: image("store", "17-0123456789abcdef"), Replicas: 1, Place: []string{"d"}, Mounts: []diff.Mount{{Volume: "data", Target: "/d"}}},
			"job":   {Role: "job", Manner: diff.Once, Images: image("job", "1.3-0123456789abcdef"), Replicas: 1, Place: []string{"a", "b"}},
		},
		Volumes:  map[string]diff.Storage{"data": {Where: "in a class", Size: 10, Holds: "Everything"}, "shared": {Where: "there", Keeps: "nobody copies it"}},
		Networks: map[string]diff.Network{"front": {Spec: "1", Replace: "end all"}},
		Objects:  map[string]any{"Room x": "1", "Rule y": "1"}}
}

// compared compares two deployments, in files that differ: where none does nothing is said.
func compared(old, after *diff.Cluster) diff.Report {
	files := func(text string) map[string][]byte { return map[string][]byte{"stack": []byte(text)} }
	return diff.Compare(diff.Side{Cluster: old, Files: files("1\n")}, diff.Side{Cluster: after, Files: files("2\n")}, diff.Options{})
}

// What a change costs on several machines is what engines do with it, for each kind of change.
func TestClusterCosts(t *testing.T) {
	workload := func(name string, change func(*diff.Workload)) func(*diff.Cluster) {
		return func(c *diff.Cluster) {
			w := c.Workloads[name]
			w.Images = maps.Clone(w.Images)
			change(&w)
			c.Workloads[name] = w
		}
	}
	image := func(name, reference string) func(*diff.Cluster) {
		return workload(name, func(w *diff.Workload) { w.Images[name] = reference })
	}
	volume := func(change func(*diff.Storage)) func(*diff.Cluster) {
		return func(c *diff.Cluster) { v := c.Volumes["data"]; change(&v); c.Volumes["data"] = v }
	}
	for name, c := range map[string]struct {
		change func(*diff.Cluster)
		want   diff.Cost
		says   string
	}{
		"nothing":                    {func(*diff.Cluster) {}, diff.Nothing, "nothing: no container notices"},
		"more of it":                 {workload("web", func(w *diff.Workload) { w.Replicas = 4 }), diff.Nothing, "runs 4 instead of 3"},
		"another value":              {workload("web", func(w *diff.Workload) { w.Environment = map[string]string{"A": "1"} }), diff.Rolled, "environment: A"},
		"the same of what stops":     {workload("store", func(w *diff.Workload) { w.Environment = map[string]string{"A": "1"} }), diff.Restarted, "environment: A"},
		"another image":              {image("web", "registry.example.org/o/web:1.3-fedcba9876543210"), diff.Rolled, "before that: `push`"},
		"another image of the job":   {image("job", "registry.example.org/o/job:1.4-fedcba9876543210"), diff.Migrate, "make a backup first"},
		"another registry, job":      {image("job", "other.example.org/job:1.3-0123456789abcdef"), diff.Rolled, "which is the same"},
		"another registry, data":     {image("store", "other.example.org/store:17-0123456789abcdef"), diff.Restarted, "which is the same"},
		"another tag without a hash": {image("store", "other.example.org/store:17"), diff.DataAtRisk, "may not read what lies in data"},
		"another build":              {image("store", "registry.example.org/o/store:17-fedcba9876543210"), diff.Restarted, "image"},
		"another major version":      {image("store", "registry.example.org/o/store:18-fedcba9876543210"), diff.DataAtRisk, "another major version, which may not read what lies in data"},
		"a machine more":             {workload("web", func(w *diff.Workload) { w.Place = []string{"a", "b", "c"} }), diff.Nothing, "may run on a, b, c"},
		"a machine for another":      {workload("web", func(w *diff.Workload) { w.Place = []string{"a", "c"} }), diff.Moved, "runs on a, c instead of a, b"},
		"another class":              {volume(func(v *diff.Storage) { v.Where = "in another" }), diff.DataAtRisk, "volume data is to lie in another instead of in a class"},
		"less room":                  {volume(func(v *diff.Storage) { v.Size = 5 }), diff.DataAtRisk, "is to become smaller"},
		"more room":                  {volume(func(v *diff.Storage) { v.Size = 20 }), diff.Nothing, "volume data grows"},
		"the data's machine":         {func(c *diff.Cluster) { workload("store", func(w *diff.Workload) { w.Place = []string{"e"} })(c) }, diff.Moved, "runs on e instead of d"},
		"a service that leaves":      {func(c *diff.Cluster) { delete(c.Workloads, "web") }, diff.Nothing, "is removed"},
		"data that leave":            {func(c *diff.Cluster) { delete(c.Workloads, "store"); delete(c.Volumes, "data") }, diff.DataAtRisk, "It holds: Everything"},
		"a service that comes":       {func(c *diff.Cluster) { c.Workloads["more"] = diff.Workload{} }, diff.Rolled, "is added"},
		"a network":                  {func(c *diff.Cluster) { c.Networks["front"] = diff.Network{Spec: "2", Replace: "end all"} }, diff.Restarted, "end all"},
		"a rule":                     {func(c *diff.Cluster) { c.Objects["Rule y"] = "2" }, diff.Nothing, "Rule y: applied at once"},
		"a rule that leaves":         {func(c *diff.Cluster) { delete(c.Objects, "Rule y") }, diff.Nothing, "`remove rule y`\n"},
		"a room that leaves":         {func(c *diff.Cluster) { delete(c.Objects, "Room x") }, diff.Nothing, "`remove room x`, and all in it"},
		"another project":            {func(c *diff.Cluster) { c.Name = "z" }, diff.DataAtRisk, "with empty volumes"},
		"another target":             {func(c *diff.Cluster) { c.Engine = "two" }, diff.DataAtRisk, "target one becomes two"},
	} {
		old, after := running(), running()
		c.change(after)
		r := compared(old, after)
		text := r.Text(diff.Plain)
		if got, _, _ := strings.Cut(text, ":"); c.want != diff.Nothing && got != c.want.String() || !strings.Contains(text, c.says) {
			t.Errorf("%s is to cost %s and say %q, and it says\n%s", name, c.want, c.says, text)
		}
		if c.want == diff.Nothing && !strings.HasPrefix(text, "nothing") {
			t.Errorf("%s costs nothing, and it says\n%s", name, text)
		}
	}
}

// Data that lie on a machine stay there when their service goes.
func TestBoundDataStay(t *testing.T) {
	sides := [2]*diff.Cluster{running(), running()}
	for i, place := range []string{"d", "e"} {
		c := sides[i]
		c.Volumes["data"] = diff.Storage{Where: "on one machine", Bound: true}
		w := c.Workloads["store"]
		w.Place = []string{place}
		c.Workloads["store"] = w
	}
	r := compared(sides[0], sides[1])
	lines := slices.DeleteFunc(strings.Split(r.Text(diff.Plain), "\n"), func(l string) bool { return !strings.Contains(l, "volume data") })
	want := []string{"DATA AT RISK  volume data stays on d, and store is to run on e: make a backup, and restore it there"}
	if difference := cmp.Diff(want, lines); difference != "" {
		t.Error(difference)
	}
}
