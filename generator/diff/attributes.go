package diff

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/dotenv"
)

// private are the attributes whose values may hold what nobody else is to see: only that they differ is said.
var private = []string{"environment", "command", "entrypoint", "labels", "annotations", "healthcheck.test", "post_start", "pre_start", "pre_stop", "logging.options", "provider"}

// attributes compares what Compose makes a container anew for.
func (c *comparison) attributes(old, new types.ServiceConfig) {
	a, b := tree(old), tree(new)
	var what []string
	leaves("", a, b, &what)
	if len(what) > 0 {
		c.add(new.Name, Recreate, strings.Join(what, "; "))
	}
	if names := dotenv.Different(old.Environment, new.Environment); len(names) > 0 {
		c.add(new.Name, Recreate, "environment: "+enumerate(names))
	}
	if before, after := ports(old), ports(new); !slices.Equal(before, after) {
		c.add(new.Name, Recreate, "ports: "+moved(before, after))
	}
}

// tree is a service as plain values, without what is compared otherwise or is no reason for a new container.
func tree(s types.ServiceConfig) map[string]any {
	s.Build, s.Image, s.PullPolicy, s.Scale, s.DependsOn, s.Profiles, s.Develop = nil, "", "", nil, nil, nil, nil
	s.Environment, s.EnvFiles, s.Volumes, s.Secrets, s.Configs, s.Ports = nil, nil, nil, nil, nil, nil
	if s.Deploy != nil {
		deploy := *s.Deploy
		deploy.Replicas = nil
		s.Deploy = &deploy
	}
	text, err := json.Marshal(s)
	var out map[string]any
	if err != nil || json.Unmarshal(text, &out) != nil {
		return nil // it was loaded from YAML, which has nothing that JSON cannot carry
	}
	return out
}

// leaves lists where two trees differ, with the values where nothing in them can be secret.
func leaves(at string, a, b any, out *[]string) {
	before, was := a.(map[string]any)
	after, is := b.(map[string]any)
	hidden := slices.ContainsFunc(private, func(p string) bool { return at == p || strings.HasPrefix(at, p+".") })
	_, sealed := b.(Sealed)
	if !sealed {
		_, sealed = a.(Sealed)
	}
	switch {
	case reflect.DeepEqual(a, b):
	case hidden || sealed:
		*out = append(*out, at+" differs")
	case (was || a == nil) && (is || b == nil):
		names := maps.Clone(before)
		if names == nil {
			names = map[string]any{}
		}
		maps.Copy(names, after)
		for _, name := range slices.Sorted(maps.Keys(names)) {
			leaves(strings.TrimPrefix(at+"."+name, "."), before[name], after[name], out)
		}
	case a == nil:
		*out = append(*out, at+": "+value(at, b))
	case b == nil:
		*out = append(*out, at+" is no longer set")
	default:
		*out = append(*out, at+": "+value(at, a)+" becomes "+value(at, b))
	}
}

// value renders a value for a line of text.
func value(at string, v any) string {
	switch v := v.(type) {
	case string:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && n >= 1<<20 && n%(1<<20) == 0 && strings.Contains(at, "mem") {
			return strconv.FormatInt(n>>20, 10) + "M"
		}
		return v
	case []any:
		items := make([]string, len(v))
		for i := range v {
			items[i] = value(at, v[i])
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		var items []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			items = append(items, name+": "+value(at, v[name]))
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	return fmt.Sprint(v)
}

func ports(s types.ServiceConfig) []string {
	var out []string
	for _, p := range s.Ports {
		text := p.HostIP + ":" + p.Published + " to " + strconv.Itoa(int(p.Target)) + "/" + p.Protocol
		out = append(out, strings.TrimPrefix(text, ":"))
	}
	slices.Sort(out)
	return out
}

// moved names what is in one list alone.
func moved(before, after []string) string {
	gone := slices.DeleteFunc(slices.Clone(before), func(s string) bool { return slices.Contains(after, s) })
	come := slices.DeleteFunc(slices.Clone(after), func(s string) bool { return slices.Contains(before, s) })
	switch {
	case len(gone) == 0:
		return enumerate(come) + " added"
	case len(come) == 0:
		return enumerate(gone) + " removed"
	}
	return enumerate(gone) + " becomes " + enumerate(come)
}

// enumerate joins names, and counts them from the fifth on.
func enumerate(names []string) string {
	const shown = 4
	if len(names) > shown+1 {
		return strings.Join(names[:shown], ", ") + " and " + number(len(names)-shown) + " more"
	}
	return strings.Join(names, ", ")
}

func number(n int) string { return strconv.Itoa(n) }
