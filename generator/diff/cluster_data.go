package diff

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

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
			c.note(Nothing, kind+" "+name+" stays until somebody removes it: `"+strings.NewReplacer("KIND", strings.ToLower(kind), "NAME", name).Replace(c.new.Cluster.Leftover)+"`"+c.new.Cluster.Takes[kind])
		}
	}
}
