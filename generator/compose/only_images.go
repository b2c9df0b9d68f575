package compose

import (
	"github.com/owgen/owgen/generator/yamltext"
	"gopkg.in/yaml.v3"
)

const imagesHeader = `# Made by owgen from owgen.yaml. It builds the images and starts nothing: what runs stands in the files of the target.
#   docker compose build && docker compose push
`

// Images is a Compose file that builds all images and starts none, for deployments that another engine runs.
func (f *Files) Images() ([]byte, error) {
	services, secrets := mapping(), mapping()
	all := get(f.Node, "services")
	for key, service := range yamltext.Pairs(all) {
		image := mapping()
		for _, name := range []string{"image", "build", "pull_policy"} {
			if value := get(service, name); value != nil {
				add(image, name, value)
			}
		}
		for _, read := range buildReads(service) {
			if get(secrets, read.Value) == nil {
				add(secrets, read.Value, get(get(f.Node, "secrets"), read.Value))
			}
		}
		add(image, "scale", plain("0"))
		for _, name := range []string{"user", "read_only", "cap_drop", "security_opt"} {
			if value := get(service, name); value != nil {
				add(image, name, value)
			}
		}
		add(image, "network_mode", plain("none"))
		services.Content = append(services.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key.Value, HeadComment: key.HeadComment}, image)
	}
	root := mapping()
	name := text("name")
	name.HeadComment = imagesHeader
	root.Content = append(root.Content, name, get(f.Node, "name"))
	add(root, "services", services)
	if len(secrets.Content) > 0 {
		add(root, "secrets", secrets)
	}
	return Encode(root)
}

// buildReads are the names of the secrets that a service's image is built with.
func buildReads(service *yaml.Node) []*yaml.Node {
	if list := get(get(service, "build"), "secrets"); list != nil {
		return list.Content
	}
	return nil
}
