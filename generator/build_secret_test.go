package generator

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/catalog"
)

// robot is a service whose image is built with two secrets, of which the user gave one.
var robot = fstest.MapFS{
	"robot/service.yaml": {Data: []byte(`
summary: Is built with a secret
role: worker
image: {from: openwisp-base, secrets: [robot_key, robot_login]}
settings:
  - {key: robot.key_file, type: file, default: "", description: Key., since: "0.1"}
  - {key: robot.login_file, type: file, default: "", description: Login., since: "0.1"}
secrets:
  - {name: robot_key, kind: provided, file: robot.key_file, description: Key}
  - {name: robot_login, kind: provided, file: robot.login_file, description: Login}
networks: {app: {}}
probe: {command: ["true"]}
resources: {memory: 64M, pids: 20}
`)},
	"robot/Dockerfile.tmpl":   {Data: []byte("FROM openwisp-base\nRUN --mount=type=secret,id=robot_key,required=true cat /run/secrets/robot_key\nCMD [\"sleep\", \"1\"]\n")},
	"robot/compose.yaml.tmpl": {Data: []byte("{}\n")},
}

// What an image is built with is there for its build, whatever runs it, and no container has it.
func TestABuildReadsItsSecrets(t *testing.T) {
	const builds = "docker-compose.yml"
	for _, target := range []string{"compose", "swarm", "kubernetes"} {
		t.Run(target, func(t *testing.T) {
			flags := append(slices.Clone(multiNode), "target="+target, "services.robot=true", "robot.key_file=secrets/robot")
			profile := "multi-node"
			if target == "compose" {
				profile, flags = "single-server", flags[len(multiNode):]
			}
			if target == "kubernetes" {
				flags = append(slices.Clone(onKubernetes), flags[len(multiNode):]...)
			}
			in := request(profile, flags...)
			in.Catalog = append(in.Catalog, catalog.Layer{Name: "robot", FS: robot})
			made, found := Generate(t.Context(), in)
			if found.Err() != nil {
				t.Fatal(found)
			}
			var compose struct {
				Services map[string]struct {
					Build struct{ Secrets []string }
				}
				Secrets map[string]struct{ File string }
			}
			if err := yaml.Unmarshal(made.Files[builds].Data, &compose); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"robot_key"}, compose.Services["robot"].Build.Secrets); diff != "" {
				t.Error(diff)
			}
			if got := compose.Secrets["robot_key"].File; got != "./secrets/robot" && got != "secrets/robot" {
				t.Errorf("it is read from %q", got)
			}
			for name, f := range made.Files {
				if name != builds && name != "owgen.lock" && name != "owgen.yaml" && !strings.HasPrefix(name, "dockerfiles/") && strings.Contains(string(f.Data), "robot_key") {
					at := strings.Index(string(f.Data), "robot_key")
					t.Errorf("%s knows it: %.200s", name, string(f.Data)[max(0, at-80):])
				}
			}
		})
	}
}
