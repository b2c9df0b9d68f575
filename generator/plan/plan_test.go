package plan

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/settings"
)

// make plans the small catalogue of testdata with all services on, and the flags.
func makePlan(t *testing.T, flags ...string) (*Plan, diag.List) {
	t.Helper()
	c, found := catalog.Read(catalog.Layer{Name: "testdata", FS: os.DirFS("../../testdata/catalog")})
	schema, f := settings.NewSchema(c.Settings())
	found.Add(f...)
	in, f := profile.Read(profile.Source{Profile: "all", Set: flags,
		Named: fstest.MapFS{"all.yaml": {Data: []byte("services: {store: true, web: true, worker: true, prepare: true}")}}})
	found.Add(f...)
	v, f := schema.Resolve(in.Layers)
	if found.Add(f...); len(found) > 0 {
		t.Fatal(found)
	}
	return Make(c, v)
}

func capability(t *testing.T, p *Plan, name string) Capability {
	t.Helper()
	c, err := p.Capability(nil, name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func names(p *Plan) []string {
	var out []string
	for _, s := range p.Services {
		var after []string
		for _, d := range s.DependsOn {
			after = append(after, d.Service)
		}
		out = append(out, s.Name+" after ["+strings.Join(after, " ")+"]")
	}
	return out
}

func TestSelection(t *testing.T) {
	tests := []struct {
		name  string
		flags []string
		want  []string
		rules []string
	}{
		{"all but the job that nobody needs", nil,
			[]string{"root-image after []", "store after []", "web after [store worker]", "worker after [store]"}, nil},
		{"a module off takes its service along", []string{"modules.checks=false"},
			[]string{"root-image after []", "store after []", "web after [store]"}, nil},
		{"an external capability drops its provider", []string{"external.sql.host=db.example.org"},
			[]string{"root-image after []", "web after [worker]", "worker after []"}, nil},
		{"a datastore without clients is not run", []string{"services.web=false", "services.worker=false"},
			nil, []string{"plan/nothing-to-run"}},
		{"what is needed and off", []string{"services.store=false"}, []string{"root-image after []", "web after [worker]", "worker after []"},
			[]string{"plan/capability-missing", "plan/capability-missing"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, found := makePlan(t, test.flags...)
			var rules []string
			for _, f := range found {
				rules = append(rules, f.Rule)
			}
			if diff := cmp.Diff(test.want, names(p)); diff != "" {
				t.Errorf("services (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(test.rules, rules); diff != "" {
				t.Errorf("findings (-want +got)\n%s", diff)
			}
		})
	}
}

func TestMissingCapabilitySaysWhatToDo(t *testing.T) {
	_, found := makePlan(t, "services.store=false")
	want := diag.Finding{Rule: "plan/capability-missing", File: "--set", Path: "services.web", Message: "web needs sql, which nothing provides",
		Hint: "set external.sql.host, or set services.store: true"}
	if diff := cmp.Diff(want, found[0]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAddresses(t *testing.T) {
	tests := []struct {
		flags                    []string
		origin, address, capHost string
	}{
		{nil, "https://main.example.test", "0.0.0.0", "store"},
		{[]string{"publish.https=8443"}, "https://main.example.test:8443", "0.0.0.0", "store"},
		{[]string{"tls.mode=none", "publish.http=8080"}, "http://main.example.test:8080", "0.0.0.0", "store"},
		{[]string{"tls.mode=none"}, "http://main.example.test", "0.0.0.0", "store"},
		{[]string{"tls.mode=proxy", "publish.https=8443", "tls.trusted_proxies=[192.0.2.1/32]"}, "https://main.example.test", "0.0.0.0", "store"},
		{[]string{"domain=x.localhost"}, "https://main.x.localhost", "127.0.0.1", "store"},
		{[]string{"domain=192.0.2.9"}, "https://192.0.2.9", "0.0.0.0", "store"},
		{[]string{"domain=2001:db8::9"}, "https://[2001:db8::9]", "0.0.0.0", "store"},
		{[]string{"publish.address=192.0.2.3"}, "https://main.example.test", "192.0.2.3", "store"},
		{[]string{"external.sql.host=db.example.org"}, "https://main.example.test", "0.0.0.0", "db.example.org"},
	}
	for _, test := range tests {
		p, found := makePlan(t, test.flags...)
		if len(found) > 0 {
			t.Errorf("%v: %v", test.flags, found)
		}
		got := []string{p.Origin("main"), p.PublishAddress(), capability(t, p, "sql").Host}
		if diff := cmp.Diff([]string{test.origin, test.address, test.capHost}, got); diff != "" {
			t.Errorf("%v (-want +got)\n%s", test.flags, diff)
		}
	}
}

// A port has an address of its own where its setting says so, and only ports that meet are taken.
func TestEachPortHasItsAddress(t *testing.T) {
	for _, test := range []struct{ flags, want []string }{
		{nil, []string{"0.0.0.0"}},
		{[]string{"publish.address=192.0.2.3"}, []string{"192.0.2.3"}},
		{[]string{"publish.https_address=192.0.2.4"}, []string{"192.0.2.4"}},
		{[]string{"publish.address=192.0.2.3", "publish.https_address=2001:db8::4"}, []string{"2001:db8::4"}},
	} {
		p, found := makePlan(t, test.flags...)
		var got []string
		for _, s := range p.Services {
			for _, port := range s.Ports {
				got = append(got, port.Address)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" || len(found) > 0 {
			t.Errorf("%v: %v (-want +got)\n%s", test.flags, found, diff)
		}
	}
	for other, taken := range map[string]bool{"192.0.2.3": true, "0.0.0.0": true, "192.0.2.4": false, "::": false} {
		p, _ := makePlan(t, "publish.address=192.0.2.3")
		for _, s := range p.Services {
			if len(s.Ports) > 0 {
				second := s.Ports[0]
				second.Address = other
				s.Ports = append(s.Ports, second)
			}
		}
		if found := p.checkPorts(); len(found) > 0 != taken {
			t.Errorf("a second port on %s: %v", other, found)
		}
	}
}

func TestNetworksAndFixedAddresses(t *testing.T) {
	p, _ := makePlan(t, "network.pool=10.99.8.0/22")
	var got []string
	for _, n := range p.Networks {
		got = append(got, fmt.Sprintf("%s %s %s", n.Name, n.Subnet, n.Dynamic))
	}
	want := []string{"front 10.99.8.0/24 10.99.8.0/25", "back 10.99.9.0/24 10.99.9.0/25"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if a := p.Service("worker").Networks[0].Address.String(); a != "10.99.8.250" || capability(t, p, "checks").Address != a {
		t.Errorf("address %s, capability %+v", a, capability(t, p, "checks"))
	}
}

func TestRoutesJobsSecretsVolumes(t *testing.T) {
	p, _ := makePlan(t, "worker.days=7")
	wantRoutes := []Route{
		{Service: "web", Upstream: "web", HostKey: "main", Host: "main.example.test", Path: "/checks/", Protocol: "http", Port: 8081, Buffered: true},
		{Service: "web", Upstream: "web", HostKey: "main", Host: "main.example.test", Path: "/", Protocol: "http", Port: 8080, Buffered: true},
	}
	if diff := cmp.Diff(wantRoutes, p.Routes); diff != "" {
		t.Errorf("routes (-want +got)\n%s", diff)
	}
	wantJobs := []Job{{Name: "sweep", Service: "worker", Task: "sweep.all", Schedule: "0 3 * * *", Args: []any{int64(7), "all"}}}
	if diff := cmp.Diff(wantJobs, p.Jobs); diff != "" {
		t.Errorf("jobs (-want +got)\n%s", diff)
	}
	for _, name := range []string{"store", "web", "worker"} {
		if s := p.Service(name).Secrets; len(s) != 1 || s[0].Name != "sql_password" {
			t.Errorf("%s mounts %+v", name, s)
		}
	}
	if diff := cmp.Diff([]Volume{{Name: "store_data", Contains: "All rows.", Owner: "store", Class: ClassHome, Services: []string{"store"},
		Backup:  []Step{{Kind: "exec", Services: []string{"store"}, Command: []string{"dump"}, To: "rows.dump"}},
		Restore: []Step{{Kind: "exec", Services: []string{"store"}, Command: []string{"load"}, From: "rows.dump"}}}}, p.Volumes); diff != "" {
		t.Errorf("volumes (-want +got)\n%s", diff)
	}
}

func TestExternalSecretIsTheUsersFile(t *testing.T) {
	p, _ := makePlan(t, "external.sql.host=db.example.org", "external.sql.password_file=secrets/db")
	if len(p.Secrets) != 1 || p.Secrets[0].File != "secrets/db" || p.Secrets[0].Kind != "provided" {
		t.Errorf("secrets %+v", p.Secrets)
	}
	p, _ = makePlan(t, "external.sql.host=db.example.org")
	if len(p.Secrets) != 0 {
		t.Errorf("without a file: %+v", p.Secrets)
	}
}

func TestWhatContradicts(t *testing.T) {
	tests := map[string][]string{
		"plan/subnets-overlap":   {"worker.subnet=172.28.3.0/24"},
		"plan/proxy-not-trusted": {"tls.mode=proxy"},
		"plan/pool-too-small":    {"network.pool=10.0.0.0/24"},
	}
	for rule, flags := range tests {
		_, found := makePlan(t, flags...)
		if !slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Rule == rule && f.Hint != "" }) {
			t.Errorf("%v: no %s in %v", flags, rule, found)
		}
	}
}

// Swarm takes the end of the pool for services that shall reach nobody.
func TestSwarmNeedsTheEndOfThePool(t *testing.T) {
	for target, fits := range map[string]bool{"compose": true, "swarm": false} {
		_, found := makePlan(t, "network.pool=10.0.0.0/23", "target="+target)
		if full := strings.Contains(fmt.Sprint(found), "pool-too-small"); full == fits {
			t.Errorf("two networks of /23 for %s: %v", target, found)
		}
	}
}
