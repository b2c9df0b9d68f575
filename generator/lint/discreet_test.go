package lint_test

import (
	"strings"
	"testing"

	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/project"
)

const naming = `services:
  web:
    image: web:1
    ports: ["${CI_TOKEN}:80"]
    mem_limit: ${CI_TOKEN}
networks:
  n:
    ipam:
      config:
        - {subnet: "${CI_TOKEN}"}
        - {subnet: 172.28.0.0/24, gateway: "x${DEPLOY_PASSWORD}", ip_range: "${WHERE}"}
`

// A compose file of a stranger's pull request names what the environment of whoever checks it has: the findings, which go into a log
// that strangers read, say its name.
func TestFindingsShowNoSecretsOfTheEnvironment(t *testing.T) {
	const token, password = "kae0Ohz8ahGh", "thie7Pohw3ie"
	_, found := lint.Check(t.Context(), project.Sources{File: "compose.yml", Compose: []byte(naming), EnvFile: ".env",
		Environ: map[string]string{"CI_TOKEN": token, "DEPLOY_PASSWORD": password, "WHERE": "elsewhere", "PWD": "/home/Somebody"}}, nil)
	text := ""
	for _, f := range found {
		text += f.Message + " " + f.Hint + "\n"
	}
	if strings.Contains(text, token) || strings.Contains(text, password) {
		t.Errorf("the findings tell a secret:\n%s", text)
	}
	for _, want := range []string{"${CI_TOKEN} is not a subnet", "x${DEPLOY_PASSWORD} is not an address", "elsewhere is not a part"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}
