package importer

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/profiles"
)

func prepared(t *testing.T) *generator.Prepared {
	t.Helper()
	p, found := generator.Prepare(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
	if found.Err() != nil {
		t.Fatal(found)
	}
	return p
}

func imported(t *testing.T, p *generator.Prepared, files map[string]string) Result {
	t.Helper()
	in, found := Read(folder(files), Options{})
	if found.Err() != nil {
		t.Fatal(found)
	}
	r, found := Make(t.Context(), p, profile.Source{Profile: "single-server", Named: profiles.FS, ReadFile: os.ReadFile}, in, func(string) ([]byte, error) { return nil, errors.New("none") })
	if found.Err() != nil {
		t.Fatal(found)
	}
	return r
}

func (r Result) left(name string) string {
	var reasons []string
	for _, l := range r.Left {
		if l.Name == name {
			reasons = append(reasons, l.Reason)
		}
	}
	return strings.Join(reasons, "; ")
}

func (r Result) setting(key string) any {
	for _, c := range r.Choices {
		if c.Key == key {
			return c.Value
		}
	}
	return nil
}

// Each way to set something, and what becomes of it. A nil stands for what the profile has anyhow.
func TestMeanings(t *testing.T) {
	p := prepared(t)
	tests := []struct {
		env  string
		want map[string]any
		left map[string]string // variable -> part of the reason
	}{
		{"SSL_CERT_MODE=Yes\nDASHBOARD_DOMAIN=wisp.corp.lan", map[string]any{"tls.mode": nil, "domain": "corp.lan", "hosts.dashboard": "wisp.corp.lan"}, map[string]string{"SSL_CERT_MODE": "no public authority"}},
		{"DASHBOARD_DOMAIN=wisp.corp.lan", map[string]any{"tls.mode": nil}, map[string]string{"SSL_CERT_MODE": "is not set, and what it then means"}},
		{"SSL_CERT_MODE=SelfSigned", map[string]any{"tls.mode": nil}, nil},
		{"SSL_CERT_MODE=No\nDASHBOARD_DOMAIN=a.example.org", map[string]any{"tls.mode": "none"}, nil},
		{"SSL_CERT_MODE=Perhaps", map[string]any{"tls.mode": nil}, map[string]string{"SSL_CERT_MODE": "must be one of"}},
		{"DASHBOARD_DOMAIN=dashboard.x.org\nAPI_DOMAIN=api.x.org\nVPN_DOMAIN=openvpn.x.org", map[string]any{"domain": "x.org", "hosts.dashboard": nil, "hosts.api": nil, "hosts.vpn": nil}, nil},
		{"DASHBOARD_DOMAIN=x.org\nAPI_DOMAIN=x.org", map[string]any{"domain": "x.org", "hosts.dashboard": "x.org", "hosts.api": "x.org"}, nil},
		{"DASHBOARD_DOMAIN=wisp.corp.lan", map[string]any{"domain": "corp.lan", "hosts.dashboard": "wisp.corp.lan"}, nil},
		{"VPN_DOMAIN=", map[string]any{"services.openvpn": false}, nil},
		{"DB_HOST=postgres\nDB_SSLMODE=disable\nDB_PORT=5432", map[string]any{"external.sql.host": nil, "external.sql.tls": nil}, nil},
		{"DB_HOST=postgres\nDB_SSLMODE=require", map[string]any{"external.sql.tls": nil}, map[string]string{"DB_SSLMODE": "counts only for a server of your own"}},
		{"DB_HOST=db.x.org\nDB_USER=postgres", map[string]any{"external.sql.host": "db.x.org", "external.sql.tls": "disable", "sql.user": "postgres", "external.sql.password_file": "secrets/sql_password"}, nil},
		{"DB_USER=postgres", map[string]any{"sql.user": nil}, nil},
		{"OPENWISP_CELERY_COMMAND_FLAGS=--concurrency=4", map[string]any{"celery.concurrency": int64(4)}, nil},
		{"OPENWISP_CELERY_COMMAND_FLAGS=-P gevent", map[string]any{"celery.concurrency": nil}, map[string]string{"OPENWISP_CELERY_COMMAND_FLAGS": "is not understood"}},
		{"POSTFIX_MESSAGE_SIZE_LIMIT=0", map[string]any{"postfix.message_size_limit": int64(1024)}, nil},
		{"CELERY_BROKER_URL=redis://redis:6379/7", map[string]any{"cache.broker_database": int64(7), "external.cache.host": nil}, nil},
		{"CELERY_BROKER_URL=amqp://u:s3cr3t@rabbit//", nil, map[string]string{"CELERY_BROKER_URL": "is not understood"}},
		{"NGINX_HTTP2=", map[string]any{"nginx.http2": false}, nil},
		{"OPENWISP_RADIUS_FREERADIUS_ALLOWED_HOSTS=172.18.0.0/16,10.0.0.1", map[string]any{"radius.allowed_hosts": []any{"10.0.0.1"}}, nil},
		{"OPENWISP_X=10\nOPENWISP_Y=[1]", map[string]any{"openwisp.settings": map[string]any{"OPENWISP_X": int64(10), "OPENWISP_Y": []any{1}}}, nil},
		{"TZ=US/Eastern", map[string]any{"timezone": "America/New_York"}, nil},
		{"TZ=Rome", map[string]any{"timezone": nil}, map[string]string{"TZ": "did you mean Europe/Rome?"}},
		{"DJANGO_LANGUAGE_CODE=jp", map[string]any{"django.language": nil}, map[string]string{"DJANGO_LANGUAGE_CODE": "did you mean ja?"}},
		{"TZ=Mars Base", map[string]any{"timezone": nil}, map[string]string{"TZ": "does not fit timezone"}},
		{"NGINX_PORT=8080\nNGINX_SSL_PORT=8080", map[string]any{"publish.http": int64(8080)}, map[string]string{"NGINX_SSL_PORT": "published by"}},
		{"REDIS_PAS=x", nil, map[string]string{"REDIS_PAS": "is it REDIS_PASS?"}},
	}
	for _, test := range tests {
		t.Run(test.env, func(t *testing.T) {
			r := imported(t, p, map[string]string{".env": test.env + "\n"})
			for key, want := range test.want {
				if diff := cmp.Diff(want, r.setting(key)); diff != "" {
					t.Errorf("%s (-want +got)\n%s", key, diff)
				}
			}
			for name, want := range test.left {
				if got := r.left(name); !strings.Contains(got, want) {
					t.Errorf("%s is left because it %q, not %q", name, got, want)
				}
			}
			for _, l := range r.Left {
				if test.left[l.Name] == "" && l.Name != "SSH_PRIVATE_KEY_PATH" && !strings.HasPrefix(l.Reason, "is not set") {
					t.Errorf("%s is left: %s", l.Name, l.Reason)
				}
			}
		})
	}
}

// Secrets go into files, and nowhere else.
func TestSecretsAreToldNowhere(t *testing.T) {
	r := imported(t, prepared(t), map[string]string{".env": "DB_PASS='s3cr3t$1'\nDJANGO_SECRET_KEY=s3cr3t2Zq9Lw7Xk4Vb\nINFLUXDB_PASS=s3cr3t3\nEMAIL_HOST=smtp.x.org\nEMAIL_HOST_PASSWORD=s3cr3t4\nPOSTFIX_RELAYHOST_PASSWORD=null\n" +
		"REDIS_CACHE_URL=redis://:s3cr3t5@redis:6379/0\nCELERY_BROKER_URL=redis://:s3cr3t6@redis:6379/2\nDJANGO_SENTRY_DSN=https://s3cr3t7@x.org/1\nUWSGI_PROCESSES=s3cr3t8\n"})
	want := map[string]string{"sql_password": "s3cr3t$1", "django_secret_key": "s3cr3t2Zq9Lw7Xk4Vb", "timeseries_password": "s3cr3t3", "smtp_password": "s3cr3t4", "cache_password": "s3cr3t5", "sentry_dsn": "https://s3cr3t7@x.org/1"}
	got := map[string]string{}
	for _, name := range r.Secrets {
		f := r.Files["secrets/"+name]
		got[name] = string(f.Data)
		if f.Mode != 0o444 {
			t.Errorf("%s has mode %v", name, f.Mode)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	told := string(r.Files[bundle.InputFile].Data) + r.Findings.Error()
	for _, l := range r.Left {
		told += l.Name + l.Reason
	}
	if strings.Contains(told, "s3cr3t") {
		t.Errorf("a secret is told:\n%s", told)
	}
	if !strings.Contains(r.left("CELERY_BROKER_URL"), "secrets/cache_password") {
		t.Errorf("the other password of the broker is not named: %v", r.Left)
	}
}

// What anybody can guess by its shape is told like what everybody was given: taken over where stored data know it, and else
// replaced. What was made by chance passes.
func TestGuessableSecrets(t *testing.T) {
	r := imported(t, prepared(t), map[string]string{".env": "DASHBOARD_DOMAIN=dashboard.example.net\nDB_PASS=postgres123\nDJANGO_SECRET_KEY=your_very_long_random_secret_key_here\nREDIS_PASS=mWq7Zt0pXc4RkLd9vB2s\n"})
	var got []string
	for _, f := range r.Findings {
		if strings.Contains(f.Message, "guess") {
			got = append(got, f.Message)
		}
	}
	want := []string{
		"DB_PASS is a value that anybody can guess; it is taken over, since the stored data know it",
		"DJANGO_SECRET_KEY is a value that anybody can guess; it is not taken over, and a random one is made",
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if slices.Contains(r.Secrets, "django_secret_key") || !slices.Contains(r.Secrets, "sql_password") || !slices.Contains(r.Secrets, "cache_password") {
		t.Errorf("secrets %v", r.Secrets)
	}
}

// What everybody was given is named, and taken over only where data depend on it.
func TestExamples(t *testing.T) {
	r := imported(t, prepared(t), map[string]string{".env": "DASHBOARD_DOMAIN=dashboard.example.net\nDB_PASS=admin\nDJANGO_SECRET_KEY=default_secret_key\n"})
	if diff := cmp.Diff([]string{"sql_password", "timeseries_password"}, r.Secrets); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"import/example", "import/example", "import/example"}, rules(r.Findings)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, f := range r.Findings {
		if strings.Contains(f.Message, "taken over, since") && !strings.Contains(f.Hint, "Change a password") {
			t.Errorf("%s does not say how to replace it", f)
		}
	}
}

// Each variable of docker-openwisp is taken or named: never lost.
func TestNothingIsLost(t *testing.T) {
	names, err := os.ReadFile(filepath.Join("..", "..", "testdata", "docker-openwisp-variables.txt"))
	if err != nil {
		t.Fatal(err)
	}
	p := prepared(t)
	c := &conversion{in: &Installation{Kind: replaces.Docker}, catalog: p.Catalog(), schema: p.Schema()}
	known := map[string]bool{}
	for _, name := range c.known() {
		known[name] = true
	}
	for _, name := range strings.Fields(string(names)) {
		if !known[name] && c.dropped(name, "") == "" {
			t.Errorf("%s is neither known nor dropped", name)
		}
	}
}

// Each name that the catalogue says it replaces is one that somebody can have set.
func TestReplacedNamesAreReal(t *testing.T) {
	names, err := os.ReadFile(filepath.Join("..", "..", "testdata", "docker-openwisp-variables.txt"))
	if err != nil {
		t.Fatal(err)
	}
	real := map[string]bool{"CERT_ADMIN_EMAIL": true} // of older releases
	for _, name := range strings.Fields(string(names)) {
		real[name] = true
	}
	p := prepared(t)
	for _, d := range p.Schema().All() {
		for _, name := range d.Replaces[replaces.Docker].Names() {
			if !real[name] {
				t.Errorf("%s: docker-openwisp has no variable %s", d.Key, name)
			}
		}
		for _, name := range d.Replaces[replaces.Ansible].Names() {
			if !strings.HasPrefix(name, "openwisp2_") && name != hostVariable {
				t.Errorf("%s: ansible-openwisp2 has no variable %s", d.Key, name)
			}
		}
	}
}

// Secrets that come by the generic door go into files, nested ones too, and the input names them.
func TestSecretsOfTheGenericDoor(t *testing.T) {
	p := prepared(t)
	tests := map[string]map[string]string{
		"docker-openwisp": {".env": "OPENWISP_CONTROLLER_WHOIS_GEOIP_KEY=s3cr3t1\nOPENWISP_X={\"APP\": {\"client_id\": \"c\", \"secret\": \"s3cr3t2\"}, \"APPS\": [{\"secret\": \"s3cr3t3\"}]}\n" +
			"OPENWISP_URL=redis://:s3cr3t4@redis/0\nOPENWISP_SECRET_KEY_FALLBACKS=[\"s3cr3t5\", \"s3cr3t6\"]\nOPENWISP_PASSWORD_RESET_TIMEOUT=10\n"},
		"ansible-openwisp2": {"hosts": "[web]\nwisp.example.org\n", "p.yml": useRole + `  vars:
    openwisp2_controller_whois_geoip_key: s3cr3t1
    openwisp2_extra_django_settings:
      OPENWISP_X: {APP: {client_id: c, secret: s3cr3t2}, APPS: [{secret: s3cr3t3}]}
      OPENWISP_URL: redis://:s3cr3t4@redis/0
      OPENWISP_SECRET_KEY_FALLBACKS: [s3cr3t5, s3cr3t6]
      OPENWISP_PASSWORD_RESET_TIMEOUT: 10
`},
	}
	want := map[string]string{"django_OPENWISP_CONTROLLER_WHOIS_GEOIP_KEY": "s3cr3t1", "django_OPENWISP_X.APP.secret": "s3cr3t2", "django_OPENWISP_X.APPS.0.secret": "s3cr3t3",
		"django_OPENWISP_URL": "redis://:s3cr3t4@redis/0", "django_OPENWISP_SECRET_KEY_FALLBACKS.0": "s3cr3t5", "django_OPENWISP_SECRET_KEY_FALLBACKS.1": "s3cr3t6"}
	for kind, files := range tests {
		t.Run(kind, func(t *testing.T) {
			r := imported(t, p, files)
			got, names := map[string]string{}, []any{}
			for _, name := range r.Secrets {
				if path, ok := strings.CutPrefix(name, "django_"); ok && path != "secret_key" {
					got[name] = string(r.Files["secrets/"+name].Data)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("files (-want +got)\n%s", diff)
			}
			for name := range want {
				names = append(names, strings.TrimPrefix(name, "django_"))
			}
			if len(r.setting("openwisp.secret_settings").([]any)) != len(names) {
				t.Errorf("named are %v", r.setting("openwisp.secret_settings"))
			}
			input := string(r.Files[bundle.InputFile].Data)
			if strings.Contains(input+r.Findings.Error(), "s3cr3t") || !strings.Contains(input, "client_id: c") || !strings.Contains(input, "OPENWISP_PASSWORD_RESET_TIMEOUT: 10") {
				t.Errorf("input:\n%s\n%s", input, r.Findings)
			}
			said := 0
			for _, rule := range rules(r.Findings) {
				if rule == "import/secret" {
					said++
				}
			}
			if said != len(want) {
				t.Errorf("%d are said: %v", said, r.Findings)
			}
		})
	}
	r := imported(t, p, map[string]string{".env": "DB_OPTIONS={\"password\": \"s3cr3t\", \"connect_timeout\": 5}\nDB_HOST=db.example.net\nOPENWISP_X={\"a b\": {\"token\": \"s3cr3t\"}}\n"})
	if got := r.left("DB_OPTIONS") + r.left("OPENWISP_X.a b.token"); !strings.Contains(got, "does not fit sql.options") || !strings.Contains(got, "openwisp.secret_settings") {
		t.Errorf("what has no file is left because it %q: %v", got, r.Left)
	}
	if strings.Contains(string(r.Files[bundle.InputFile].Data), "s3cr3t") {
		t.Error("a secret is in the input")
	}
}

// A $ is a character like others where quotes keep it.
func TestDollars(t *testing.T) {
	p := prepared(t)
	for line, want := range map[string]string{`REDIS_USER='u$er'`: "u$er", `REDIS_USER="u\$er"`: "u$er", `REDIS_USER='u$$er'`: "u$$er", `REDIS_USER='${u}'`: "${u}", `REDIS_USER=u$$er`: "u$er", `REDIS_USER='$'`: "$"} {
		r := imported(t, p, map[string]string{".env": line + "\nREDIS_HOST=redis.example.net\nREDIS_PASS='p$w'\n"})
		if got := r.setting("external.cache.username"); got != want {
			t.Errorf("%s gives %v, not %s: %v", line, got, want, r.Left)
		}
		if got := string(r.Files["secrets/cache_password"].Data); got != "p$w" {
			t.Errorf("the password is %q", got)
		}
	}
}
