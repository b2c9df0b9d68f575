package swarm

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"golang.org/x/sync/errgroup"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/compose"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dockerfile"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/target"
	"github.com/owgen/owgen/generator/yamltext"
)

// A builder collects what services ask for while they are written.
type builder struct {
	plan     *plan.Plan
	project  *types.Project
	images   map[string]*dockerfile.Image // by folder
	found    diag.List
	isolated []string          // services that shall reach nobody
	unpack   []string          // of the service that is being written
	packed   map[string]string // folders of the user's, by the config that they are in
	configs  map[string]file
}

func newBuilder(in target.Blueprint) *builder {
	return &builder{plan: in.Plan, project: in.Project, images: in.Images, packed: map[string]string{}, configs: map[string]file{}}
}

// mark stands for the $ of a variable of ours, until each other one was doubled: values are values, nothing in them is filled in.
const mark = "\x00"

// filled is a variable that ./deploy sets.
func filled(expression string) string { return mark + "{" + expression + "}" }

const header = `Made by owgen from owgen.yaml. Change that and run ` + "`owgen generate`" + `.
./deploy starts this: it sets the variables, which are hashes of what secrets and configs hold.
All containers run under no-new-privileges, which no stack can say: each engine's daemon.json does, and ./deploy looks.`

// write is the text of the stack.
func (b *builder) write(services map[string]service) ([]byte, error) {
	var group errgroup.Group
	encode := func(value any) *yaml.Node {
		node := &yaml.Node{}
		group.Go(func() error { return node.Encode(value) })
		return node
	}
	all := &yaml.Node{Kind: yaml.MappingNode}
	for _, s := range b.plan.Services {
		if s.Role != catalog.RoleImage {
			all.Content = append(all.Content, key(s.Name, s.Summary), encode(services[s.Name]))
		}
	}
	root := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key("services", header), all}}
	add := func(name string, part any, size int) {
		if size > 0 {
			root.Content = append(root.Content, key(name, ""), encode(part))
		}
	}
	networks, volumes, secrets := b.topNetworks(), b.topVolumes(), b.topSecrets()
	add("networks", networks, len(networks))
	add("volumes", volumes, len(volumes))
	add("configs", b.configs, len(b.configs))
	add("secrets", secrets, len(secrets))
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for _, s := range b.plan.Services {
		if at := yamltext.Index(all, s.Name); at >= 0 {
			b.comment(s, all.Content[at+1])
		}
	}
	b.explain(root)
	escape(root)
	return compose.Encode(root)
}

func key(name, comment string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name, HeadComment: comment}
}

// escape doubles each $ but those of our variables, in values: in keys nothing is filled in. What only looks like text is quoted.
func escape(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		n.Value = strings.ReplaceAll(strings.ReplaceAll(n.Value, "$", "$$"), mark, "$")
		if n.Tag == "!!str" && n.Style == 0 && strings.ContainsAny(n.Value, ":$ #") {
			n.Style = yaml.DoubleQuotedStyle
		}
		if strings.Contains(n.Value, "\n") {
			n.Style = yaml.LiteralStyle
		}
		return
	}
	for i, child := range n.Content {
		if n.Kind != yaml.MappingNode || i%2 == 1 {
			escape(child)
		}
	}
}

// comment puts beside a service's keys what a reader would ask.
func (b *builder) comment(s *plan.Service, node *yaml.Node) {
	say := func(name, text string) {
		if i := yamltext.Index(node, name); i >= 0 {
			at := node.Content[i]
			at.HeadComment = strings.TrimSpace(at.HeadComment + "\n" + text)
		}
	}
	for _, e := range s.Exceptions {
		switch {
		case e.User != "":
			say("user", e.Reason)
		case len(e.Capabilities) > 0:
			say("cap_add", e.Reason)
		case len(e.Sysctls) > 0:
			say("sysctls", e.Reason)
		case len(e.Devices) > 0:
			say("volumes", fmt.Sprintf("%s: %s", strings.Join(e.Devices, ", "), e.Reason))
		}
	}
	if b.followed(s) {
		say("deploy", "dnsrr: others route through the task itself, so its name means its address.")
	}
}

// explain puts comments beside the resources of the stack.
func (b *builder) explain(root *yaml.Node) {
	for part, comments := range map[string]map[string]string{"networks": b.aboutNetworks(), "volumes": b.aboutVolumes(), "secrets": b.aboutSecrets()} {
		if i := yamltext.Index(root, part); i >= 0 {
			for name := range yamltext.Pairs(root.Content[i+1]) {
				name.HeadComment = comments[name.Value]
			}
		}
	}
}

func (b *builder) aboutNetworks() map[string]string {
	out := map[string]string{}
	for _, name := range b.isolated {
		out[name] = "One service by itself: it reaches nobody, and nobody reaches it."
	}
	for _, n := range b.plan.Networks {
		out[n.Name] = n.Comment
		if n.Egress { // what keeps them apart elsewhere is an option of bridges
			out[n.Name] = "The way out of services that have a reason to call others, which the runbook says. What listens in one of them is open to the others."
		}
	}
	return out
}

func (b *builder) aboutVolumes() map[string]string {
	about := map[string]string{plan.ClassShared: "On the file server.", plan.ClassHome: "On the one machine that its service may run on.",
		plan.ClassScratch: "Each machine has its own."}
	out := map[string]string{}
	for _, v := range b.plan.Volumes {
		out[v.Name] = strings.TrimSpace(v.Contains + "\n" + about[v.Class])
	}
	return out
}

func (b *builder) aboutSecrets() map[string]string {
	out := map[string]string{}
	for _, s := range b.plan.Secrets {
		out[s.Name] = s.Description
	}
	return out
}

// share puts what the services on one image have in common into a file that they all read. `docker stack deploy` takes each line as it is, so
// what has several lines stays where it was.
func (b *builder) share(services map[string]service) map[string][]byte {
	users := map[string][]string{}
	for _, s := range b.plan.Services {
		if n := len(s.Images); n > 0 && s.Role != catalog.RoleImage {
			users[s.Images[n-1].Name] = append(users[s.Images[n-1].Name], s.Name)
		}
	}
	out := map[string][]byte{}
	for image, names := range users {
		common := maps.Clone(services[names[0]].Environment)
		for _, name := range names {
			maps.DeleteFunc(common, func(key, value string) bool {
				other, has := services[name].Environment[key]
				return !has || other != value || strings.ContainsAny(value, "\n\r")
			})
		}
		if len(names) < 2 || len(common) < 8 { // a few lines read better in place
			continue
		}
		text := "# What all services on the image " + image + " share. Each line is taken as it is, quotes and all.\n"
		for _, key := range slices.Sorted(maps.Keys(common)) {
			text += key + "=" + common[key] + "\n"
		}
		path := "env/" + image + ".env"
		out[path] = []byte(text)
		for _, name := range names {
			s := services[name]
			s.EnvFile = []string{"./" + path}
			maps.DeleteFunc(s.Environment, func(key, _ string) bool { _, shared := common[key]; return shared })
			services[name] = s
		}
	}
	return out
}
