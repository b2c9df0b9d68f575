package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/settings"
)

// serviceName is what names a folder of a bundle, a host on its networks and an image.
var serviceName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// check finds what contradicts itself in the catalogue; operators meet it only with folders of their own.
func (c *Catalog) check() diag.List {
	var found diag.List
	owners := map[string]string{}
	secrets := map[string]string{}
	names := map[string]string{}
	for _, s := range c.Services {
		at := func(rule, message, hint string) {
			found.Add(diag.Finding{Rule: "catalog/" + rule, File: s.Folder + "/service.yaml", Message: message, Hint: hint})
		}
		if other, ok := names[s.Name]; ok {
			at("name-taken", fmt.Sprintf("the name %s belongs to the folder %s", s.Name, other), "give it another name")
		}
		names[s.Name] = s.Folder
		if !serviceName.MatchString(s.Name) {
			at("wrong-name", fmt.Sprintf("%q cannot be a service's name", s.Name), "begin it with a lower-case letter, and use lower-case letters, digits and hyphens: folders, hosts and images are named after it")
		}
		if s.Summary == "" {
			at("no-summary", "has no summary", "say in one line what the service is for")
		}
		if !slices.Contains(roles, s.Role) {
			at("unknown-role", fmt.Sprintf("has the unknown role %q", s.Role), fmt.Sprintf("one of %v", roles))
		}
		if s.Image.From != "" && c.Service(s.Image.From) == nil {
			at("unknown-image", fmt.Sprintf("derives from %s, which is no service", s.Image.From), "name a service of role image")
		}
		if s.Probe == nil && s.Role != RoleImage && s.Role != RoleJob {
			at("no-probe", "has no probe", "add one that proves the service's work")
		}
		for _, r := range s.Requires {
			if len(c.Providers(r.Capability)) == 0 {
				at("unknown-capability", fmt.Sprintf("requires %s, which no service provides", r.Capability), "check its spelling, or add the service that provides it")
			}
		}
		for name := range s.Networks {
			if !slices.ContainsFunc(c.Networks, func(n Network) bool { return n.Name == name }) {
				at("unknown-network", fmt.Sprintf("joins the unknown network %s", name), "networks stand in _shared/networks.yaml")
			}
		}
		for _, v := range s.Volumes {
			if v.Contains == "" {
				continue
			}
			if other, ok := owners[v.Name]; ok {
				at("volume-owned-twice", fmt.Sprintf("owns the volume %s, as %s does", v.Name, other), "let one of them say what it contains")
			}
			owners[v.Name] = s.Name
		}
		for _, x := range s.Secrets {
			if other, ok := secrets[x.Name]; ok {
				at("secret-declared-twice", fmt.Sprintf("declares the secret %s, as %s does", x.Name, other), "declare it once, and mount it with mounts_secrets")
			}
			secrets[x.Name] = s.Name
		}
		for _, e := range s.Exceptions {
			if e.Reason == "" {
				at("exception-without-reason", fmt.Sprintf("has an exception (%s) without a reason", strings.Join(e.Kinds(), ", ")), "say why the service cannot do without it")
			}
		}
	}
	return found
}

var roles = []string{RoleImage, RoleData, RoleMail, RoleJob, RoleApp, RoleWorker, RoleEdge}

// RoleOrder gives the place of a role in the order of services.
func RoleOrder(role string) int { return slices.Index(roles, role) }

// leastMemory is what Docker gives a container at least.
const leastMemory = "6m"

// mostPids is how many processes Linux has at most.
var mostPids = float64(1 << 22)

// Settings returns every setting: the global ones, those of each service, and those that each
// service has by being one (services.NAME, resources.NAME.*).
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
		runs.Was, runs.Ansible, runs.Ask = s.Was, s.Ansible, s.Ask
		list = append(list, runs)
		memory := s.generic("resources."+s.Name+".memory", settings.Bytes, s.Resources.Memory, "Memory that "+s.Name+" may use at most.")
		memory.Least = leastMemory
		pids := s.generic("resources."+s.Name+".pids", settings.Int, fmt.Sprint(s.Resources.Pids), "Processes and threads that "+s.Name+" may have at most.")
		pids.Max = &mostPids
		list = append(list, memory, s.cpus(), pids)
	}
	return list
}

func (s *Service) cpus() *settings.Setting {
	least := 0.0
	d := s.generic("resources."+s.Name+".cpus", settings.Number, strconv.FormatFloat(s.Resources.CPUs, 'f', -1, 64),
		"Processors that "+s.Name+" may use at most, such as 1.5. 0 means as many as there are.")
	d.Min = &least
	return d
}

func (s *Service) generic(key string, t settings.Type, value, description string) *settings.Setting {
	return &settings.Setting{Key: key, Type: t, Default: yaml.Node{Kind: yaml.ScalarNode, Value: value},
		Description: description, Since: "0.1", File: s.Folder + "/service.yaml", Owner: s.Name}
}
