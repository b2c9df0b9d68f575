package generator

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// An inner server is one of those that the edge has for who asks.
type inner struct {
	Allow, Paths []string
	Shares       map[string]int // by who answers
}

// innerServers reads them from nginx's configuration, by their port.
func innerServers(t *testing.T, made *Deployment) map[string]inner {
	t.Helper()
	out := map[string]inner{}
	for _, text := range strings.Split(string(made.Files["dockerfiles/nginx/files/conf/inner.conf"].Data), "\nserver {\n")[1:] {
		words := func(expression string) (out []string) {
			for _, m := range regexp.MustCompile("(?m)^ *"+expression+"$").FindAllStringSubmatch(text, -1) {
				out = append(out, m[1])
			}
			return out
		}
		ports := words(`listen (?:\[::\]:)?([0-9]+) default_server;`)
		if len(ports) != 2 || ports[0] != ports[1] || out[ports[0]].Paths != nil {
			t.Fatalf("the ports %v", ports)
		}
		answers, shares := words(`set \$upstream "([^"]+)";`), words(`limit_conn inner ([0-9]+);`)
		one := inner{Allow: words(`allow (.*);`), Paths: words(`location ~ "(.*)" \{`), Shares: map[string]int{}}
		if len(answers) != len(one.Paths) || len(shares) != len(answers) {
			t.Fatalf("%d paths, %d who answer, %d shares", len(one.Paths), len(answers), len(shares))
		}
		for i, name := range answers {
			one.Shares[name], _ = strconv.Atoi(shares[i])
		}
		out[ports[0]] = one
	}
	return out
}

var (
	radiusPaths = []string{`^/api/v1/freeradius/(authorize|postauth|accounting)/\z`}
	tunnelPaths = []string{`^/controller/vpn/(checksum|download-config)/[0-9a-f-]+/\z`, `^/admin/pki/ca/x509/ca/[0-9a-f-]+\.crl\z`, `^/api/v1/network-topology/topology/[0-9a-f-]+/receive/\z`}
)

// Each that asks is heard at a port of its own, from where nobody else is, with its paths and its share: a VPN server that was taken
// over asks nothing that is RADIUS's, and leaves it what it needs. Both together leave the application one request for others.
func TestEachAskerHasItsServer(t *testing.T) {
	for profile, x := range map[string]struct {
		flags         []string
		radius, vpn   []string
		api, pages    string
		radiusAt, tun string
	}{
		"single-server": {radius: []string{"172.28.8.251"}, vpn: []string{"172.28.9.250"}, api: "api:8080", pages: "dashboard:8080", radiusAt: "nginx.inner-radius:8089", tun: "nginx.inner-tunnel:8090"},
		"swarm": {flags: []string{"target=swarm", "domain=example.org", "images.registry=registry.example.org/openwisp"}, radius: []string{"172.28.8.0/24"}, vpn: []string{"172.28.9.0/24"},
			api: "api:8080", pages: "dashboard:8080", radiusAt: "nginx.inner-radius:8089", tun: "nginx.inner-tunnel:8090"},
		"kubernetes": {flags: onKubernetes, api: "api.openwisp.svc.cluster.local:8080", pages: "dashboard.openwisp.svc.cluster.local:8080", radiusAt: "nginx:8089", tun: "nginx:8090"},
	} {
		t.Run(profile, func(t *testing.T) {
			from := "multi-node"
			if profile == "single-server" {
				from = profile
			}
			made := generateFrom(t, from, x.flags...)
			want := map[string]inner{
				"8089": {Allow: x.radius, Paths: radiusPaths, Shares: map[string]int{x.api: 2}},
				"8090": {Allow: x.vpn, Paths: tunnelPaths, Shares: map[string]int{x.api: 1, x.pages: 1}},
			}
			if diff := cmp.Diff(want, innerServers(t, made)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for name, address := range map[string]string{"freeradius/files/raddb/mods/rest.conf": x.radiusAt, "freeradius/files/health": x.radiusAt, "openvpn/files/fetch": x.tun} {
				if text := string(made.Files["dockerfiles/"+name].Data); !strings.Contains(text, "http://"+address) {
					t.Errorf("%s does not ask at %s", name, address)
				}
			}
		})
	}
}

// Policies let each that asks to its own port of the edge, and to no other.
func TestPoliciesLetEachAskerToItsPort(t *testing.T) {
	made := generateFrom(t, "multi-node", onKubernetes...)
	type ports struct{ Port int }
	type rule struct {
		From []struct {
			PodSelector struct {
				MatchLabels map[string]string `yaml:"matchLabels"`
			} `yaml:"podSelector"`
		}
		Ports []ports
	}
	let := map[string][]int{} // by the label of who is let in
	reader := yaml.NewDecoder(strings.NewReader(string(made.Files["kubernetes/base/networks.yaml"].Data)))
	for {
		var policy struct {
			Metadata struct{ Name string }
			Spec     struct{ Ingress []rule }
		}
		if reader.Decode(&policy) != nil {
			break
		}
		for _, r := range policy.Spec.Ingress {
			for _, from := range r.From {
				for label := range from.PodSelector.MatchLabels {
					for _, p := range r.Ports {
						if (p.Port == 8081 || p.Port == 8089 || p.Port == 8090) && !slices.Contains(let[label], p.Port) {
							let[label] = append(let[label], p.Port)
						}
					}
				}
			}
		}
	}
	want := map[string][]int{"network.owgen.io/inner-radius": {8089}, "network.owgen.io/inner-tunnel": {8090}}
	if diff := cmp.Diff(want, let); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for file, label := range map[string]string{"freeradius": "inner-radius", "openvpn": "inner-tunnel"} {
		for _, other := range []string{"inner-radius", "inner-tunnel"} {
			if has := strings.Contains(string(made.Files["kubernetes/base/"+file+".yaml"].Data), "network.owgen.io/"+other+":"); has != (other == label) {
				t.Errorf("%s is on %s: %v", file, other, has)
			}
		}
	}
}
