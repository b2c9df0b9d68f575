// Package compose writes a plan as a Compose project: it builds each service as a YAML tree, merges the
// fragments of its folder over it, and emits one file that reads well.
package compose

import (
	"bytes"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/render"
)

// The names of the two files that Compose reads.
const ()

// A Builder has a plan with what was rendered for it.
type Builder struct {
	Plan      *plan.Plan
	Fragments map[string][]render.Fragment    // by service
	Folders   map[string]map[string][]byte    // build contexts by service
	Excuse    func(key, reason string) string // the comment that excuses a hardening exception from lint
}

// Files are the emitted deployment.
type Files struct {
	Node     *yaml.Node // the document of docker-compose.yml
	Compose  []byte
	Env      []byte
	EnvFiles map[string][]byte // for env_file, by path
}

// Build merges and emits. Findings are about fragments that are no YAML mapping.
func (b Builder) Build() (*Files, diag.List) {
	var found diag.List
	services := mapping()
	tags := map[string]string{}
	for _, s := range b.Plan.Services {
		node := b.service(s)
		for _, fragment := range b.Fragments[s.Name] {
			found.Add(mergeFragment(node, fragment)...)
		}
		b.tag(node, s, tags)
		key := text(s.Name)
		key.HeadComment = "# " + s.Summary
		services.Content = append(services.Content, key, node)
	}
	envFiles := shareEnvironments(services, b.Plan)
	for i := 1; i < len(services.Content); i += 2 {
		arrange(services.Content[i])
	}
	root := mapping()
	name := text("name")
	name.HeadComment = header
	root.Content = append(root.Content, name, text(b.Plan.Project))
	add(root, "services", services)
	b.topLevel(root)
	out, err := Encode(root)
	if err != nil {
		found.Add(diag.Finding{Rule: "compose/encode", File: bundle.ComposeFile, Message: err.Error()})
	}
	env, f := b.env(root, envFiles)
	found.Add(f...)
	return &Files{Node: root, Compose: out, Env: env, EnvFiles: envFiles}, found
}

const header = `# Made by owgen from owgen.yaml. Change that and run ` + "`owgen generate`" + `; what you want to add
# beside it belongs in docker-compose.override.yml, which owgen never touches.
# Needs Compose 2.33.1 or newer. Values written as ${NAME} come from .env, secrets from secrets/.
`

// Encode writes a document as the files of a bundle look: with two spaces, and a line between services. The top level and the
// services are written piece by piece: an encoder keeps all that it has written.
func Encode(root *yaml.Node) ([]byte, error) {
	var out bytes.Buffer
	for i := 0; i < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if key.Value != "services" || len(value.Content) == 0 {
			text, err := encodeEntry(key, value)
			if err != nil {
				return nil, err
			}
			out.Write(text)
			continue
		}
		out.WriteString("services:\n")
		for j := 0; j < len(value.Content); j += 2 {
			text, err := encodeEntry(text("services"), &yaml.Node{Kind: yaml.MappingNode, Content: value.Content[j : j+2]})
			if err != nil {
				return nil, err
			}
			out.Write(bytes.TrimPrefix(text, []byte("services:\n")))
		}
	}
	return spread(out.Bytes()), nil
}

func encodeEntry(key, value *yaml.Node) ([]byte, error) {
	quoteEqualSigns(value)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	err := encoder.Encode(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key, value}})
	return out.Bytes(), err
}

// quoteEqualSigns quotes each text that is a lone =, which the encoder does not know as a type of its own in YAML 1.1.
func quoteEqualSigns(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Value == "=" && n.Style == 0 {
		n.Style = yaml.DoubleQuotedStyle
	}
	for _, child := range n.Content {
		quoteEqualSigns(child)
	}
}

// spread puts an empty line before each entry of the top two levels, where the eye needs one.
func spread(in []byte) []byte {
	var out bytes.Buffer
	lines := bytes.SplitAfter(in, []byte("\n"))
	inServices := false
	for i, line := range lines {
		top := len(line) > 1 && line[0] != ' ' && line[0] != '#'
		if top {
			inServices = bytes.HasPrefix(line, []byte("services:"))
		}
		comment := inServices && bytes.HasPrefix(line, []byte("  # ")) && !bytes.HasPrefix(lines[i-1], []byte("  # "))
		if top && i > 0 && !bytes.HasPrefix(line, []byte("name:")) || comment && !bytes.HasPrefix(lines[i-1], []byte("services:")) {
			out.WriteByte('\n')
		}
		out.Write(line)
	}
	return out.Bytes()
}

func (b Builder) topLevel(root *yaml.Node) {
	networks, volumes, secrets := mapping(), mapping(), mapping()
	for _, n := range b.Plan.Networks {
		node := mapping()
		if n.Internal {
			add(node, "internal", plain("true"))
		}
		if n.Egress { // who is on it has nothing to say to one another
			add(node, "driver_opts", pairs("com.docker.network.bridge.enable_icc", quoted("false")))
		}
		ipam := pairs("subnet", n.Subnet.String(), "ip_range", n.Dynamic.String())
		add(node, "ipam", pairs("config", &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{ipam}}))
		addCommented(networks, n.Name, n.Comment, node)
	}
	for _, v := range b.Plan.Volumes {
		addCommented(volumes, v.Name, v.Contains, flow(mapping()))
	}
	for _, x := range b.Plan.Secrets {
		file := x.File
		if file == "" {
			file = "./secrets/" + x.Name
		}
		addCommented(secrets, x.Name, x.Description, pairs("file", dollars(file)))
	}
	for _, part := range []struct {
		name string
		node *yaml.Node
	}{{"networks", networks}, {"volumes", volumes}, {"secrets", secrets}} {
		if len(part.node.Content) > 0 {
			add(root, part.name, part.node)
		}
	}
}

func isImage(s *plan.Service) bool { return s.Role == catalog.RoleImage }
