package plan

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/secret"
	"github.com/owgen/owgen/generator/settings"
)

// databases is a catalogue with databases of two kinds, and two of one kind.
var databases = map[string]string{
	"_shared/settings.yaml": `settings:
  - {key: network.pool, type: cidr, default: 172.28.0.0/16}
  - {key: providers, type: map, items: string, default: {}}
  - {key: tls.mode, type: string}`,
	"_shared/networks.yaml": "networks: [{name: back, index: 0, internal: true}, {name: out, index: 1, egress: true}]",
	"image/service.yaml":    "{summary: s, role: image}",
	"pg/service.yaml": `{summary: s, role: data, image: {from: image}, networks: {back: {address: 200}}, probe: {command: [x]},
  provides: [{capability: sql, kind: postgresql, port: 5432, network: back, tenants: true, secrets: [pg_ca]}],
  settings: [{key: external.sql.host, type: host}, {key: external.sql.port, type: port, default: 5432}, {key: external.sql.ca, type: file}],
  secrets: [{name: pg_ca, kind: provided, description: d, file: external.sql.ca}]}`,
	"maria/service.yaml": `{summary: s, role: data, image: {from: image}, networks: {back: {}}, probe: {command: [x]},
  provides: [{capability: sql, kind: mysql, port: 3306, network: back, tenants: true, external: mysql}],
  settings: [{key: external.mysql.host, type: host}, {key: external.mysql.port, type: port, default: 3306}]}`,
	"pg2/service.yaml": `{summary: s, role: data, image: {from: image}, networks: {back: {}}, probe: {command: [x]},
  provides: [{capability: sql, kind: postgresql, port: 5433, network: back, tenants: true, external: pg2, secrets: [pg2_token]}],
  secrets: [{name: pg2_token, kind: random, length: 9, description: d}]}`,
	"site/service.yaml": `{summary: s, role: app, image: {from: image}, networks: {back: {}}, probe: {command: [x]},
  requires: [{capability: sql, kind: postgresql, database: site}],
  settings: [{key: site.database, type: string, default: pages}],
  secrets: [{name: site_password, kind: random, length: 20, description: d}],
  databases: [{name: site, capability: sql, database: "{site.database}", password: site_password, extensions: [postgis]}]}`,
	"robot/service.yaml": `{summary: s, role: worker, image: {from: image}, networks: {back: {}}, probe: {command: [x]}, requires: [{capability: sql, database: site}]}`,
	"mail/service.yaml":  `{summary: s, role: app, image: {from: image}, networks: {back: {}}, probe: {command: [x]}, egress: {reason: Asks around., when: {tls.mode: "*"}}, requires: [{capability: sql, kind: mysql, database: mail-store}]}`,
}

func planDatabases(t *testing.T, flags ...string) (*Plan, diag.List) {
	t.Helper()
	return planOf(t, databases, func(*catalog.Catalog) []string { return flags })
}

