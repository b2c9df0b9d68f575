package plan

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/catalog"
)

// A provider of logins learns its clients from what they say of themselves, and shares a secret with each that can keep one.
func TestClients(t *testing.T) {
	files := maps.Clone(databases)
	files["_shared/settings.yaml"] += `
  - {key: hosts.shop, type: host, default: shop.example.org}
  - {key: toys.programs, type: map, items: url, default: {robot: "http://127.0.0.1:9000/in", doll: "https://doll.example.net/"}}
  - {key: publish.https, type: port, default: 8443}`
	files["gate/service.yaml"] = `{summary: s, role: app, image: {from: image}, networks: {back: {}}, probe: {command: [x]},
  provides: [{capability: login, port: 80, network: back, registers: true}]}`
	files["shop/service.yaml"] = `{summary: s, role: app, image: {from: image}, networks: {back: {}}, probe: {command: [x]},
  requires: [{capability: login, optional: true, client: {title: Shop, host: shop, redirects: [/in], logouts: [/out], scopes: [openid], for: [ware]}}]}`
	files["ware-house/service.yaml"] = `{summary: s, role: app, image: {from: image}, networks: {back: {}}, probe: {command: [x]}, provides: [{capability: ware, port: 1}],
  requires: [{capability: login, optional: true, client: {title: Ware}}]}`
	files["toy/service.yaml"] = `{summary: s, role: app, image: {from: image}, networks: {back: {}}, probe: {command: [x]},
  requires: [{capability: login, client: {title: Toy, host: shop, redirects: [/toy], public: true}}]}`
	files["toys/service.yaml"] = `{summary: s, role: app, image: {from: image}, networks: {back: {}}, probe: {command: [x]},
  requires: [{capability: login, client: {title: Toys, scopes: [email], for: [ware], programs: {setting: toys.programs, scopes: [play]}}}]}`
	p, found := planOf(t, files, func(*catalog.Catalog) []string {
		return []string{"services.gate=true", "services.shop=true", "services.ware-house=true", "services.toy=true", "services.toys=true"}
	})
	if len(found) > 0 {
		t.Fatal(found)
	}
	want := []Client{
		{Capability: "login", Provider: "gate", ID: "shop", Title: "Shop", Origin: "https://shop.example.org:8443", Redirects: []string{"https://shop.example.org:8443/in"},
			Logouts: []string{"https://shop.example.org:8443/out"}, Scopes: []string{"openid"}, Audience: []string{"shop", "ware-house"}, Secret: "login_shop_secret"},
		{Capability: "login", Provider: "gate", ID: "toy", Title: "Toy", Origin: "https://shop.example.org:8443", Redirects: []string{"https://shop.example.org:8443/toy"}, Audience: []string{"toy"}},
		{Capability: "login", Provider: "gate", ID: "toys", Title: "Toys", Scopes: []string{"email"}, Audience: []string{"toys", "ware-house"}, Secret: "login_toys_secret", Exchanges: true},
		{Capability: "login", Provider: "gate", ID: "toys.doll", Title: "doll", Redirects: []string{"https://doll.example.net/"}, Scopes: []string{"play"}, Audience: []string{"toys"}},
		{Capability: "login", Provider: "gate", ID: "toys.robot", Title: "robot", Redirects: []string{"http://127.0.0.1:9000/in"}, Scopes: []string{"play"}, Audience: []string{"toys"}},
		{Capability: "login", Provider: "gate", ID: "ware-house", Title: "Ware", Audience: []string{"ware-house"}, Secret: "login_ware_house_secret"},
	}
	if diff := cmp.Diff(want, p.ClientsOf("gate")); diff != "" {
		t.Error(diff)
	}
	mounted := map[string][]string{}
	for _, s := range p.Services {
		for _, x := range s.Secrets {
			mounted[x.Name] = append(mounted[x.Name], s.Name)
		}
	}
	if diff := cmp.Diff(map[string][]string{"login_shop_secret": {"gate", "shop"}, "login_toys_secret": {"gate", "toys"}, "login_ware_house_secret": {"gate", "ware-house"}}, mounted); diff != "" {
		t.Error("a secret is its client's and the provider's alone", diff)
	}

	p, found = planOf(t, files, func(*catalog.Catalog) []string {
		return []string{"services.gate=false", "services.shop=true", "services.toy=false", "services.toys=false"}
	})
	if len(found) > 0 || len(p.Clients) > 0 || len(p.Secrets) > 0 {
		t.Error("nobody registers anybody, and yet:", found, p.Clients, p.Secrets)
	}
}
