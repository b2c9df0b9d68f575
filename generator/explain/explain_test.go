package explain

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/profiles"
)

// open opens the profile single-server with other values.
func open(t *testing.T, warn func(diag.List), set ...string) *Library {
	t.Helper()
	return Open(generator.Request{Catalog: []catalog.Layer{{Name: "dockerfiles", FS: dockerfiles.FS}},
		Source: profile.Source{Profile: "single-server", Set: set, Named: profiles.FS, ReadFile: func(string) ([]byte, error) { return nil, fs.ErrNotExist }}}, "here", warn)
}

// Whatever has a name is found, by each kind that it is, with what it is here.
func TestExplain(t *testing.T) {
	l := open(t, func(found diag.List) { t.Error(found) }, "services.openvpn=false", "external.cache.host=cache.example.org")
	for name, want := range map[string][]string{ // "KIND: FACT: LINE", for each kind one that it must have
		"domain":                 {"setting: Value here: openwisp.localhost, the default"},
		"publish":                {"group of settings: publish.https: 443"},
		"nginx":                  {"service, edge: Here: runs"},
		"openvpn":                {"service, edge: Here: does not run: services.openvpn is false"},
		"redis":                  {"service, data: Here: does not run: what it provides comes from outside"},
		"openwisp-base":          {"service, image: Here: is built"},
		"sql":                    {"capability: Here: postgres:5432"},
		"cache":                  {"capability: Here: cache.example.org:6379"},
		"tunnel":                 {"capability: Here: nobody provides it"},
		"edge":                   {"capability: Here: nginx:8080", "network: Here: nginx is on it"},
		"vpn":                    {"group of settings: vpn.name: default", "network: Here: is not needed"},
		"privileged":             {"rule, error: To mend it: "},
		"multi-node":             {"profile: Runs: fileserver"},
		"admin_password":         {"secret: Here: lies in secrets/admin_password"},
		"secrets/admin_password": {"secret: Here: migrate has it"},
		"vpn_key":                {"secret: Here: is not needed"},
		"tls_key":                {"secret: Made: by you: the setting tls.key_file names the file"},
		"postgres_data":          {"volume: Here: mounted by postgres"},
		"redis_data":             {"volume: Here: is not needed"},
		"nonsense":               nil,
		"":                       nil,
	} {
		var kinds, got []string
		for _, e := range l.Explain(t.Context(), name) {
			kinds = append(kinds, e.Kind)
			for _, f := range e.Facts {
				for _, line := range f.Lines {
					got = append(got, e.Kind+": "+f.Name+": "+line)
				}
			}
		}
		if len(kinds) != len(want) {
			t.Errorf("%s is %q", name, kinds)
		}
		for _, fact := range want {
			if !strings.Contains("\n"+strings.Join(got, "\n"), "\n"+fact) {
				t.Errorf("%s: no %q in\n%s", name, fact, strings.Join(got, "\n"))
			}
		}
	}
}

// What may be a secret in a mapping is nobody's to see, at whatever depth.
func TestHiddenValues(t *testing.T) {
	got := shownValue(map[string]any{"A_TOKEN": "x", "B": "shown", "c": map[string]any{"password": "x", "d": 1}})
	if diff := cmp.Diff(`{"A_TOKEN":"(hidden)","B":"shown","c":{"d":1,"password":"(hidden)"}}`, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A mistyped name is answered with one that there is.
func TestNearest(t *testing.T) {
	l := open(t, func(diag.List) {})
	for name, want := range map[string]string{
		"domian": "did you mean domain?", "ngnix": "did you mean nginx?", "privilegd": "did you mean privileged?", "single-srver": "did you mean single-server?",
		"admin_pasword": "did you mean admin_password?", "postgres_dat": "did you mean postgres_data?",
		"zzzzzzzzzzzz": "`owgen list settings`, services, capabilities, rules and profiles show what there is; so does README.md of a bundle",
	} {
		if diff := cmp.Diff(want, l.Nearest(name)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// An explanation may be what leads out of a fault: that is a warning, and what can be said without a deployment is said.
func TestExplainWithAFault(t *testing.T) {
	var warned diag.List
	l := open(t, func(found diag.List) { warned.Add(found...) }, "domian=x")
	for _, name := range []string{"domain", "nginx", "sql", "admin_password", "postgres_data", "edge"} {
		if found := l.Explain(t.Context(), name); len(found) == 0 || len(found[0].Facts)+len(found[0].Summary) == 0 {
			t.Errorf("%s: %v", name, found)
		}
	}
	if len(warned) != 1 || warned[0].Severity != diag.Warning || !strings.Contains(warned[0].Message, "is no setting") || errors.Is(warned.Err(), fs.ErrNotExist) {
		t.Error(warned)
	}
}
