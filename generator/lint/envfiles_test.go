package lint_test

import (
	"testing"

	"github.com/owgen/owgen/generator/diag"
)

const withEnvFile = `services:
  web:
    image: web:1
    env_file:
      - path: ./env/shared.env
    environment:
      OWN: own
      BOTH: own
`

// TestEnvFileFindings checks that findings name the file and line of an env_file.
func TestEnvFileFindings(t *testing.T) {
	for name, test := range map[string]struct{ env, file, want string }{
		"undefined": {"", "A=1\n# ${COMMENT}\nB=${NONE}${A}${OWN}\nC='${QUOTED}'\nD=\"\\${ESCAPED}\"\n",
			"env/shared.env:3: error: ${NONE} is not defined [undefined-variable]"},
		"secret":  {"", "X=1\nDB_PASSWORD=kae0Ohz8ahGh\n", "env/shared.env:2: warning: DB_PASSWORD: DB_PASSWORD is a secret in the clear [secret-in-environment]"},
		"excused": {"", "# owgen:allow secret-in-environment: it is a test\nDB_PASSWORD=kae0Ohz8ahGh\n", ""},
		"used":    {"USED=1\nUNUSED=1\n", "A=${USED}\n", ".env:2: warning: UNUSED: UNUSED is used nowhere [unused-variable]"},
		"syntax":  {"", "A=1\nB C=2\n", "env/shared.env:2: error: key cannot contain a space [env-syntax]"},
	} {
		t.Run(name, func(t *testing.T) {
			_, found := given{File: "compose.yml", Compose: []byte(withEnvFile), EnvFile: ".env", Env: []byte(test.env),
				EnvFiles: map[string][]byte{"env/shared.env": []byte(test.file)}}.check(t.Context())
			var got diag.List
			for _, f := range found {
				if f.File != "compose.yml" {
					f.Hint = ""
					got.Add(f)
				}
			}
			if got.Error() != test.want {
				t.Errorf("got\n%s\nnot\n%s", got.Error(), test.want)
			}
		})
	}
}
