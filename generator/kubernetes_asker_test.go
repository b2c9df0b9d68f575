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
	want := "map $server_port $told_address {\n    default $remote_addr;\n    8081 " + line[1] + ";\n}\n"
	if !strings.Contains(inner, want) || !strings.Contains(upstream, "proxy_set_header X-Forwarded-For $told_address;\n") {
		t.Errorf("the edge does not say %s of those who ask on the inner listener, and of nobody else:\n%s\n%s", line[1], inner, upstream)
	}
	for name, f := range made.Files { // no other listener is on that port
		if strings.HasPrefix(name, "dockerfiles/nginx/") && name != "dockerfiles/nginx/files/conf/inner.conf" && regexp.MustCompile(`listen [^;]*\b8081\b`).Match(f.Data) {
			t.Errorf("%s listens on 8081", name)
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
