package catalog

import (
	"strings"
	"testing"
	"testing/fstest"
)

// Programs come to a service with tokens for it, so that it says which they are and for what, and proves itself to the provider.
func TestProgramsOfAClient(t *testing.T) {
	for programs, want := range map[string]string{
		"programs: {setting: shop.programs, scopes: [buy]}":               "",
		"programs: {setting: shop.programs}":                              "catalog/wrong-client",
		"programs: {scopes: [buy]}":                                       "catalog/wrong-client",
		"programs: {setting: shop.title, scopes: [buy]}":                  "catalog/unknown-setting",
		"programs: {setting: nothing, scopes: [buy]}":                     "catalog/unknown-setting",
		"programs: {setting: shop.programs, scopes: [buy]}, public: true": "catalog/wrong-client",
	} {
		file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
		_, found := Read(Layer{Name: "dockerfiles", FS: fstest.MapFS{
			"_shared/networks.yaml": file("networks: [{name: back, index: 0}]"),
			"image/service.yaml":    file("{summary: Image, role: image}"),
			"gate/service.yaml": file(`{summary: Gate, role: app, image: {from: image}, networks: {back: {}}, probe: {command: [x]},
  provides: [{capability: login, port: 80, network: back, registers: true}]}`),
			"shop/service.yaml": file(`{summary: Shop, role: app, image: {from: image}, networks: {back: {}}, probe: {command: [x]},
  requires: [{capability: login, client: {title: Shop, host: shop, ` + programs + `}}],
  settings: [{key: hosts.shop, type: host, description: Host.}, {key: shop.title, type: string, description: Title.}, {key: shop.programs, type: map, items: url, description: Programs.}]}`),
		}})
		var rules []string
		for _, f := range found {
			if f.Path == "requires" {
				rules = append(rules, f.Rule)
			}
		}
		if got := strings.Join(rules, " "); got != want {
			t.Errorf("%s: %q, want %q", programs, got, want)
		}
	}
}
