package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lazy"
	"github.com/owgen/owgen/generator/settings"
)

// serviceName is what names a folder of a bundle, a host on its networks and an image.
var serviceName = lazy.Regexp(`^[a-z][a-z0-9-]*$`)

// A checker collects what is wrong with one service, and knows what the others declare.
type checker struct {
	catalog  *Catalog
	settings map[string]*settings.Setting
	secrets  map[string]string // the folder that declares each
	found    diag.List
	service  *Definition
}

func (k *checker) at(rule, path, message, hint string) {
	k.found.Add(diag.Finding{Rule: "catalog/" + rule, File: k.service.File, Path: path, Message: message, Hint: hint})
}

// check finds what contradicts itself in the catalogue, or means nothing; operators meet it only with folders of their own.
func (c *Catalog) check() diag.List {
	k := checker{catalog: c, settings: map[string]*settings.Setting{}, secrets: map[string]string{}}
	for _, d := range c.Settings() {
		k.settings[d.Key] = d
	}
	for _, s := range c.Services {
		for _, x := range s.Secrets {
			if k.secrets[x.Name] == "" {
				k.secrets[x.Name] = s.Folder
			}
		}
	}
	for _, s := range c.Services {
		k.service = s
		k.identity()
		k.container()
		k.capabilities()
		k.networks()
		k.intents()
		k.volumes()
		k.secretsOf()
		k.public()
		k.asks()
		k.innerPorts()
		k.conditions()
		k.settingsOf(s.Settings)
	}
	k.global()
	return k.found
}

// identity is about what a service is.
func (k *checker) identity() {
	s := k.service
	for _, other := range k.catalog.Services {
		if other.Name == s.Name && other.Folder < s.Folder {
			k.at("name-taken", "name", fmt.Sprintf("the name %s belongs to the folder %s", s.Name, other.Folder), "give it another name")
		}
	}
	if !serviceName().MatchString(s.Name) {
		k.at("wrong-name", "name", fmt.Sprintf("%q cannot be a service's name", s.Name), "begin it with a lower-case letter, and use lower-case letters, digits and hyphens: folders, hosts and images are named after it")
	}
	if s.Summary == "" {
		k.at("no-summary", "summary", "is missing", "say in one line what the service is for")
	}
	if !slices.Contains(roles, s.Role) {
		k.at("unknown-role", "role", fmt.Sprintf("%q is none", s.Role), fmt.Sprintf("one of %s", strings.Join(roles, ", ")))
	}
	for _, name := range slices.Concat([]string{s.Image.From}, s.Image.Copies, s.Image.Hands) {
		if parent := k.catalog.Service(name); name != "" && (parent == nil || name == s.Name) {
			k.at("unknown-image", "image", fmt.Sprintf("%s is no other service", name), "name a service, for from one of role image")
		}
	}
	for _, name := range s.Image.Secrets {
		k.secret("image.secrets", name)
	}
	if parent := k.catalog.Service(s.Image.From); parent != nil && parent.Role != RoleImage {
		k.at("unknown-image", "image.from", fmt.Sprintf("%s is not of role image", parent.Name), "derive from an image that others may derive from")
	}
	if !slices.Contains([]string{"", "stateless", "single", "leader"}, s.Scaling) {
		k.at("unknown-scaling", "scaling", fmt.Sprintf("%q is none", s.Scaling), "stateless, single or leader")
	}
}

// conditions are about settings that exist and values that these can have.
func (k *checker) conditions() {
	s := k.service
	k.condition("when", s.When, false)
	k.condition("egress", s.Egress.When, true)
	conditionsOf(k, "requires", s.Requires, func(x Requirement) Condition { return x.When })
	conditionsOf(k, "secrets", s.Secrets, func(x Secret) Condition { return x.When })
	conditionsOf(k, "networks", slices.Collect(maps.Values(s.Networks)), func(x Attachment) Condition { return x.When })
	conditionsOf(k, "ports", s.Ports, func(x Port) Condition { return x.When })
	conditionsOf(k, "routes", s.Routes, func(x Route) Condition { return x.When })
	conditionsOf(k, "jobs", s.Jobs, func(x Job) Condition { return x.When })
	conditionsOf(k, "volumes", s.Volumes, func(x Volume) Condition { return x.When })
	conditionsOf(k, "binds", s.Binds, func(x Bind) Condition { return x.When })
	conditionsOf(k, "exceptions", s.Exceptions, func(x Exception) Condition { return x.When })
}

func conditionsOf[T any](k *checker, path string, list []T, when func(T) Condition) {
	for _, x := range list {
		k.condition(path, when(x), true)
	}
}

