package lint_test

import (
	"strings"
	"testing"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lint"
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

// TestEnvFilesComeThrough checks that a service gets what its env_file says, as from Compose.
func TestEnvFilesComeThrough(t *testing.T) {
	p, found := load(t, lint.Input{
		Compose: []byte(withEnvFile), Env: []byte("DOMAIN=example.org\n"),
		EnvFiles: map[string][]byte{"env/shared.env": []byte("# comment ${NOT}\nURL=\"https://${DOMAIN}/\"\nBOTH=file\nDOLLAR='$5'\nREADS=${OWN}\n")},
	})
	if len(found) > 0 {
		t.Fatal(found.Error())
	}
	for name, want := range map[string]string{"URL": "https://example.org/", "BOTH": "own", "OWN": "own", "DOLLAR": "$5", "READS": "own"} {
		if got := deref(p.Services["web"].Environment[name]); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
}

// TestEnvFileFindings checks that findings name the file and line of an env_file.
func TestEnvFileFindings(t *testing.T) {
	for name, test := range map[string]struct{ env, file, want string }{
		"undefined": {"", "A=1\n# ${COMMENT}\nB=${NONE}${A}${OWN}\nC='${QUOTED}'\nD=\"\\${ESCAPED}\"\n",
			"env/shared.env:3: error: ${NONE} is not defined [undefined-variable]"},
		"secret":  {"", "X=1\nDB_PASSWORD=hunter22\n", "env/shared.env:2: warning: DB_PASSWORD: DB_PASSWORD is a secret in the clear [secret-in-environment]"},
		"excused": {"", "# owgen:allow secret-in-environment: it is a test\nDB_PASSWORD=hunter22\n", ""},
		"used":    {"USED=1\nUNUSED=1\n", "A=${USED}\n", ".env:2: warning: UNUSED: UNUSED is used nowhere [unused-variable]"},
		"syntax":  {"", "A=1\nB C=2\n", "env/shared.env:2: error: key cannot contain a space [env-syntax]"},
	} {
		t.Run(name, func(t *testing.T) {
			_, found := lint.Check(t.Context(), lint.Input{File: "compose.yml", Compose: []byte(withEnvFile), EnvFile: ".env", Env: []byte(test.env),
				EnvFiles: map[string][]byte{"env/shared.env": []byte(test.file)}})
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

// TestEnvFileMissing checks that a missing file is reported, unless it may be.
func TestEnvFileMissing(t *testing.T) {
	_, found := load(t, lint.Input{Compose: []byte(withEnvFile), EnvFiles: map[string][]byte{}})
	if len(found) != 1 || found[0].Line != 5 || !strings.Contains(found[0].Message, "./env/shared.env") {
		t.Error(found.Error())
	}
	optional := strings.Replace(withEnvFile, "shared.env\n", "shared.env\n        required: false\n", 1)
	if _, found := load(t, lint.Input{Compose: []byte(optional), EnvFiles: map[string][]byte{}}); len(found) > 0 {
		t.Error(found.Error())
	}
}
