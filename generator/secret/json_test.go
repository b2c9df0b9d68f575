package secret_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/secret"
)

func TestInJSON(t *testing.T) {
	for text, want := range map[string][]secret.Member{
		`{"google": {"APP": {"client_id": "x", "secret": "s3"}}, "debug": true}`:           {{"google.APP.secret", "s3"}},
		`[{"url": "redis://:pw@cache"}, {"url": "redis://cache"}]`:                         {{"0.url", "redis://:pw@cache"}},
		`{"tokens": ["a", "b"], "token_url": "https://x.org"}`:                             {{"tokens.0", "a"}, {"tokens.1", "b"}},
		`{"password_file": "/run/secrets/x", "password": "/run/secrets/x", "api_key": ""}`: nil,
		`{"password": "x"`: nil,
		`password`:         nil,
		``:                 nil,
	} {
		if diff := cmp.Diff(want, secret.InJSON(text)); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
	}
}
