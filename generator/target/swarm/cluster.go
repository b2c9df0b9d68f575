package swarm

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diff"
	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/yamltext"
)

// written is the stack as it is read back. What is not named here is compared as it stands.
type written struct {
	Services map[string]map[string]any
	Networks map[string]any
	Volumes  yaml.Node
}

// volumeOf is a volume of the stack.
type volumeOf struct {
	Options map[string]string `yaml:"driver_opts"`
}

// hidden are the keys whose values may hold what nobody else is to see.
var hidden = []string{"command", "entrypoint", "labels", "logging"}

// Cluster reads the stack and deploy.conf.
func (Target) Cluster(files map[string][]byte) (*diff.Cluster, error) {
	if files[StackFile] == nil {
		return nil, nil
	}
	var stack written
	if err := yaml.Unmarshal(files[StackFile], &stack); err != nil {
		return nil, fmt.Errorf("%s: %w", StackFile, err)
	}
	conf := readConf(files[ConfFile])
	out := &diff.Cluster{Engine: Name, Name: conf.project, Publish: (Target{}).Images().Build(), Workloads: map[string]diff.Workload{},
		Volumes: map[string]diff.Storage{}, Networks: map[string]diff.Network{}}
	for name, s := range stack.Services {
		w, err := conf.workload(s, files)
		if err != nil {
			return nil, fmt.Errorf("%s: services.%s: %w", StackFile, name, err)
		}
		w.Images = map[string]string{name: text(s["image"])}
		out.Workloads[name] = w
	}
	for name, spec := range stack.Networks {
		out.Networks[name] = diff.Network{Spec: spec, Replace: "`docker stack rm " + conf.project + "`, then `./deploy`; all that is on it stands still meanwhile"}
	}
	for key, node := range yamltext.Pairs(&stack.Volumes) {
		var v volumeOf
		if err := node.Decode(&v); err != nil {
			return nil, fmt.Errorf("%s: volumes.%s: %w", StackFile, key.Value, err)
		}
		out.Volumes[key.Value] = conf.storage(key, v, out)
		if strings.Contains(v.Options["o"], filesAddress) { // whose name has the address in it: tasks start anew for another one
			for _, w := range out.Workloads {
				if conf.address != "" && slices.ContainsFunc(w.Mounts, func(m diff.Mount) bool { return m.Volume == key.Value }) {
					w.Spec["the file server's address"] = conf.address
				}
			}
		}
	}
	return out, nil
}

// storage is a volume: on the server that it names, or on each machine by itself. There it holds something if its service's data are what
// the service is for.
func (c conf) storage(key *yaml.Node, v volumeOf, in *diff.Cluster) diff.Storage {
	comment, _, _ := strings.Cut(strings.TrimPrefix(key.HeadComment, "# "), "\n# ")
	out := diff.Storage{Holds: comment, Keeps: "nobody copies what lies in it"}
	if device, remote := v.Options["device"]; remote {
		address := strings.ReplaceAll(v.Options["o"], filesAddress, c.files)
		address, _, _ = strings.Cut(strings.TrimPrefix(address, "addr="), ",")
		out.Where = "on the file server " + address + device
		return out
	}
	out.Where, out.Bound, out.Scratch = "on one machine", true, true
	for _, w := range in.Workloads {
		mounts := slices.ContainsFunc(w.Mounts, func(m diff.Mount) bool { return m.Volume == key.Value })
		out.Scratch = out.Scratch && !(mounts && (w.Role == catalog.RoleData || w.Role == catalog.RoleMail))
	}
	if out.Scratch {
		out.Where = "on each machine"
	}
	return out
}

// filesAddress stands for the address of the bundle's own file server, which ./deploy finds out.
const filesAddress = "${FILES_ADDRESS:?is not set: run ./deploy}"

// firstMachine is the one that has what must not move, where no nodes are planned.
const firstMachine = "the machine of the first deployment"

// conf is deploy.conf, as far as it says where things are.
type conf struct {
	project string
	files   string              // where the file server is
	address string              // by which it is reached, where that is said
	nodes   map[string][]string // by label
	sources map[string]string   // of configs, by name: files and folders of the bundle
}

