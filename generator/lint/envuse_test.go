package lint_test

import "testing"

// TestEnvIsUsedAsAFile checks that nothing in .env is said to be unused where a container or an image gets the file.
func TestEnvIsUsedAsAFile(t *testing.T) {
	for name, test := range map[string]struct {
		compose string
		unused  int
	}{
		"nobody":          {"services:\n  web:\n    image: web:1\n", 1},
		"mounted":         {"services:\n  web:\n    image: web:1\n    volumes: ['./.env:/app/.env:ro']\n", 0},
		"with its folder": {"services:\n  web:\n    image: web:1\n    volumes: ['.:/app']\n", 0},
		"other folder":    {"services:\n  web:\n    image: web:1\n    volumes: ['./app:/app']\n", 1},
		"as a config":     {"services:\n  web:\n    image: web:1\n    configs: [env]\nconfigs:\n  env: {file: .env}\n", 0},
		"as a secret":     {"services:\n  web:\n    image: web:1\n    secrets: [env]\nsecrets:\n  env: {file: ./.env}\n", 0},
		"other secret":    {"services:\n  web:\n    image: web:1\n    secrets: [env]\nsecrets:\n  env: {file: ./other.env}\n", 1},
		"as env_file":     {"services:\n  web:\n    image: web:1\n    env_file: [./.env]\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			in := given{Compose: []byte(test.compose), EnvFile: ".env", Env: []byte("ANYTHING=1\n")}
			if n := count(t, in, "unused-variable"); n != test.unused {
				t.Errorf("%d unused, not %d", n, test.unused)
			}
		})
	}
}

// TestEnvDefines checks that a value that .env defines is not said to come from elsewhere.
func TestEnvDefines(t *testing.T) {
	in := given{Compose: []byte("services:\n  web:\n    image: web:1\n    environment:\n      GIVEN:\n      OTHER:\n"), EnvFile: ".env", Env: []byte("GIVEN=1\n")}
	if n := count(t, in, "scalar-retyped"); n != 1 {
		t.Errorf("%d values come from elsewhere, not 1", n)
	}
}

// TestFirstLine checks that what is wrong in the first line has a line.
func TestFirstLine(t *testing.T) {
	for _, text := range []string{"services: {", "services: [a", "@services: {}", "\tservices: {}", "services: *x\n", "services: \"a\n", "a: b: c\n", "{", "}", "services: {}\x00\n"} {
		_, found := given{File: "compose.yml", Compose: []byte(text)}.check(t.Context())
		if len(found) == 0 || found[0].Line == 0 {
			t.Errorf("%q: %s", text, found.Error())
		}
	}
}
