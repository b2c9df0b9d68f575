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
	services := mapping()
	all := get(f.Node, "services")
	for key, service := range yamltext.Pairs(all) {
		image := mapping()
		for _, name := range []string{"image", "build", "pull_policy"} {
			if value := get(service, name); value != nil {
				add(image, name, value)
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
	return Encode(root)
}
