package diff

import (
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
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
	c.images()
	c.storage()
	c.segments()
	c.objects()
}

// strangers are services of which only one side knows in these words.
func (c *comparison) strangers() {
	for _, name := range c.new.names() {
		c.add(name, Rolled, "is added")
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
	if names := different(old.Environment, new.Environment); len(names) > 0 {
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
	for _, m := range w.Mounts {
		if v := c.old.Cluster.Volumes[m.Volume]; !m.ReadOnly && v.Bound && !v.Scratch {
			written = append(written, m.Volume)
		}
	}
	if risk := parseImage(before).risk(parseImage(after)); risk != "" && len(written) > 0 {
		c.add(name, DataAtRisk, risk+", which may not read what lies in "+enumerate(written)+": make a backup to restore from")
	}
}

// place says where a workload may run from now on, and what does not go with it.
func (c *comparison) place(name string, old, new Workload) {
	if slices.Equal(old.Place, new.Place) {
		return
	}
	gone := slices.DeleteFunc(slices.Clone(old.Place), func(p string) bool { return slices.Contains(new.Place, p) })
	for _, m := range old.Mounts {
		if v := c.old.Cluster.Volumes[m.Volume]; v.Bound && !v.Scratch && !m.ReadOnly {
			c.left[m.Volume] = true
			c.note(DataAtRisk, fmt.Sprintf("volume %s stays on %s, and %s is to run on %s: make a backup, and restore it there%s", m.Volume, anywhere(old.Place), name, anywhere(new.Place), holds(v)))
			c.add(name, DataAtRisk, "runs on "+anywhere(new.Place)+" instead of "+anywhere(old.Place)+", without its data")
			return
		}
	}
	switch {
	case len(new.Place) == 0 || len(gone) == 0 && len(old.Place) > 0:
		c.add(name, Nothing, "may run on "+anywhere(new.Place)+", and not on "+anywhere(old.Place)+" alone")
	default:
		c.add(name, Moved, "runs on "+anywhere(new.Place)+" instead of "+anywhere(old.Place))
	}
}

func anywhere(place []string) string {
	if len(place) == 0 {
		return "any machine"
	}
	return enumerate(place)
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

// storage finds what becomes of data.
func (c *comparison) storage() {
	old, new := c.old.Cluster, c.new.Cluster
	for _, name := range slices.Sorted(maps.Keys(new.Workloads)) {
		before, after := old.Workloads[name].Mounts, new.Workloads[name].Mounts
		for _, m := range before {
			i := slices.IndexFunc(after, func(a Mount) bool { return a.Target == m.Target })
			if v := old.Volumes[m.Volume]; i >= 0 && after[i].Volume != m.Volume && !m.ReadOnly && !v.Scratch {
				c.left[m.Volume] = true
				c.note(DataAtRisk, "volume "+m.Volume+": its data stays behind"+holds(v))
				c.add(name, DataAtRisk, m.Target+" is on volume "+after[i].Volume+" instead of "+m.Volume)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(old.Volumes)) {
		before := old.Volumes[name]
		after, is := new.Volumes[name]
		say := func(cost Cost, note, what string) {
			c.note(cost, note)
			for _, w := range old.mounting(name) {
				if c.new.has(w) || !is {
					c.add(w, cost, what)
				}
			}
		}
		switch {
		case before.Scratch || c.left[name]:
		case !is:
			say(DataAtRisk, "volume "+name+" is no longer used: its data stays behind until somebody removes it"+holds(before), "volume "+name+" is no longer used")
		case before.Where != after.Where:
			say(DataAtRisk, fmt.Sprintf("volume %s is to lie %s instead of %s: %s%s", name, after.Where, before.Where, before.Keeps, holds(before)), "volume "+name+" is to lie elsewhere")
		case before.Size > after.Size:
			say(DataAtRisk, "volume "+name+" is to become smaller, which is refused: make a new one, and restore into it"+holds(before), "volume "+name+" is to become smaller")
		case before.Size < after.Size:
			say(Nothing, "volume "+name+" grows, if its storage class lets it", "volume "+name+" grows")
		}
	}
}

// mounting are the workloads that mount a volume.
func (k *Cluster) mounting(volume string) []string {
	var out []string
	for name, w := range k.Workloads {
		if slices.ContainsFunc(w.Mounts, func(m Mount) bool { return m.Volume == volume }) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func holds(v Storage) string {
	if v.Holds == "" {
		return ""
	}
	return ". It holds: " + v.Holds
}

// segments finds networks that the engine leaves as they are.
func (c *comparison) segments() {
	for _, name := range slices.Sorted(maps.Keys(c.new.Cluster.Networks)) {
		before, was := c.old.Cluster.Networks[name]
		after := c.new.Cluster.Networks[name]
		var what []string
		if leaves("", before.Spec, after.Spec, &what); !was || len(what) == 0 {
			continue
		}
		c.note(Restarted, "network "+name+" cannot be changed while it is used ("+strings.Join(what, "; ")+"): "+after.Replace)
		for _, w := range slices.Sorted(maps.Keys(c.new.Cluster.Workloads)) {
			if c.old.has(w) && slices.Contains(c.new.Cluster.Workloads[w].Networks, name) {
				c.add(w, Restarted, "network "+name+" is made anew")
			}
		}
	}
}

// objects says what changes while everything goes on.
func (c *comparison) objects() {
	changed, left := map[string][]string{}, map[string][]string{}
	for key, after := range c.new.Cluster.Objects {
		if before, was := c.old.Cluster.Objects[key]; !was || !reflect.DeepEqual(before, after) {
			kind, name, _ := strings.Cut(key, " ")
			changed[kind] = append(changed[kind], name)
		}
	}
	for key := range c.old.Cluster.Objects {
		if _, is := c.new.Cluster.Objects[key]; !is {
			kind, name, _ := strings.Cut(key, " ")
			left[kind] = append(left[kind], name)
		}
	}
	for kind, names := range changed {
		slices.Sort(names)
		c.note(Nothing, kind+" "+enumerate(names)+": applied at once, while everything goes on")
	}
	for kind, names := range left {
		for _, name := range names {
			c.note(Nothing, kind+" "+name+" stays until somebody removes it: `"+strings.NewReplacer("KIND", strings.ToLower(kind), "NAME", name).Replace(c.new.Cluster.Leftover)+"`")
		}
	}
}

// different names the variables that differ.
func different(old, new map[string]string) []string {
	var names []string
	for name, after := range new {
		if before, was := old[name]; !was || before != after {
			names = append(names, name)
		}
	}
	for name := range old {
		if _, is := new[name]; !is {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
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