func readConf(data []byte) conf {
	out := conf{nodes: map[string][]string{}, sources: map[string]string{}}
	for line := range strings.Lines(string(data)) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0] == "project" && len(words) > 1:
			out.project = words[1]
		case words[0] == "files":
			out.files = "of " + strings.Join(append(words[1:], firstMachine)[:1], " ")
			if len(words) > 2 {
				out.address = words[2] // of the same server: what lies on it stays
			}
		case words[0] == "first" && len(words) > 1:
			out.nodes[words[1]] = []string{firstMachine}
		case words[0] == "node" && len(words) > 1:
			for _, label := range words[2:] {
				out.nodes[label] = append(out.nodes[label], words[1])
			}
		case (words[0] == "config" || words[0] == "pack") && len(words) > 2:
			if _, packed := out.sources[words[1]]; !packed {
				out.sources[words[1]] = path.Clean(words[2])
			}
		}
	}
	return out
}

// workload is a service of the stack.
func (c conf) workload(s map[string]any, files map[string][]byte) (diff.Workload, error) {
	if s == nil { // which somebody wrote by hand
		s = map[string]any{}
	}
	w := diff.Workload{Role: text(at(s, "labels", "io.owgen.role")), Replicas: 1, Environment: map[string]string{},
		Spec: maps.Clone(s), Removal: "`./deploy` ends it"}
	if n, ok := at(s, "deploy", "replicas").(int); ok {
		w.Replicas = n
	}
	switch {
	case at(s, "deploy", "mode") == "replicated-job":
		w.Manner = diff.Once
	case at(s, "deploy", "update_config", "order") == "stop-first":
		w.Manner = diff.Stops
	}
	for _, constraint := range list(at(s, "deploy", "placement", "constraints")) {
		label := strings.TrimSuffix(strings.TrimPrefix(text(constraint), "node.labels."), " == true")
		w.Place = append(w.Place, c.nodes[label]...)
	}
	for _, file := range list(s["env_file"]) {
		values, err := dotenv.Parse(files[path.Clean(text(file))])
		if err != nil {
			return w, fmt.Errorf("%v: %w", file, err)
		}
		maps.Copy(w.Environment, values)
	}
	environment, _ := s["environment"].(map[string]any)
	for name, value := range environment {
		w.Environment[name] = text(value)
	}
	for _, secret := range list(s["secrets"]) {
		w.Secrets = append(w.Secrets, text(at(secret, "source")))
	}
	for _, config := range list(s["configs"]) {
		w.Files = append(w.Files, c.sources[text(at(config, "source"))])
	}
	for _, v := range list(s["volumes"]) {
		if source := text(at(v, "source")); at(v, "type") == "volume" && source != "" {
			readOnly, _ := at(v, "read_only").(bool)
			w.Mounts = append(w.Mounts, diff.Mount{Volume: source, Target: text(at(v, "target")), ReadOnly: readOnly})
		}
	}
	w.Spec["volumes"], w.Spec["configs"] = by(s["volumes"], "target"), by(s["configs"], "target")
	networks, _ := s["networks"].(map[string]any)
	w.Networks = slices.Sorted(maps.Keys(networks))
	for _, key := range hidden {
		if value, set := s[key]; set {
			w.Spec[key] = diff.Sealed{Value: value}
		}
	}
	for _, key := range []string{"image", "environment", "env_file", "secrets"} {
		delete(w.Spec, key)
	}
	if health, ok := s["healthcheck"].(map[string]any); ok {
		health = maps.Clone(health)
		health["test"] = diff.Sealed{Value: health["test"]}
		w.Spec["healthcheck"] = health
	}
	if deploy, ok := s["deploy"].(map[string]any); ok { // the rest of it makes no new task
		w.Spec["deploy"] = without(deploy, "replicas", "labels", "placement", "update_config", "rollback_config")
	}
	return w, nil
}

// by makes a list of mappings one that is compared entry by entry.
func by(value any, key string) map[string]any {
	out := map[string]any{}
	for _, item := range list(value) {
		out[text(at(item, key))] = item
	}
	return out
}

func without(m map[string]any, keys ...string) map[string]any {
	out := maps.Clone(m)
	maps.DeleteFunc(out, func(key string, _ any) bool { return slices.Contains(keys, key) })
	return out
}

// at is what lies there in a tree, or nil.
func at(tree any, keys ...string) any {
	for _, key := range keys {
		m, _ := tree.(map[string]any)
		tree = m[key]
	}
	return tree
}

func list(value any) []any {
	out, _ := value.([]any)
	return out
}

func text(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}
