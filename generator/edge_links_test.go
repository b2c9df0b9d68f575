package generator

import (
	"regexp"
	"strings"
	"testing"
)

// What others write into a volume, or put into custom/, is handed out as a file: a link in it would lead to the keys that the edge has.
func TestTheEdgeFollowsNoLinksOfOthers(t *testing.T) {
	for profile, flags := range map[string][]string{"single-server": nil, "single-server-acme": variants["single-server-acme"]} {
		files := edgeFiles(t, profileOf(profile), flags...)
		volume := regexp.MustCompile(`(?s)location [^\n]*/media/ \{(.*?)\n    \}`).FindAllStringSubmatch(files["sites.conf"], -1)
		custom := regexp.MustCompile(`(?s)root /srv/custom;(.*?)\n    \}`).FindAllStringSubmatch(files["sites.conf"], -1)
		if len(volume) == 0 || len(custom) == 0 {
			t.Fatalf("%s: %d volumes and %d folders of the user's are handed out", profile, len(volume), len(custom))
		}
		for _, x := range volume {
			if !strings.Contains(x[1], "disable_symlinks on from=/srv/www;") {
				t.Errorf("%s: %s", profile, x[0])
			}
		}
		for _, x := range custom {
			if !strings.Contains(x[1], "disable_symlinks on from=/srv/custom;") {
				t.Errorf("%s: %s", profile, x[0])
			}
		}
		if !strings.Contains(files["acme.conf"], "disable_symlinks on from=/srv/acme;") {
			t.Errorf("%s: %s", profile, files["acme.conf"])
		}
	}
}
