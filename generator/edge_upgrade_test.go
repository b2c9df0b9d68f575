package generator

import (
	"path"
	"strings"
	"testing"
)

// edgeFiles is the configuration of the edge, by the names of its files.
func edgeFiles(t *testing.T, profile string, flags ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, f := range generateFrom(t, profile, flags...).Files {
		if dir, file := path.Split(name); dir == "dockerfiles/nginx/files/conf/" {
			out[file] = string(f.Data)
		}
	}
	if out["sites.conf"] == "" {
		t.Fatal("there is no edge")
	}
	return out
}

// A server that answers 101 is connected to the client, past all that the edge looks at. Of a client's Upgrade nothing but a websocket
// gets through: one of the servers speaks h2c, in which anybody could have asked anything in anybody's name.
func TestTheEdgeUpgradesToWebsocketsAlone(t *testing.T) {
	for profile, flags := range map[string][]string{"single-server": nil, "mail-enabled": variants["mail-enabled"]} {
		files := edgeFiles(t, profile, flags...)
		for name, text := range files {
			uses := strings.Count(text, "$http_upgrade")
			if name == "nginx.conf" {
				uses -= strings.Count(text, "map $http_upgrade $upgraded {\n        default \"\";\n        \"~*^websocket$\" websocket;\n    }\n")
			}
			if uses != 0 {
				t.Errorf("%s, %s: what a client says in Upgrade is passed on", profile, name)
			}
		}
		if !strings.Contains(files["upstream.conf"], "proxy_set_header Upgrade $upgraded;\n") {
			t.Errorf("%s: there are no websockets", profile)
		}
	}
}
