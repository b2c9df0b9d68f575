package diff

import (
	"cmp"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// services compares what each service is made of and how it runs.
func (c *comparison) services() {
	for _, name := range c.new.names() {
		if _, ok := c.old.service(name); ok {
			continue
		}
		after, _ := c.new.service(name)
		switch {
		case after.Build != nil:
			c.add(name, Rebuild, "is added: its image is built")
		default:
			c.add(name, Recreate, "is added")
		}
	}
	for _, name := range c.old.names() {
		if _, ok := c.new.service(name); !ok {
			c.add(name, Recreate, "is removed: `docker compose up --remove-orphans` ends its container")
		}
	}
	if c.renamed() {
		c.note(Recreate, "project "+c.old.Project.Name+" becomes "+c.new.Project.Name+
			": end the old containers first, with `docker compose -p "+c.old.Project.Name+" down`, or they keep running beside the new ones")
	}
	c.both(func(old, new types.ServiceConfig) {
		if c.renamed() {
			c.add(new.Name, Recreate, "belongs to another project")
		}
		c.image(old, new)
		c.attributes(old, new)
		c.later(old, new)
	})
}

// renamed tells whether the project's name differs, and with it those of all containers, networks and volumes.
func (c *comparison) renamed() bool {
	return c.old.Project != nil && c.new.Project != nil && c.old.Project.Name != c.new.Project.Name
}

// image finds out whether a service's image becomes another one, and what that means for its data.
func (c *comparison) image(old, new types.ServiceConfig) {
	built := c.builtAnew(new)
	switch {
	case old.Image != new.Image && new.Build == nil:
		c.add(new.Name, Recreate, "image "+old.Image+" becomes "+new.Image)
	case old.Image != new.Image || built != "" || !reflect.DeepEqual(old.Build, new.Build):
		what := "its image is built anew"
		if built != "" {
			what += ", because of " + built
		}
		c.add(new.Name, Rebuild, what)
	default:
		return
	}
	if sameElsewhere(old.Image, new.Image) {
		return
	}
	before, after := parseImage(old.Image), parseImage(new.Image)
	if c.isAwaitedJob(new.Name) && (old.Image != new.Image || built != "") {
		c.add(new.Name, Migrate, "runs with a new image, and what it may change in the data is not undone by going back: make a backup first")
	}
	if volumes := c.written(c.old, old); isStore(old, volumes) {
		if risk := before.risk(after); risk != "" {
			c.add(new.Name, DataAtRisk, risk+", which may not read what lies in "+strings.Join(volumes, ", ")+": make a backup to restore from")
		}
	}
}

// builtAnew says what in the build context, or which image below, makes a built image another one.
func (c *comparison) builtAnew(s types.ServiceConfig) string {
	if s.Build == nil {
		return ""
	}
	reasons := c.changedBelow(path.Clean(s.Build.Context))
	for _, name := range slices.Sorted(maps.Keys(s.Build.AdditionalContexts)) {
		parent, ok := strings.CutPrefix(s.Build.AdditionalContexts[name], types.ServicePrefix)
		before, was := c.old.service(parent)
		after, is := c.new.service(parent)
		if ok && was && is && before.Image != after.Image {
			reasons = append(reasons, parent)
		}
	}
	return enumerate(reasons)
}

// isAwaitedJob tells whether others start only when this service has done its work and ended.
func (c *comparison) isAwaitedJob(name string) bool {
	for _, other := range c.new.names() {
		s, _ := c.new.service(other)
		if s.DependsOn[name].Condition == types.ServiceConditionCompletedSuccessfully {
			return true
		}
	}
	return false
}

// later reports what `docker compose up` takes as no reason to touch a container.
func (c *comparison) later(old, new types.ServiceConfig) {
	if !reflect.DeepEqual(old.DependsOn, new.DependsOn) {
		c.add(new.Name, Nothing, "waits for "+dependencies(new)+" when it starts")
	}
	if old.GetScale() != new.GetScale() {
		c.add(new.Name, Nothing, "runs "+number(new.GetScale())+" instead of "+number(old.GetScale()))
	}
	if old.PullPolicy != new.PullPolicy {
		c.add(new.Name, Nothing, "pull_policy becomes "+cmp.Or(new.PullPolicy, types.PullPolicyMissing))
	}
	if !reflect.DeepEqual(old.Profiles, new.Profiles) {
		c.add(new.Name, Nothing, "belongs to other profiles")
	}
}

func dependencies(s types.ServiceConfig) string {
	if len(s.DependsOn) == 0 {
		return "nothing"
	}
	return enumerate(slices.Sorted(maps.Keys(s.DependsOn)))
}

// others finds the services that something happens to because it happens to another one.
func (c *comparison) others() {
	for changed := true; changed; { // until the last of a chain is reached
		changed = false
		for _, name := range c.new.names() {
			s, _ := c.new.service(name)
			if _, ok := c.old.service(name); !ok {
				continue
			}
			for _, mode := range []string{s.NetworkMode, s.Ipc, s.Pid} {
				other, shares := strings.CutPrefix(mode, types.ServicePrefix)
				if shares && c.cost(other) >= Recreate && c.cost(name) < Recreate {
					c.add(name, Recreate, "shares a namespace with "+other)
					changed = true
				}
			}
			for _, other := range slices.Sorted(maps.Keys(s.DependsOn)) {
				if s.DependsOn[other].Restart && c.cost(other) >= Recreate && c.cost(name) < Restart {
					c.add(name, Restart, "is restarted with "+other)
					changed = true
				}
			}
		}
	}
}
