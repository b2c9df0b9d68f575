//go:build e2e

package e2e

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What an operator of docker-openwisp had in .env, with the characters that such files lose most often.
const (
	oldRole      = "wisp_admin"
	oldDatabase  = "wisp"
	oldPassword  = `p#a$s "w" \x rd%'s`
	oldInflux    = `in"flux$#1 \'`
	oldCache     = `re#dis$ "1"%`
	oldSecretKey = `key$#"'\ with spaces, 50 characters at the very least`
)

// An installation of docker-openwisp is taken over: the stack starts with its credentials, and they are the ones that
// the stores ask for.
func TestImportedInstallation(t *testing.T) {
	old := filepath.Join(scratch, "docker-openwisp")
	env := strings.Join([]string{
		"\ufeff# ours",
		"export DASHBOARD_DOMAIN=dashboard.openwisp.localhost",
		"API_DOMAIN=api.openwisp.localhost",
		`VPN_DOMAIN=""`,
		"SSL_CERT_MODE=SelfSigned",
		"DB_USER=" + oldRole,
		"DB_NAME=" + oldDatabase,
		"DB_PASS=" + doubleQuoted(oldPassword),
		"INFLUXDB_USER=wisp",
		"INFLUXDB_PASS=" + doubleQuoted(oldInflux),
		"REDIS_PASS=" + doubleQuoted(oldCache),
		"CELERY_BROKER_URL=redis://redis:6379/7",
		"DJANGO_SECRET_KEY=" + doubleQuoted(oldSecretKey),
		"USE_OPENWISP_RADIUS=False",
		"USE_OPENWISP_TOPOLOGY=False",
		"USE_OPENWISP_FIRMWARE=False",
		"METRIC_COLLECTION=False",
		"OPENWISP_ADMIN_SITE_TITLE='Taken over'",
	}, "\r\n")
	files := map[string]string{
		".env": env,
		"customization/configuration/django/custom_django_settings.py": "E2E_TAKEN_OVER = True\n",
		"customization/theme/static/e2e/ours.css":                      "body { color: black }\n",
	}
	for name, text := range files {
		if err := writeFile(filepath.Join(old, name), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}

	s := &stack{dir: filepath.Join(scratch, "imported")}
	report := must(command(time.Minute, "", "", owgen, "import", old, "-o", s.dir))(t)
	for _, secret := range []string{oldPassword, oldInflux, oldCache, oldSecretKey} {
		if strings.Contains(report, secret) {
			t.Errorf("the report tells a secret:\n%s", report)
		}
	}
	if err := s.generate(append([]string{"project=" + scratchPrefix + "imported", "services.postfix=false"}, elsewhere...)...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.remove)
	s.run(t, 6*time.Minute)
	s.watch(t, "postgres", "redis", "influxdb", "dashboard", "migrate")

	// What Django has is what .env had: it got in everywhere with that, or nothing would be healthy.
	var has struct {
		User, Name, Password, Influx, Key, Title string
		Broker                                   string
		TakenOver                                bool
	}
	s.django(t, `
from django.conf import settings as s
d = s.DATABASES["default"]
answer({"User": d["USER"], "Name": d["NAME"], "Password": d["PASSWORD"], "Influx": s.TIMESERIES_DATABASE["PASSWORD"], "Key": s.SECRET_KEY,
        "Title": s.OPENWISP_ADMIN_SITE_TITLE, "Broker": s.CELERY_BROKER_URL.rsplit("/", 1)[1], "TakenOver": s.E2E_TAKEN_OVER})`, &has)
	for name, pair := range map[string][2]string{
		"role": {oldRole, has.User}, "database": {oldDatabase, has.Name}, "password": {oldPassword, has.Password}, "InfluxDB's password": {oldInflux, has.Influx},
		"signing key": {oldSecretKey, has.Key}, "title": {"Taken over", has.Title}, "broker's database": {"7", has.Broker},
	} {
		if pair[0] != pair[1] {
			t.Errorf("the %s was %q and is %q", name, pair[0], pair[1])
		}
	}
	if !has.TakenOver {
		t.Error("custom_django_settings.py does not count")
	}

	// And the stores refuse anybody else.
	for _, try := range []struct {
		service, script string
	}{
		{"postgres", `PGPASSWORD=wrong psql -h 127.0.0.1 -U ` + oldRole + ` -d ` + oldDatabase + ` -c 'SELECT 1'`},
		{"redis", `REDISCLI_AUTH=wrong valkey-cli ping | grep PONG`},
		{"influxdb", `curl -fsS -u wisp:wrong 'http://127.0.0.1:8086/query?q=SHOW+DATABASES'`},
	} {
		if out, err := s.compose(time.Minute, "exec", "-T", try.service, "sh", "-c", try.script); err == nil {
			t.Errorf("%s lets somebody in with a wrong password: %s", try.service, out)
		}
	}
	s.login(t)
	if got := must(fetch(s.client(t), "GET", s.origin("dashboard")+"/static/e2e/ours.css", ""))(t); got.status != 200 {
		t.Errorf("the old style sheet is gone: %s", got)
	}
}

// doubleQuoted writes a value as .env files have it.
func doubleQuoted(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`).Replace(value) + `"`
}
