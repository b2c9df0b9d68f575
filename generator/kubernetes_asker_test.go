package generator

import (
	"net/netip"
	"regexp"
	"strings"
	"testing"
)

// Any pod of the cluster, and with some load balancers anybody, reaches the public addresses of the edge with an address of the
// networks of pods. That makes nobody the RADIUS server, whose requests need no login.
func TestNoPodIsTakenForTheRADIUSServer(t *testing.T) {
	made := generateFrom(t, "multi-node", onKubernetes...)
	text := func(name string) string {
		file, there := made.Files[name]
		if !there {
			t.Fatalf("there is no %s", name)
		}
		return string(file.Data)
	}
	line := regexp.MustCompile(`(?m)^RADIUS_SERVER_ADDRESS=(.+)$`).FindStringSubmatch(text("kubernetes/base/environment/openwisp-python.env"))
	if line == nil {
		t.Fatal("nobody says who the RADIUS server is")
	}
	trusted, err := netip.ParseAddr(line[1])
	if err != nil || !trusted.IsLoopback() {
		t.Errorf("the API believes %s, which others can have", line[1])
	}
	inner, upstream := text("dockerfiles/nginx/files/conf/inner.conf"), text("dockerfiles/nginx/files/conf/upstream.conf")
	told := regexp.MustCompile(`(?m)^    ([0-9]+) (127\.[0-9.]+);$`).FindAllStringSubmatch(inner, -1)
	if len(told) != 2 || told[0][2] == told[1][2] || !strings.Contains(inner, "map $server_port $told_address {\n    default $remote_addr;\n    "+told[0][1]+" "+line[1]+";\n") ||
		!strings.Contains(upstream, "proxy_set_header X-Forwarded-For $told_address;\n") {
		t.Errorf("the edge does not say %s of the RADIUS server, and of nobody else:\n%s\n%s", line[1], inner, upstream)
	}
	for _, x := range told { // no other listener is on that port
		for name, f := range made.Files {
			if strings.HasPrefix(name, "dockerfiles/nginx/") && name != "dockerfiles/nginx/files/conf/inner.conf" && regexp.MustCompile(`listen [^;]*\b`+x[1]+`\b`).Match(f.Data) {
				t.Errorf("%s listens on %s", name, x[1])
			}
		}
	}
}

// Engines that give the RADIUS server an address or a network say that.
func TestTheEdgeSaysWhoAsksElsewhere(t *testing.T) {
	for profile, flags := range map[string][]string{"single-server": nil, "multi-node": {"target=swarm", "domain=example.org", "images.registry=registry.example.org/openwisp"}} {
		made := generateFrom(t, profile, flags...)
		upstream := string(made.Files["dockerfiles/nginx/files/conf/upstream.conf"].Data)
		if !strings.Contains(upstream, "proxy_set_header X-Forwarded-For $remote_addr;\n") {
			t.Errorf("%s: %s", profile, upstream)
		}
	}
}
