package secret

import (
	"encoding/json"
	"testing"
)

// Names of real settings of Django, OpenWISP and what is installed with them. The second list is what a search for words
// alone would take for secrets.
func TestNamed(t *testing.T) {
	for _, name := range []string{
		"TWILIO_AUTH_TOKEN", "SOCIALACCOUNT_PROVIDERS.google.APP.secret", "SOCIALACCOUNT_PROVIDERS.google.APPS.0.secret", "OPENWISP_CONTROLLER_WHOIS_GEOIP_KEY",
		"SECRET_KEY", "SECRET_KEY_FALLBACKS", "SECRET_KEY_FALLBACKS.0", "EMAIL_HOST_PASSWORD", "DATABASES.default.PASSWORD", "AWS_SECRET_ACCESS_KEY",
		"AWS_SESSION_TOKEN", "SENDGRID_API_KEY", "SENDSMS_TWILIO_AUTH_TOKEN", "PLIVO_AUTH_TOKEN", "RECAPTCHA_PRIVATE_KEY", "SENTRY_DSN", "SIMPLE_JWT.SIGNING_KEY",
		"AUTH_LDAP_BIND_PASSWORD", "SOCIAL_AUTH_FACEBOOK_SECRET", "FERNET_KEYS", "FERNET_KEYS.1", "GITHUB_WEBHOOK_SECRET", "MAPBOX_ACCESS_TOKEN",
		"TIMESERIES_DATABASE.PASSWORD", "apiKey", "clientSecret", "auth-token", "OPENWISP_RADIUS_SMS_PASSWORD", "DB_PASS", "pwd", "INFLUX_TOKEN", "ANYMAIL.MAILGUN_API_KEY",
	} {
		if !Named(name) {
			t.Errorf("%s is no secret", name)
		}
	}
	for _, name := range []string{
		"PASSWORD_RESET_TIMEOUT", "AUTH_PASSWORD_VALIDATORS", "PASSWORD_HASHERS", "TOKEN_EXPIRY", "CACHE_MIDDLEWARE_KEY_PREFIX", "CACHES.default.KEY_PREFIX",
		"CACHES.default.KEY_FUNCTION", "OPENWISP_USERS_API_KEYS_ENABLED", "OPENWISP_USERS_USER_PASSWORD_EXPIRATION", "CSRF_COOKIE_NAME", "CSRF_HEADER_NAME",
		"SESSION_COOKIE_AGE", "REST_AUTH_TOKEN_MODEL", "REST_AUTH.TOKEN_SERIALIZER", "ACCOUNT_PASSWORD_MIN_LENGTH", "ACCOUNT_PASSWORD_INPUT_RENDER_VALUE",
		"OPENWISP_RADIUS_PASSWORD_RESET_URLS", "OPENWISP_RADIUS_DISPOSABLE_RADIUS_USER_TOKEN_ENABLED", "SOCIALACCOUNT_PROVIDERS.google.APP.client_id",
		"AWS_ACCESS_KEY_ID", "RECAPTCHA_PUBLIC_KEY", "RECAPTCHA_SITE_KEY", "SIMPLE_JWT.VERIFYING_KEY", "SIMPLE_JWT.ACCESS_TOKEN_LIFETIME", "DEFAULT_AUTO_FIELD",
		"OPENWISP_CONTROLLER_CONSISTENT_REGISTRATION", "OPENWISP_CONTROLLER_SSH_AUTH_TIMEOUT", "LOGIN_REDIRECT_URL", "AUTHENTICATION_BACKENDS", "MONKEY", "COMPASS",
		"KEYBOARD", "SAML_CONFIG.key_file", "OPENWISP_CONTROLLER_DEFAULT_AUTO_CERT", "TOKENIZER", "SECRETARY", "PASSWORD_CHANGE_URL", "OPENWISP_RADIUS_SMS_TOKEN_LENGTH",
		"OPENWISP_RADIUS_SMS_TOKEN_DEFAULT_VALIDITY", "OPENWISP_RADIUS_SMS_TOKEN_MAX_ATTEMPTS", "SESSION_KEY_LENGTH", "",
	} {
		if Named(name) {
			t.Errorf("%s is taken for a secret", name)
		}
	}
}

func TestValued(t *testing.T) {
	for _, value := range []any{"x", "123456", "AC0b.e/f+g=", "/9j+Aa/b", []any{"old", "older"}} {
		if !Valued(value) {
			t.Errorf("%v cannot be a secret", value)
		}
	}
	for _, value := range []any{"", nil, true, 5, int64(5), 1.5, json.Number("12345678901234567890123"), "true", "off", "None", "/run/secrets/x", "./secrets/key.pem", []any{}, []any{1}} {
		if Valued(value) {
			t.Errorf("%v is taken for a secret", value)
		}
	}
}

func TestBare(t *testing.T) {
	for _, text := range []string{"-----BEGIN RSA PRIVATE KEY-----\nMII", "redis://:p@host/0", "postgres://u:p@host/db", "rest:https://u:p@host/",
		"ghp_R8vK2mQx7LpZt9YwBd4nFs6HjC3gTa1Ue0Xo", "--key=sk_" + "live_51HxQ2mLkJ8pRvT9w", "glpat-x8Kd93LqPz71Vm2Rq4Ws"} {
		if !Bare(text) {
			t.Errorf("%q is no secret", text)
		}
	}
	for _, text := range []string{"", "https://example.org/@me", "https://user@example.org/", "-----BEGIN PUBLIC KEY-----", "mail to: a@b.org", "http://[::1]:8080/@x", "see https://a.org: b@c", "sk_live_", "xoxb-none", "https://hooks.slack.com/services/"} {
		if Bare(text) {
			t.Errorf("%q is taken for a secret", text)
		}
	}
}

// A word that ends in a password is one, without a line between them.
func TestNamedInOneWord(t *testing.T) {
	for name, want := range map[string]bool{"PGPASSWORD": true, "dbpassword": true, "traefik.auth.password": true, "PASSWORDLESS": false, "COMPASS": false} {
		if Named(name) != want {
			t.Errorf("%s is %v", name, !want)
		}
	}
}
