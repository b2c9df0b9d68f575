package generator

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var composeCommand = regexp.MustCompile(`docker[ -]compose ([a-z]+)`)

// What a container prints, a script says or a finding advises at night has to do something where it is printed: on a cluster Compose
// builds and pushes images, and starts nothing. The runbook has the commands of each engine, below the same headings.
func TestWordsOfTheEngine(t *testing.T) {
	kubernetes := append(slices.Clone(onKubernetes), "storage.mode=class", "storage.class=shared")
	for name, flags := range map[string][]string{
		"swarm":                append(slices.Clone(multiNode), "target=swarm"),
		"swarm with acme":      append(slices.Clone(multiNode), "target=swarm", "tls.mode=acme", "sql.pool=true"),
		"swarm with provided":  append(slices.Clone(multiNode), "target=swarm", "tls.mode=provided", "tls.certificate_file=/srv/tls/c", "tls.key_file=/srv/tls/k"),
		"kubernetes":           kubernetes,
		"kubernetes with acme": append(slices.Clone(kubernetes), "tls.mode=acme"),
	} {
		t.Run(name, func(t *testing.T) {
			made := generateFrom(t, "multi-node", flags...)
			texts := map[string]string{}
			for path, file := range made.Files {
				if !strings.HasSuffix(path, ".yml") || path == "docker-compose.yml" {
					texts[path] = string(file.Data)
				}
			}
			for _, s := range made.Plan.Services {
				said, err := json.Marshal([]any{s.Definition.Outside, s.Definition.Contradictions})
				if err != nil {
					t.Fatal(err)
				}
				texts["service.yaml of "+s.Name] = string(said)
			}
			for path, text := range texts {
				for _, m := range composeCommand.FindAllStringSubmatch(text, -1) {
					if !slices.Contains([]string{"build", "push"}, m[1]) {
						t.Errorf("%s names %q, which does nothing here", path, m[0])
					}
				}
			}
			for _, heading := range []string{"What runs", "Back up", "Restore", "Change a password", "Stop"} { // which texts point at
				if !strings.Contains(texts["README.md"], "\n## "+heading+"\n") {
					t.Errorf("the runbook has no %q", heading)
				}
			}
		})
	}
}
