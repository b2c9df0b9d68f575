package archive

import (
	"strings"
	"testing"
)

// TestLeaksInJSON hides a secret in each place that takes JSON, and checks what is none.
func TestLeaksInJSON(t *testing.T) {
	const json = `{"google": {"APP": {"client_id": "x", "secret": "kae0Ohz8ahGh"}}}`
	for name, test := range map[string]struct{ path, text, want string }{
		"a file":          {"custom/x.json", json, "a secret in JSON: google.APP.secret"},
		".env":            {".env", "PROVIDERS='" + json + "'\n", "a secret in JSON: PROVIDERS.google.APP.secret"},
		"a compose file":  {"docker-compose.yml", "services:\n  a:\n    environment:\n      P: '" + json + "'\n", "a secret in JSON: P.google.APP.secret"},
		"an item":         {"docker-compose.yml", "services:\n  a:\n    environment:\n      - 'P=" + json + "'\n", "a secret in JSON: P.google.APP.secret"},
		"plain":           {"docker-compose.yml", `a: [x, P={"secret":"kae0Ohz8ahGh"}]`, ""},
		"an item alone":   {"docker-compose.yml", "a:\n  - P={\"secret\":\"kae0Ohz8ahGh\"}\n", "a secret in JSON: P.secret"},
		"with a space":    {"docker-compose.yml", `a: ' {"secret": "kae0Ohz8ahGh"}'`, "a secret in JSON: a.secret"},
		"a block":         {"docker-compose.yml", "a: |\n  {\"secret\":\n   \"kae0Ohz8ahGh\"}\n", "a secret in JSON: a.secret"},
		"folded":          {"docker-compose.yml", "a: >-\r\n  [\r\n  {\"secret\": \"kae0Ohz8ahGh\"}]\r\n", "a secret in JSON: a.0.secret"},
		"on another line": {"docker-compose.yml", "a:\n  - P=\n    {\"secret\":\"kae0Ohz8ahGh\"}\n", "a secret in JSON: P.secret"},
		"escaped quotes":  {"docker-compose.yml", `a: "{\"secret\": \"kae0Ohz8ahGh\"}"`, "a secret in JSON: a.secret"},
		"all escaped":     {"docker-compose.yml", `a: "\x7b\x22secret\x22: \x22kae0Ohz8ahGh\x22}"`, "a secret in JSON: a.secret"},
		"a tag":           {"docker-compose.yml", `a: !!str '{"secret": "kae0Ohz8ahGh"}'`, "a secret in JSON: a.secret"},
		"an address":      {".env", `C='{"url": "redis://:kae0Ohz8ahGh@cache"}'`, "a secret in JSON: C.url"},
		"a placeholder":   {"custom/x.json", `{"secret": "<your-secret>"}`, ""},
		"a variable":      {"docker-compose.yml", `a: '{"secret": "${SECRET}"}'`, ""},
		"a name":          {"x/files/clients.json", `[{"secret": "openid_mail_secret"}]`, ""},
		"like a name":     {"x/files/clients.json", `[{"secret": "openid_mail_kae0Ohz"}]`, "a secret in JSON: 0.secret"},
		"a name, and one": {"x/files/clients.json", `[{"secret": "openid_mail_secret"}, {"secret": "kae0Ohz8ahGh"}]`, "a secret in JSON: 1.secret"},
		"a path":          {"custom/x.json", `{"secret": "/run/secrets/x", "secret_file": "x"}`, ""},
		"something alike": {"custom/x.json", `{"token_url": "https://example.org", "primary_key": "id"}`, ""},
		"another file":    {"custom/x.md", json, ""},
		"no JSON":         {"custom/x.json", `{"secret": "kae0Ohz8ahGh"`, ""},
	} {
		found, err := Leaks(t.Context(), []Entry{{Path: test.path, Data: []byte(test.text)}}, nil, "sql_password", "openid_mail_secret")
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if len(found) > 0 {
			got = strings.TrimPrefix(found[0].Message, "holds ")
		}
		if got != test.want || strings.Contains(found.Error(), "kae0Ohz8ahGh") {
			t.Errorf("%s: %s, not %q", name, found.Error(), test.want)
		}
	}
}
