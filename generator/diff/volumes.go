package diff

import (
	"cmp"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"gopkg.in/yaml.v3"
)

// A mount is a path in a container and what lies there; a volume goes by the name that Docker knows.
type mount struct {
	types.ServiceVolumeConfig
	source string
}

func (m mount) String() string {
	if m.Type == types.VolumeTypeVolume {
		return "volume " + cmp.Or(m.source, "without a name")
	}
	return m.Type + " " + m.source
}

// holds tells whether data that is written there outlives the container.
func (m mount) holds() bool {
	return !m.ReadOnly && m.source != "" && (m.Type == types.VolumeTypeVolume || m.Type == types.VolumeTypeBind)
}

func (m mount) same(other mount) bool { return m.Type == other.Type && m.source == other.source }

func (s Side) mounts(config types.ServiceConfig) []mount {
	var out []mount
	for _, v := range config.Volumes {
		m := mount{v, v.Source}
		switch v.Type {
		case types.VolumeTypeVolume:
			if volume, ok := s.Project.Volumes[v.Source]; ok {
				m.source = cmp.Or(volume.Name, v.Source)
			}
		case types.VolumeTypeBind:
			m.source = path.Clean(v.Source)
		}
		out = append(out, m)
	}
	return out
}

// written names the volumes that a service writes to.
func (c *comparison) written(side Side, config types.ServiceConfig) []string {
	var out []string
	for _, m := range side.mounts(config) {
		if m.holds() && m.Type == types.VolumeTypeVolume {
			out = append(out, m.source)
		}
	}
	return out
}

// volumes finds what becomes of data.
func (c *comparison) volumes() {
	c.both(func(old, new types.ServiceConfig) {
		before, after := c.old.mounts(old), c.new.mounts(new)
		for _, m := range before {
			c.movedMount(new.Name, m, after)
		}
		for _, m := range after {
			if !slices.ContainsFunc(before, func(b mount) bool { return b.Target == m.Target }) {
				c.add(new.Name, Recreate, m.String()+" is mounted at "+m.Target)
			}
		}
	})
	c.unused()
	c.definitions()
}

// movedMount compares a path of a container with what is mounted there, or elsewhere, afterwards.
func (c *comparison) movedMount(service string, m mount, after []mount) {
	at := slices.IndexFunc(after, func(a mount) bool { return a.Target == m.Target })
	elsewhere := slices.IndexFunc(after, func(a mount) bool { return a.same(m) })
	switch {
	case at >= 0 && after[at].same(m):
		if !reflect.DeepEqual(after[at], m) {
			c.add(service, Recreate, "the mount at "+m.Target+" gets other options")
		}
	case at >= 0 && m.holds():
		c.leave(m)
		c.add(service, DataAtRisk, m.Target+" is on "+after[at].String()+" instead of "+m.String())
	case at >= 0:
		c.add(service, Recreate, after[at].String()+" is mounted at "+m.Target+" instead of "+m.String())
	case elsewhere >= 0 && m.holds():
		c.leave(m)
		c.add(service, DataAtRisk, m.String()+" is at "+after[elsewhere].Target+" instead of "+m.Target+", where its data is looked for")
	default:
		c.add(service, Recreate, m.String()+" is no longer mounted at "+m.Target)
	}
}

// leave notes that what lies in a mount is not found any longer.
func (c *comparison) leave(m mount) {
	c.left[m.source] = true
	c.note(DataAtRisk, m.String()+": its data stays behind"+c.contains(m.source))
}

// contains says what the old Compose file's comments tell of a volume.
func (c *comparison) contains(volume string) string {
	if c.comments == nil {
		c.comments = map[string]string{}
		var doc struct {
			Volumes yaml.Node `yaml:"volumes"`
		}
		_ = yaml.Unmarshal(c.old.Files["docker-compose.yml"], &doc) // it was loaded before
		for i := 0; i+1 < len(doc.Volumes.Content); i += 2 {
			key := doc.Volumes.Content[i]
			comment := strings.ReplaceAll(strings.TrimPrefix(key.HeadComment, "# "), "\n# ", " ")
			c.comments[c.old.Project.Volumes[key.Value].Name] = comment
		}
	}
	if comment := c.comments[volume]; comment != "" {
		return ". It holds: " + comment
	}
	return ""
}

// unused finds volumes that nobody uses any longer.
func (c *comparison) unused() {
	used := map[string]bool{}
	for _, name := range c.new.names() {
		s, _ := c.new.service(name)
		for _, m := range c.new.mounts(s) {
			used[m.source] = true
		}
	}
	for _, name := range c.old.names() {
		s, _ := c.old.service(name)
		for _, volume := range c.written(c.old, s) {
			if !used[volume] && !c.left[volume] {
				c.note(DataAtRisk, "volume "+volume+" is no longer used: its data stays behind until somebody prunes it"+c.contains(volume))
				c.add(name, DataAtRisk, "volume "+volume+" is no longer used")
			}
		}
	}
}

// definitions finds volumes that keep their name and change what they are.
func (c *comparison) definitions() {
	c.both(func(_, new types.ServiceConfig) {
		for _, v := range new.Volumes {
			before, was := c.old.Project.Volumes[v.Source]
			after, is := c.new.Project.Volumes[v.Source]
			if v.Type != types.VolumeTypeVolume || !was || !is || before.Name != after.Name || bool(after.External) {
				continue
			}
			if before.Driver != after.Driver || !reflect.DeepEqual(before.DriverOpts, after.DriverOpts) || !reflect.DeepEqual(before.Labels, after.Labels) {
				c.note(DataAtRisk, "volume "+after.Name+" gets other options: Compose asks whether to delete it and make it anew"+c.contains(after.Name))
				c.add(new.Name, DataAtRisk, "volume "+after.Name+" gets other options")
			}
		}
	})
}