// planOf reads a catalogue, and plans with what --set would give.
func planOf(t *testing.T, files map[string]string, flags func(*catalog.Catalog) []string) (*Plan, diag.List) {
	t.Helper()
	tree := fstest.MapFS{}
	for name, text := range files {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	c, found := catalog.Read(catalog.Layer{FS: tree})
	schema, f := settings.NewSchema(c.Settings())
	found.Add(f...)
	in, f := profile.Read(profile.Source{Set: flags(c)})
	found.Add(f...)
	v, f := schema.Resolve(in.Layers)
	if found.Add(f...); len(found) > 0 {
		t.Fatal(found)
	}
	return Make(c, v)
}

func TestEachClientIsMatchedByKind(t *testing.T) {
	p, found := planDatabases(t, "services.pg=true", "services.maria=true", "services.site=true", "services.mail=true")
	if len(found) > 0 {
		t.Fatal(found)
	}
	type match struct {
		Host, Database, Role, Secret string
		Port                         int64
		Clients                      []string
	}
	var got []match
	for _, x := range p.Tenants {
		got = append(got, match{x.Host, x.Database, x.Role, x.Secret, x.Port, x.Clients})
	}
	want := []match{
		{"maria", "mail_store", "mail_store", "sql_mail_store_password", 3306, []string{"mail"}},
		{"pg", "pages", "site", "site_password", 5432, []string{"site"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	mounts := map[string][]string{}
	for _, s := range p.Services {
		for _, x := range s.Secrets {
			mounts[s.Name] = append(mounts[s.Name], x.Name)
		}
	}
	wantMounts := map[string][]string{"maria": {"sql_mail_store_password"}, "mail": {"sql_mail_store_password"}, "pg": {"site_password"}, "site": {"site_password"}}
	if diff := cmp.Diff(wantMounts, mounts); diff != "" {
		t.Errorf("each sees its own passwords (-want +got)\n%s", diff)
	}
	if c, err := p.Capability(p.Service("mail"), "sql"); err != nil || c.Host != "maria" {
		t.Errorf("mail uses %+v, %v", c, err)
	}
	if _, err := p.Capability(nil, "sql"); err == nil {
		t.Error("with two, nobody in particular uses one of them")
	}
}

func TestWhereSeveralFitTheInputChooses(t *testing.T) {
	all := []string{"services.pg=true", "services.pg2=true", "services.maria=true", "services.site=true", "services.robot=true"}
	_, found := planDatabases(t, all...)
	want := []string{"site needs sql, which pg and pg2 provide", "robot needs sql, which maria and pg and pg2 provide"}
	var got []string
	for _, f := range found {
		got = append(got, f.Message)
	}
	if diff := cmp.Diff(want, got); diff != "" || found[0].Hint != "choose one: providers: {sql: pg}, or for this service alone {site.sql: pg}; or switch the other off" {
		t.Errorf("(-want +got)\n%s\n%v", diff, found)
	}

	p, found := planDatabases(t, append(all, "providers={sql: pg2, robot.sql: maria}")...)
	if len(found) > 0 {
		t.Fatal(found)
	}
	hosts := map[string]string{}
	for _, s := range p.Services {
		for _, u := range s.Uses {
			hosts[s.Name] = u.Host
		}
	}
	if diff := cmp.Diff(map[string]string{"site": "pg2", "robot": "maria"}, hosts); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if p.Service("pg") != nil {
		t.Error("pg runs, although nobody is left that uses it")
	}
}

// A worker that gives others something runs where somebody needs that; whoever runs the tasks is needed without a word.
func TestWorkersThatNobodyNeeds(t *testing.T) {
	files := maps.Clone(databases)
	files["notary/service.yaml"] = `{summary: s, role: worker, image: {from: image}, probe: {command: [x]}, provides: [{capability: seal, ready: [x]}]}`
	files["clock/service.yaml"] = `{summary: s, role: worker, image: {from: image}, probe: {command: [x]}, provides: [{capability: scheduler, ready: [x]}]}`
	files["client/service.yaml"] = `{summary: s, role: app, image: {from: image}, networks: {back: {}}, probe: {command: [x]}, requires: [{capability: seal, when: {tls.mode: [x]}}]}`
	for mode, want := range map[string][]string{"x": {"client", "clock", "notary"}, "y": {"client", "clock"}} {
		p, found := planOf(t, files, func(*catalog.Catalog) []string {
			return []string{"services.notary=true", "services.clock=true", "services.client=true", "tls.mode=" + mode}
		})
		if len(found) > 0 {
			t.Fatal(found)
		}
		var got []string
		for _, s := range p.Services {
			if s.Role != catalog.RoleImage {
				got = append(got, s.Name)
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("with tls.mode %s (-want +got)\n%s", mode, diff)
		}
	}
}

// A provider that does not run gives nobody its secrets.
func TestSecretsComeFromWhoIsMatched(t *testing.T) {
	p, found := planDatabases(t, "services.pg=true", "services.site=true")
	if len(found) > 0 || slices.ContainsFunc(p.Secrets, func(x secret.Spec) bool { return x.Name == "pg2_token" }) {
		t.Errorf("%v, %v", found, p.Secrets)
	}
}

// Who proves itself by a secret of its own does without the one of a provider's clients.
func TestSecretsThatAClientDoesWithout(t *testing.T) {
	const robot = "robot/service.yaml"
	for without, want := range map[string]bool{"": true, ", without: [pg2_token]": false} {
		files := maps.Clone(databases)
		files[robot] = strings.Replace(files[robot], "database: site", "kind: postgresql, database: robot"+without, 1)
		p, found := planOf(t, files, func(*catalog.Catalog) []string { return []string{"services.pg2=true", "services.robot=true"} })
		if len(found) > 0 {
			t.Fatal(found)
		}
		if got := slices.ContainsFunc(p.Service("robot").Secrets, func(x secret.Spec) bool { return x.Name == "pg2_token" }); got != want {
			t.Errorf("with %q it has the secret: %v", without, got)
		}
	}
}

// A server of the user's own takes the place of the provider whose group of settings it is.
func TestExternalOfOneKind(t *testing.T) {
	p, found := planDatabases(t, "services.pg=true", "services.maria=true", "services.site=true", "services.mail=true", "external.mysql.host=db.example.org")
	if len(found) > 0 {
		t.Fatal(found)
	}
	var got []string
	for _, x := range p.Tenants {
		got = append(got, x.Tenant+" at "+x.Host)
	}
	if diff := cmp.Diff([]string{"mail-store at db.example.org", "site at pg"}, got); diff != "" || p.Service("maria") != nil {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestChoicesThatChooseNothing(t *testing.T) {
	_, found := planDatabases(t, "services.pg=true", "services.site=true", "providers={sql: mail, nobody.sql: pg, sqll: pg}")
	var got []string
	for _, f := range found {
		if f.Rule == "plan/unknown-choice" {
			got = append(got, f.Message)
		}
	}
	want := []string{"nobody is no service", "sql is not provided by mail", "sqll is not provided by pg"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s\n%v", diff, found)
	}
}

// Who has no reason to call the outside has no way out; a server outside is a reason.
func TestEgressNeedsAReason(t *testing.T) {
	tests := []struct {
		flags []string
		want  map[string][]string
	}{
		{nil, map[string][]string{}},
		{[]string{"tls.mode=x"}, map[string][]string{"mail": {"Asks around."}}},
		{[]string{"external.sql.host=db.example.org"}, map[string][]string{"site": {"Uses sql at db.example.org."}}},
	}
	for _, test := range tests {
		p, found := planDatabases(t, append(test.flags, "services.pg=true", "services.maria=true", "services.site=true", "services.mail=true")...)
		if len(found) > 0 {
			t.Fatal(found)
		}
		got := map[string][]string{}
		for _, s := range p.Services {
			joined := slices.ContainsFunc(s.Networks, func(j Joined) bool { return j.Name == "out" })
			if joined {
				got[s.Name] = s.Egress
			}
			if !joined && len(s.Egress) > 0 {
				t.Errorf("%v: %s has reasons %v and no way out", test.flags, s.Name, s.Egress)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%v (-want +got)\n%s", test.flags, diff)
		}
	}
}