// condition checks one; only inside a service can it be about capabilities, which follow from what runs.
func (k *checker) condition(path string, when Condition, capabilities bool) {
	for _, key := range slices.Sorted(maps.Keys(when)) {
		if name, ok := strings.CutPrefix(key, "capability."); ok {
			switch {
			case !capabilities:
				k.at("unknown-condition", path, fmt.Sprintf("%s: whether a service runs cannot depend on capabilities", key), "require the capability")
			case len(k.catalog.Providers(name)) == 0:
				k.at("unknown-condition", path, fmt.Sprintf("%s: no service provides it", key), "check its spelling")
			}
			continue
		}
		d := k.settings[key]
		if d == nil {
			k.at("unknown-condition", path, fmt.Sprintf("%s is no setting", key), "check its spelling")
			continue
		}
		possible := d.Values
		if d.Type == settings.Bool {
			possible = []string{"true", "false"}
		}
		for _, value := range when[key] {
			if value != "*" && len(possible) > 0 && !slices.Contains(possible, value) {
				k.at("unknown-condition", path, fmt.Sprintf("%s is never %q", key, value), "one of "+strings.Join(possible, ", "))
			}
		}
	}
}

// setting finds a reference to a setting that does not exist, or is of another type.
func (k *checker) setting(path, key string, types ...settings.Type) {
	switch d := k.settings[key]; {
	case key == "":
	case d == nil:
		k.at("unknown-setting", path, fmt.Sprintf("%s is no setting", key), "declare it in settings, or check its spelling")
	case len(types) > 0 && !slices.Contains(types, d.Type):
		k.at("unknown-setting", path, fmt.Sprintf("%s is a setting of type %s", key, d.Type), fmt.Sprintf("name one of type %s", types[0]))
	}
}

var reference = lazy.Regexp(`\{([^{}]*)\}`)

// references are the settings that a text names as {KEY}.
func (k *checker) references(path, text string) {
	for _, m := range reference().FindAllStringSubmatch(text, -1) {
		k.setting(path, m[1])
	}
}

var roles = []string{RoleImage, RoleData, RoleMail, RoleJob, RoleApp, RoleWorker, RoleEdge}

// RoleOrder gives the place of a role in the order of services.
func RoleOrder(role string) int { return slices.Index(roles, role) }

// leastMemory is what Docker gives a container at least.
const leastMemory = "6m"

// mostPids is how many processes Linux has at most.
var mostPids = float64(1 << 22)

// Settings returns every setting: the global ones, those of each service, and those that each
// service has by being one (services.NAME, resources.NAME.*, scale.NAME).
func (c *Catalog) Settings() []*settings.Setting {
	list := slices.Clone(c.Global)
	for _, s := range c.Services {
		list = append(list, s.Settings...)
	}
	for _, s := range c.Services {
		if s.Role == RoleImage {
			continue
		}
		runs := s.generic("services."+s.Name, settings.Bool, "false", "Runs "+s.Name+": "+s.Summary)
		runs.Replaces, runs.Ask = s.Replaces, s.Ask
		list = append(list, runs)
		memory := s.generic("resources."+s.Name+".memory", settings.Bytes, s.Resources.Memory, "Memory that "+s.Name+" may use at most.")
		memory.Least = leastMemory
		pids := s.generic("resources."+s.Name+".pids", settings.Int, fmt.Sprint(s.Resources.Pids), "Processes and threads that "+s.Name+" may have at most.")
		pids.Max = &mostPids
		if s.Resources.Pids > 0 { // nothing below lifts the limit in silence
			one := 1.0
			pids.Min = &one
		}
		list = append(list, memory, s.cpus(), pids, s.scale())
	}
	return list
}

func (s *Definition) cpus() *settings.Setting {
	least, most := 0.0, 4096.0
	d := s.generic("resources."+s.Name+".cpus", settings.Number, strconv.FormatFloat(s.Resources.CPUs, 'f', -1, 64),
		"Processors that "+s.Name+" may use at most, such as 1.5. 0 means as many as there are.")
	d.Min, d.Max = &least, &most
	return d
}

// scale is how many of the service run; package plan says which bear more than one.
func (s *Definition) scale() *settings.Setting {
	least, most := 1.0, 1000.0
	d := s.generic("scale."+s.Name, settings.Int, "1", "How many of "+s.Name+" run.")
	if s.Scaling != "stateless" {
		d.Description += " It bears one only."
	}
	d.Min, d.Max, d.Since = &least, &most, "0.3"
	return d
}

func (s *Definition) generic(key string, t settings.Type, value, description string) *settings.Setting {
	return &settings.Setting{Key: key, Type: t, Default: yaml.Node{Kind: yaml.ScalarNode, Value: value},
		Description: description, Since: "0.1", File: s.Folder + "/service.yaml", Owner: s.Name}
}
