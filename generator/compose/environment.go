package compose

import (
	"cmp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/yamltext"
)

// worthAFile is the number of variables from which an image's environment stands in a file of its own, which
// the services that derive from it share: repeated in each of them it would bury what differs.
const worthAFile = 8

// shareEnvironments moves the environment that services have from their images into files, by path, and takes
// it away from the images, which are never started.
func shareEnvironments(services *yaml.Node, p *plan.Plan) map[string][]byte {
	files := map[string][]byte{}
	for _, image := range p.Services {
		node := get(services, image.Name)
		environment := get(node, "environment")
		if !isImage(image) || environment == nil {
			continue
		}
		remove(node, "environment")
		if len(environment.Content)/2 < worthAFile {
			continue
		}
		path := "env/" + image.Name + ".env"
		for _, s := range p.Services {
			derives := slices.ContainsFunc(s.Images, func(c *catalog.Definition) bool { return c.Name == image.Name })
			if !isImage(s) && derives {
				share(get(services, s.Name), environment, path)
			}
		}
		files[path] = envFile(image.Name, environment)
	}
	return files
}

// share lets a service read the shared file, and keeps in place what it has otherwise.
func share(service, shared *yaml.Node, path string) {
	own := get(service, "environment")
	kept := mapping()
	for i := 0; i+1 < len(own.Content); i += 2 {
		same := get(shared, own.Content[i].Value)
		if same == nil || same.Value != own.Content[i+1].Value {
			kept.Content = append(kept.Content, own.Content[i], own.Content[i+1])
		}
	}
	add(service, "env_file", &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{pairs("path", "./"+path)}})
	remove(service, "environment")
	if len(kept.Content) > 0 {
		add(service, "environment", kept)
	}
}

// envFile writes an environment as a file for Compose's env_file, comments included. References to .env stay
// references.
func envFile(image string, environment *yaml.Node) []byte {
	var out strings.Builder
	out.WriteString("# The environment that all services on the image " + image + " share. ${NAME} comes from .env.\n")
	for i := 0; i+1 < len(environment.Content); i += 2 {
		key, value := environment.Content[i], environment.Content[i+1]
		if key.HeadComment != "" {
			out.WriteString("\n" + key.HeadComment + "\n")
		}
		out.WriteString(key.Value + "=" + envValue(value.Value) + "\n")
	}
	return []byte(out.String())
}

// envValue turns a scalar of a Compose file, where $$ is a dollar, into a value of an env_file.
func envValue(value string) string {
	if !strings.Contains(value, "$") {
		return dotenv.Quote(value)
	}
	var out strings.Builder
	literal := func(text string) {
		out.WriteString(strings.TrimSuffix(strings.TrimPrefix(dotenv.Quote(text+" "), `"`), ` "`))
	}
	at := 0
	for _, m := range variable().FindAllStringSubmatchIndex(value, -1) {
		literal(value[at:m[0]])
		if match := value[m[0]:m[1]]; match == "$$" {
			literal("$")
		} else {
			out.WriteString(match)
		}
		at = m[1]
	}
	literal(value[at:])
	return `"` + out.String() + `"`
}

// escaped takes out of an env_file what is no reference: a dollar behind a backslash, and a backslash itself.
var escaped = strings.NewReplacer(`\\`, "", `\$`, "")

// env collects the variables that the project refers to, in the order of the settings' declarations.
func (b Builder) env(root *yaml.Node, files map[string][]byte) ([]byte, diag.List) {
	used := map[string]bool{}
	collect := func(text string) {
		for _, name := range references(text) {
			used[name] = true
		}
	}
	walk(root, func(n *yaml.Node) { collect(n.Value) })
	for _, content := range files {
		collect(escaped.Replace(string(content)))
	}
	var entries []dotenv.Entry
	for _, d := range b.Plan.Values.Schema().All() {
		if d.Env != "" && used[d.Env] {
			entries = append(entries, dotenv.Entry{Name: d.Env, Value: b.Plan.Values.String(d.Key), Comment: d.Key})
			delete(used, d.Env)
		}
	}
	delete(used, "NAME") // of the comment above
	var found diag.List
	for name := range used {
		found.Add(diag.Finding{Rule: "compose/unknown-variable", File: bundle.ComposeFile, Path: name,
			Message: "is referred to, and no setting has it as its env", Hint: "add env: " + name + " to a setting, or write the value with scalar"})
	}
	slices.SortFunc(found, func(a, b diag.Finding) int { return cmp.Compare(a.Path, b.Path) })
	found.Add(dotenv.Check(entries)...)
	return dotenv.Format(entries), found
}

func remove(n *yaml.Node, key string) {
	if i := yamltext.Index(n, key); i >= 0 {
		n.Content = slices.Delete(n.Content, i, i+2)
	}
}
