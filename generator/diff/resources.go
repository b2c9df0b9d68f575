package diff

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/dotenv"
)

// networks finds networks that become others: Compose makes them anew, with everything on them.
func (c *comparison) networks() {
	c.both(func(_, new types.ServiceConfig) {
		for _, name := range slices.Sorted(maps.Keys(new.Networks)) {
			before, was := c.old.Project.Networks[name]
			after, is := c.new.Project.Networks[name]
			if c.renamed() && !bool(after.External) {
				before.Name = after.Name
			}
			if !was || !is || reflect.DeepEqual(before, after) {
				continue
			}
			var what []string
			leaves("", plainTree(before), plainTree(after), &what)
			if len(what) > 0 {
				c.note(Recreate, "network "+name+" is made anew: "+strings.Join(what, "; "))
				c.add(new.Name, Recreate, "network "+name+" is made anew")
			}
		}
	})
}

func plainTree(v any) any {
	text, err := json.Marshal(v)
	var out any
	if err != nil || json.Unmarshal(text, &out) != nil {
		return nil // it was loaded from YAML, which has nothing that JSON cannot carry
	}
	return out
}

// secrets finds secrets, and configurations, that are mounted, taken away or replaced.
func (c *comparison) secrets() {
	c.both(func(old, new types.ServiceConfig) {
		before, after := sources(old.Secrets), sources(new.Secrets)
		if !slices.Equal(before, after) {
			c.add(new.Name, Recreate, "secrets: "+moved(before, after))
		}
		for _, name := range after {
			was, ok := c.old.Project.Secrets[name]
			is := c.new.Project.Secrets[name]
			switch {
			case ok && origin(types.FileObjectConfig(was)) != origin(types.FileObjectConfig(is)):
				c.note(DataAtRisk, "secret "+name+" is "+origin(types.FileObjectConfig(is))+" instead of "+
					origin(types.FileObjectConfig(was))+": if its value is another, what was set up with the old one refuses it")
				c.add(new.Name, DataAtRisk, "secret "+name+" comes from elsewhere")
			case slices.Contains(c.options.Replaced, name):
				c.note(DataAtRisk, "secret "+name+" is not there and is made anew: what was set up with the old one refuses it")
				c.add(new.Name, DataAtRisk, "secret "+name+" is made anew")
			}
		}
		if !reflect.DeepEqual(old.Configs, new.Configs) {
			c.add(new.Name, Recreate, "configs differ")
		}
		for _, config := range new.Configs {
			was, ok := c.old.Project.Configs[config.Source]
			if is := c.new.Project.Configs[config.Source]; ok && !reflect.DeepEqual(was, is) {
				c.add(new.Name, Recreate, "config "+config.Source+" differs")
			}
		}
	})
}

func sources(secrets []types.ServiceSecretConfig) []string {
	var out []string
	for _, s := range secrets {
		out = append(out, s.Source)
	}
	slices.Sort(out)
	return out
}

// origin says where a secret comes from.
func origin(o types.FileObjectConfig) string {
	switch {
	case o.File != "":
		return "the file " + path.Clean(o.File)
	case o.Environment != "":
		return "the variable " + o.Environment
	case bool(o.External):
		return "the external one of the name " + o.Name
	}
	return "written in the file"
}

// contents finds files that containers see directly, and that Compose does not look into.
func (c *comparison) contents() {
	c.both(func(_, new types.ServiceConfig) {
		var shown []string
		for _, m := range c.new.mounts(new) {
			if m.Type == types.VolumeTypeBind {
				shown = append(shown, m.source)
			}
		}
		for _, s := range new.Secrets {
			shown = append(shown, c.new.Project.Secrets[s.Source].File)
		}
		for _, s := range new.Configs {
			shown = append(shown, c.new.Project.Configs[s.Source].File)
		}
		for _, at := range shown {
			if at == "" {
				continue
			}
			for _, changed := range c.changedBelow(path.Clean(at)) {
				what := path.Join(path.Clean(at), changed) + " differs"
				if c.cost(new.Name) <= Restart {
					what += ": `docker compose restart " + new.Name + "`"
				}
				c.add(new.Name, Restart, what)
			}
		}
	})
}

// valueOf is a variable's value in .env, or else in the environment of the first service that has it.
func valueOf(name string, env map[string]string, project *types.Project) (string, bool) {
	if value, ok := env[name]; ok {
		return value, true
	}
	for _, service := range project.ServiceNames() {
		if value := project.Services[service].Environment[name]; value != nil {
			return *value, true
		}
	}
	return "", false
}

// owners finds services that no longer run as whom their volumes belong to. Whoever starts as root gives it up later.
func (c *comparison) owners() {
	c.both(func(old, new types.ServiceConfig) {
		root := func(user string) bool {
			return user == "" || user == "0" || strings.HasPrefix(user, "0:") || user == "root"
		}
		named := slices.ContainsFunc(new.Volumes, func(v types.ServiceVolumeConfig) bool { return v.Type == types.VolumeTypeVolume && !v.ReadOnly })
		if old.User != new.User && !root(old.User) && !root(new.User) && named {
			c.add(new.Name, DataAtRisk, fmt.Sprintf("user %s becomes %s, and the files in its volumes belong to the former", old.User, new.User))
		}
	})
}

// known adds what is known of variables that differ.
func (c *comparison) known() {
	before, err := dotenv.Parse(c.old.Files[".env"])
	after, failed := dotenv.Parse(c.new.Files[".env"])
	if err != nil || failed != nil || c.old.Project == nil || c.new.Project == nil {
		return
	}
	for _, k := range c.options.Known {
		value, was := valueOf(k.Variable, before, c.old.Project)
		if other, is := valueOf(k.Variable, after, c.new.Project); !was || !is || value == other {
			continue
		}
		c.both(func(_, new types.ServiceConfig) {
			if k.Cost == Migrate && c.isAwaitedJob(new.Name) && c.cost(new.Name) > Nothing || k.Cost != Migrate && new.Name == k.Service {
				c.add(new.Name, k.Cost, k.Variable+" differs: "+k.Why)
			}
		})
	}
}
