package diff

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/dotenv"
)

// clusters compares what engines of several machines are told. The words are those of the targets.
func (c *comparison) clusters() {
	old, new := c.old.Cluster, c.new.Cluster
	if before, after := c.old.engine(), c.new.engine(); before != after && before != "" {
		c.note(DataAtRisk, "target "+before+" becomes "+after+": everything is set up anew beside what runs, and its data stay there: make a backup, and restore it here")
	}
	if old == nil || new == nil || old.Engine != new.Engine {
		c.strangers()
		return
	}
	if old.Name != new.Name {
		c.note(DataAtRisk, "project "+old.Name+" becomes "+new.Name+": everything is set up anew beside what runs, with empty volumes: make a backup, and restore it here")
	}
	for _, name := range slices.Sorted(maps.Keys(new.Workloads)) {
		after := new.Workloads[name]
		before, was := old.Workloads[name]
		if !was {
			c.add(name, Rolled, "is added")
			continue
		}
		c.workload(name, before, after)
	}
	for _, name := range slices.Sorted(maps.Keys(old.Workloads)) {
		if _, is := new.Workloads[name]; !is {
			cost := Restarted
			if old.Leftover != "" { // the engine keeps what is no longer named
				cost = Nothing
			}
			c.add(name, cost, "is removed: "+old.Workloads[name].Removal)
		}
	}
	c.lasting()
	c.images()
	c.storage()
	c.segments()
	c.objects()
}

// strangers are services of which only one side knows in these words.
func (c *comparison) strangers() {
	for _, name := range c.new.names() {
		what := "is added"
		if c.old.has(name) {
			what = "is set up anew"
		}
		c.add(name, Rolled, what)
	}
	for _, name := range c.old.names() {
		if !c.new.has(name) {
			c.add(name, Restarted, "is not part of it any longer")
		}
	}
}

// workload compares one that stays.
func (c *comparison) workload(name string, old, new Workload) {
	cost := new.Manner.cost()
	for _, container := range slices.Sorted(maps.Keys(new.Images)) {
		before, was := old.Images[container]
		if after := new.Images[container]; was && before != after {
			c.newImage(name, container, before, after, new)
		}
	}
	if what := specs(old.Spec, new.Spec); len(what) > 0 {
		c.add(name, cost, strings.Join(what, "; "))
	}
	if names := dotenv.Different(old.Environment, new.Environment); len(names) > 0 {
		c.add(name, cost, "environment: "+enumerate(names))
	}
	if !slices.Equal(old.Secrets, new.Secrets) {
		c.add(name, cost, "secrets: "+moved(old.Secrets, new.Secrets))
	}
	for _, secret := range new.Secrets {
		if slices.Contains(c.options.Replaced, secret) {
			c.note(DataAtRisk, "secret "+secret+" is not there and is made anew: what was set up with the old one refuses it")
			c.add(name, DataAtRisk, "secret "+secret+" is made anew")
		}
	}
	for _, file := range new.Files {
		for _, changed := range c.changedBelow(file) {
			c.add(name, cost, path.Join(file, changed)+" differs")
		}
	}
	if old.Replicas != new.Replicas {
		c.add(name, Nothing, "runs "+number(new.Replicas)+" instead of "+number(old.Replicas))
	}
	if new.Manner == Once && c.cost(name) > Nothing {
		c.add(name, Rolled, "runs once more")
	}
	c.place(name, old, new)
	c.variables(name, old, new)
}

// specs lists where two differ; of a whole part that comes or goes only that it does.
func specs(old, new map[string]any) []string {
	all := maps.Clone(new)
	maps.Copy(all, old)
	var what []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		before, was := old[key]
		after, is := new[key]
		_, part := all[key].(map[string]any)
		switch {
		case part && !was:
			what = append(what, key+" is added")
		case part && !is:
			what = append(what, key+" is removed")
		default:
			leaves(key, before, after, &what)
		}
	}
	return what
}

// newImage says what another image means, and for whose data.
func (c *comparison) newImage(name, container, before, after string, w Workload) {
	cost := w.Manner.cost()
	what := "image " + before + " becomes " + after
	folder := bundle.DockerfilesFolder + "/" + container
	if sameElsewhere(before, after) {
		c.add(name, cost, what+", which is the same")
		return
	}
	if c.new.Files[folder+"/Dockerfile"] != nil {
		what = "its image is built anew"
		if len(w.Images) > 1 {
			what = "the image of " + container + " is built anew"
		}
		if reasons := c.changedBelow(folder); len(reasons) > 0 {
			what += ", because of " + enumerate(reasons)
		}
	}
	c.add(name, cost, what)
	if w.Manner == Once {
		c.add(name, Migrate, "runs with a new image, and what it may change in the data is not undone by going back: make a backup first")
	}
	var written []string
	store := w.Role == catalog.RoleData || w.Role == catalog.RoleMail
	for _, m := range w.Mounts {
		if v, is := c.old.Cluster.Volumes[m.Volume]; is && !m.ReadOnly && (v.Bound || store) && !v.Scratch {
			written = append(written, m.Volume)
		}
	}
	if risk := parseImage(before).risk(parseImage(after)); risk != "" && len(written) > 0 {
		c.add(name, DataAtRisk, risk+", which may not read what lies in "+enumerate(written)+": make a backup to restore from")
	}
}

// variables adds what is known of variables that differ.
func (c *comparison) variables(name string, old, new Workload) {
	for _, k := range c.options.Known {
		before, was := old.Environment[k.Variable]
		if after, is := new.Environment[k.Variable]; !was || !is || before == after {
			continue
		}
		_, has := new.Images[k.Service]
		switch {
		case k.Cost == Migrate && new.Manner == Once, k.Cost == DataAtRisk && has:
			c.add(name, k.Cost, k.Variable+" differs: "+k.Why)
		case k.Cost != Migrate && has:
			c.add(name, new.Manner.cost(), k.Variable+" differs: "+k.Why)
		}
	}
}

// images says once that some are built and pushed before.
func (c *comparison) images() {
	var built []string
	for name, after := range c.new.Cluster.Workloads {
		for container, image := range after.Images {
			if c.old.Cluster.Workloads[name].Images[container] != image {
				built = append(built, container)
			}
		}
	}
	slices.Sort(built)
	if built = slices.Compact(built); len(built) > 0 && c.new.Cluster.Publish != "" {
		c.note(Rolled, "other images: "+enumerate(built)+"; before that: `"+c.new.Cluster.Publish+"`")
	}
}

// engine is the target of a side, as the setting names it; "" where there is nothing.
func (s Side) engine() string {
	switch {
	case s.Cluster != nil:
		return s.Cluster.Engine
	case s.Project != nil:
		return "compose"
	}
	return ""
}

// has tells whether a service runs on that side.
func (s Side) has(name string) bool { return slices.Contains(s.names(), name) }
