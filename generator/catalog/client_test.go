package catalog

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// A client does without what a provider gives, and not without what it does not.
func TestSecretsThatAClientDoesWithout(t *testing.T) {
	for without, want := range map[string][]string{
		"[pages_token]":        nil,
		"[pages_token, other]": {"catalog/unknown-secret: pages gives its clients no other"},
	} {
		_, found := Read(Layer{Name: "dockerfiles", FS: fstest.MapFS{
			"_shared/networks.yaml": {Data: []byte(`networks: [{name: front, index: 0}]`)},
			"provider/service.yaml": {Data: []byte(`{summary: s, role: image, provides: [{capability: pages, port: 81, secrets: [pages_token]}],
  secrets: [{name: pages_token, kind: random, length: 9, description: d}, {name: other, kind: random, length: 9, description: d}]}`)},
			"somebody/service.yaml": {Data: []byte(`{summary: s, role: image, requires: [{capability: pages, without: ` + without + `}]}`)},
		}})
		var got []string
		for _, f := range found {
			if f.Path == "requires" {
				got = append(got, f.Rule+": "+f.Message)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", without, diff)
		}
	}
}

// A provider that registers its clients knows what each says of itself, and nobody says so to one that does not. Programs come to a
// client with tokens for it, so that it says which they are and for what, and proves itself to the provider.
func TestClients(t *testing.T) {
	const right = `{title: T, host: app, redirects: [/back], logouts: [/], scopes: [openid], for: [pages]}`
	const programsWrong = "catalog/wrong-client: programs have a setting and scopes, and come to a client with a secret"
	for name, x := range map[string]struct {
		capability, client string
		want               []string
	}{
		"right":              {"logins", right, nil},
		"asked by none":      {"logins", `{title: T}`, nil},
		"nothing said":       {"logins", ``, []string{"catalog/wrong-client: logins knows its clients by what they say of themselves, and nothing is said"}},
		"no register":        {"pages", right, []string{"catalog/wrong-client: pages has no register of clients"}},
		"no title":           {"logins", `{host: app}`, []string{"catalog/wrong-client: a client has no title, which people see when they log in"}},
		"nowhere":            {"logins", `{title: T, redirects: [/back]}`, []string{"catalog/wrong-client: browsers come back to a client, and nothing says where it is"}},
		"public and nowhere": {"logins", `{title: T, public: true}`, []string{"catalog/wrong-client: browsers come back to a client, and nothing says where it is"}},
		"another's address":  {"logins", `{title: T, host: app, redirects: ["https://elsewhere.example/"]}`, []string{`catalog/wrong-client: "https://elsewhere.example/" is no path to which a browser comes back`}},
		"any path":           {"logins", `{title: T, host: app, logouts: [/*]}`, []string{`catalog/wrong-client: "/*" is no path to which a browser comes back`}},
		"for nobody":         {"logins", `{title: T, for: [nothing]}`, []string{"catalog/unknown-capability: nothing is provided by no service"}},
		"no such host":       {"logins", `{title: T, host: nowhere}`, []string{"catalog/unknown-setting: hosts.nowhere is no setting"}},
		"programs":           {"logins", `{title: T, programs: {setting: app.programs, scopes: [buy]}}`, nil},
		"without scopes":     {"logins", `{title: T, programs: {setting: app.programs}}`, []string{programsWrong}},
		"without a setting":  {"logins", `{title: T, programs: {scopes: [buy]}}`, []string{programsWrong}},
		"without a secret":   {"logins", `{title: T, host: app, public: true, programs: {setting: app.programs, scopes: [buy]}}`, []string{programsWrong}},
		"no map":             {"logins", `{title: T, programs: {setting: app.title, scopes: [buy]}}`, []string{"catalog/unknown-setting: app.title is a setting of type string"}},
		"no such setting":    {"logins", `{title: T, programs: {setting: nothing, scopes: [buy]}}`, []string{"catalog/unknown-setting: nothing is no setting"}},
	} {
		t.Run(name, func(t *testing.T) {
			requires := "{capability: " + x.capability
			if x.client != "" {
				requires += ", client: " + x.client
			}
			layer := fstest.MapFS{}
			for file, text := range map[string]string{
				"_shared/settings.yaml": `settings: [{key: hosts.app, type: host, default: app.example.org, description: d}, {key: app.title, type: string, description: d}, {key: app.programs, type: map, items: url, description: d}]`,
				"provider/service.yaml": `{summary: s, role: image, provides: [{capability: logins, port: 80, registers: true}, {capability: pages, port: 81}]}`,
				"somebody/service.yaml": `{summary: s, role: image, requires: [` + requires + `}]}`,
				"_shared/networks.yaml": `networks: [{name: front, index: 0}]`,
			} {
				layer[file] = &fstest.MapFile{Data: []byte(text)}
			}
			_, found := Read(Layer{Name: "dockerfiles", FS: layer})
			var got []string
			for _, f := range found {
				if strings.HasPrefix(f.File, "dockerfiles/somebody/") && f.Path == "requires" {
					got = append(got, f.Rule+": "+f.Message)
				}
			}
			if diff := cmp.Diff(x.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
