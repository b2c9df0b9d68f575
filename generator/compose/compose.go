// Package compose writes a plan as a Compose project: it builds each service as a YAML tree, merges the
// fragments of its folder over it, and emits one file that reads well.
package compose

import (
	"bytes"
	"errors"
	"slices"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/render"
)

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
	nodes, found := b.services()
	services := mapping()
	tags := map[string]string{}
	for i, s := range b.Plan.Services {
		b.tag(nodes[i], s, tags)
		key := text(s.Name)
		key.HeadComment = "# " + s.Summary
		services.Content = append(services.Content, key, nodes[i])
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

// services makes each service's node and merges its fragments into it, side by side.
func (b Builder) services() ([]*yaml.Node, diag.List) {
	nodes, found := make([]*yaml.Node, len(b.Plan.Services)), make([]diag.List, len(b.Plan.Services))
	var group sync.WaitGroup
	for i, s := range b.Plan.Services {
		group.Go(func() {
			nodes[i] = b.service(s)
			for _, fragment := range b.Fragments[s.Name] {
				found[i].Add(mergeFragment(nodes[i], fragment)...)
			}
		})
	}
	group.Wait()
	return nodes, slices.Concat(found...)
}

const header = `# Made by owgen from owgen.yaml. Change that and run ` + "`owgen generate`" + `; what you want to add
# beside it belongs in docker-compose.override.yml, which owgen never touches.
# Needs Compose 2.33.1 or newer. Values written as ${NAME} come from .env, secrets from secrets/.
`

// Encode writes a document as the files of a bundle look: with two spaces, and a line between services. The top level and the
// services are written piece by piece, side by side: an encoder keeps all that it has written.
func Encode(root *yaml.Node) ([]byte, error) {
	quoteEqualSigns(root)
	var pieces []*yaml.Node // mappings of one entry
	for i := 0; i < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if key.Value != "services" || len(value.Content) == 0 {
			pieces = append(pieces, mapping(key, value))
			continue
		}
		pieces = append(pieces, mapping(key, mapping(value.Content[:2]...)))
		for j := 2; j < len(value.Content); j += 2 {
			pieces = append(pieces, mapping(text(""), mapping(value.Content[j:j+2]...)))
		}
	}
	texts, errs := make([][]byte, len(pieces)), make([]error, len(pieces))
	var group sync.WaitGroup
	for i, piece := range pieces {
		group.Go(func() { texts[i], errs[i] = encodePiece(piece) })
	}
	group.Wait()
	return spread(bytes.Join(texts, nil)), errors.Join(errs...)
}

// encodePiece leaves a key out that is empty: what is below it goes on where the piece before ended.
func encodePiece(piece *yaml.Node) ([]byte, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	err := encoder.Encode(piece)
	return bytes.TrimPrefix(out.Bytes(), []byte("\"\":\n")), err
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
