package diff

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What somebody may have written where no secret belongs must not be printed.
func TestHide(t *testing.T) {
	const secret = "hUnter2x"
	for _, line := range []string{
		"+DB_PASSWORD=" + secret,
		`+      DB_PASSWORD: "` + secret + `"`,
		"+      - DB_PASSWORD=" + secret,
		"+      REDIS_URL: redis://:" + secret + "@redis:6379/0",
		"+URL=amqp://user:" + secret + "@host/",
		`+OPENWISP_SETTINGS="{\"EMAIL_HOST_PASSWORD\":\"` + secret + `\",\"X\":1}"`,
		`+  command: ["valkey-server", "--requirepass", "` + secret + `"]`,
		"+  command: valkey-server --requirepass " + secret,
		"+  command: mysql --password=" + secret,
		"+    proxy_set_header Authorization: Bearer " + secret + secret + ";",
		"+DJANGO_SECRET_KEY='" + secret + "'",
		"+API_TOKEN=" + secret + " other",
		"+PGPASSWORD=" + secret,
		"+PIN_PASSWORD=12345678",
		"+A=1 DB_PASSWORD=" + secret,
		"-openwisp: {settings: {EMAIL_HOST_PASSWORD: " + secret + "}}",
		"             - name: API_TOKEN\n-              value: old\n+              value: " + secret,
		"+            - name: API_TOKEN\n+              value: \"" + secret + "\"",
	} {
		got := hideLines(line + "\n")
		if strings.Contains(got, secret) || strings.Contains(got, "12345678") || !strings.Contains(got, hidden) || !strings.HasSuffix(got, "\n") {
			t.Errorf("%s\nbecame %s", line, got)
		}
	}
}

// What is no secret stays readable.
func TestHideLeaves(t *testing.T) {
	for _, line := range []string{
		"+    image: owgen/web:1.3-0123456789ab",
		"+      - source: sql_password",
		"+    file: ./secrets/sql_password",
		"+  sql_password:",
		"+      DB_PASSWORD_FILE: /run/secrets/sql_password",
		`+      DB_PASSWORD: "${DB_PASSWORD}"`,
		"+USERS_PASSWORD_EXPIRATION=0",
		"+X509_KEY_LENGTH=2048",
		"+MAP_TILES=\"https://tile.openstreetmap.org/{z}/{x}/{y}.png\"",
		"+    ssl_certificate_key /etc/openwisp/certificates/default/privkey.pem;",
		"+    --hash=sha256:0123456789abcdef0123456789abcdef",
		"+# Password of the database role",
		"             - name: TZ\n+              value: Europe/Rome12345",
		"             - name: DB_PASSWORD_FILE\n+              value: /run/secrets/sql_password",
	} {
		if got := hideLines(line); got != line {
			t.Errorf("%s\nbecame %s", line, got)
		}
	}
}

// The name of a declared secret says where the value is, and is none itself; what only begins like it, or follows it, is hidden.
func TestHideLeavesNamesOfSecrets(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{`+    {"id": "mail", "secret": "openid_mail_secret", "exchanges": false},`, `+    {"id": "mail", "secret": "openid_mail_secret", "exchanges": false},`},
		{`+    {"secret": "openid_mail_secret", "password": "hUnter2x"},`, `+    {"secret": "openid_mail_secret", "password": "` + hidden},
		{`+    secret: openid_mail_secret`, `+    secret: openid_mail_secret`},
		{`+client_secret = openid_mail_secret;`, `+client_secret = openid_mail_secret;`},
		{`+    {"secret": "openid_mail_secretX"},`, `+    {"secret": "` + hidden},
		{`+    {"secret": "openid_mail_secret hUnter2x"},`, `+    {"secret": "` + hidden},
		{`+    secret: openid_mail_secret hUnter2x`, `+    secret: ` + hidden},
		{`+    {"secret": "openid_other_secret"},`, `+    {"secret": "` + hidden},
	} {
		if diff := cmp.Diff(test.want, hideLines(test.line, "sql_password", "openid_mail_secret")); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

func TestHideKeys(t *testing.T) {
	text := "a\n-----BEGIN EC PRIVATE KEY-----\nAAAA\nBBBB\n-----END EC PRIVATE KEY-----\nb\n-----BEGIN PRIVATE KEY-----\nCCCC\n"
	got := string(hideKeys([]byte(text)))
	if strings.ContainsAny(got, "C") && strings.Contains(got, "CCCC") || strings.Contains(got, "AAAA") || !strings.Contains(got, "\nb\n") {
		t.Error(got)
	}
}
