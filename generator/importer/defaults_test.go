package importer

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owgen/owgen/generator/settings"
)

// A default of the old installation is data: a variable that is not set means the same as one that is set to its default.
// testdata/import/defaults has them all: an installation with each of them written out, and one with none.
func TestAbsentMeansTheDefault(t *testing.T) {
	p := prepared(t)
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "import", "defaults", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	play := "- hosts: all\n  roles: [openwisp2]\n"
	tests := []struct {
		name          string
		none, written map[string]string
		want          map[string]string // what the defaults of both make of the profile's
		said          []string          // and what is said of it
	}{
		{"docker-openwisp",
			map[string]string{".env": "DASHBOARD_DOMAIN=dashboard.example.net\n"}, map[string]string{".env": "DASHBOARD_DOMAIN=dashboard.example.net\n" + read("docker-openwisp.env")},
			map[string]string{"tls.mode": "acme", "sql.database": "openwisp_db", "sql.user": "admin", "timeseries.user": "admin", "django.log_level": "ERROR", "openwisp.metric_collection": "true",
				"openwisp.geocoding_check": "true", "postfix.message_size_limit": "1024"}, nil},
		{"docker-openwisp, nowhere",
			map[string]string{".env": "TZ=UTC\n"}, map[string]string{".env": "DASHBOARD_DOMAIN=dashboard.example.com\nAPI_DOMAIN=api.example.com\nVPN_DOMAIN=openvpn.example.com\n"},
			map[string]string{"domain": ""}, []string{"nobody's name"}},
		{"ansible-openwisp2",
			map[string]string{"hosts": "wisp.example.org\n", "p.yml": play}, map[string]string{"hosts": "wisp.example.org\n", "p.yml": play, "group_vars/all.yml": read("ansible-openwisp2.yml")},
			map[string]string{"modules.radius": "false", "modules.topology": "false", "modules.firmware": "false", "services.openvpn": "false", "timeseries.database": "openwisp2",
				"openwisp.metric_collection": "true", "openwisp.geocoding_check": "true", "email.from": "openwisp2@wisp.example.org"}, []string{"manage.py dumpdata"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			none, written := imported(t, p, test.none), imported(t, p, test.written)
			for _, d := range p.Schema().All() {
				a, b := flat(none.setting(d.Key)), flat(written.setting(d.Key))
				if a != b {
					t.Errorf("%s is %q where nothing is set, and %q where the default is", d.Key, a, b)
				}
			}
			for key, want := range test.want {
				if got := flat(none.setting(key)); got != want {
					t.Errorf("%s is %q, not %q: %v", key, got, want, none.Left)
				}
			}
			for _, name := range none.Secrets {
				if path := "secrets/" + name; !bytes.Equal(none.Files[path].Data, written.Files[path].Data) {
					t.Errorf("%s is not the same", path)
				}
			}
			for _, want := range test.said {
				for _, r := range []Result{none, written} {
					if !strings.Contains(r.Findings.Error(), want) {
						t.Errorf("%q is not said: %v", want, r.Findings)
					}
				}
			}
		})
	}
}

func flat(value any) string {
	if value == nil {
		return ""
	}
	return settings.Flat(value)
}
