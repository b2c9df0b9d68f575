package catalog

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// A provider that registers its clients knows what each says of itself, and nobody says so to one that does not.
func TestClients(t *testing.T) {
	const right = `{title: T, host: app, redirects: [/back], logouts: [/], scopes: [openid], for: [pages]}`
	for name, x := range map[string]struct {
		capability, client string
		want               []string
	}{
		"right":              {"logins", right, nil},
		"asked by none":      {"logins", `{title: T}`, nil},
		"nothing said":       {"logins", ``, []string{"logins knows its clients by what they say of themselves, and nothing is said"}},
		"no register":        {"pages", right, []string{"pages has no register of clients"}},
		"no title":           {"logins", `{host: app}`, []string{"a client has no title, which people see when they log in"}},
		"nowhere":            {"logins", `{title: T, redirects: [/back]}`, []string{"browsers come back to a client, and nothing says where it is"}},
		"public and nowhere": {"logins", `{title: T, public: true}`, []string{"browsers come back to a client, and nothing says where it is"}},
		"another's address":  {"logins", `{title: T, host: app, redirects: ["https://elsewhere.example/"]}`, []string{`"https://elsewhere.example/" is no path to which a browser comes back`}},
		"any path":           {"logins", `{title: T, host: app, logouts: [/*]}`, []string{`"/*" is no path to which a browser comes back`}},
		"for nobody":         {"logins", `{title: T, for: [nothing]}`, []string{"nothing is provided by no service"}},
		"no such host":       {"logins", `{title: T, host: nowhere}`, []string{"hosts.nowhere is no setting"}},
	} {
		t.Run(name, func(t *testing.T) {
			requires := "{capability: " + x.capability
			if x.client != "" {
				requires += ", client: " + x.client
			}
			layer := fstest.MapFS{}
			for file, text := range map[string]string{
				"_shared/settings.yaml": `settings: [{key: hosts.app, type: host, default: app.example.org, description: d}]`,
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
					got = append(got, f.Message)
				}
			}
			if diff := cmp.Diff(x.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
