package secret

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/owgen/owgen/generator/lazy"
)

// Named tells whether something is named like a secret. The last words decide, because they say what it is:
// TWILIO_AUTH_TOKEN is a token, PASSWORD_RESET_TIMEOUT is a time. A dotted path is judged by its last part, numbers in
// a list aside.
func Named(path string) bool {
	parts := strings.Split(path, ".")
	for len(parts) > 1 && isNumber(parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	words := split(parts[len(parts)-1])
	for len(words) > 1 && (slices.Contains(afterSecrets, words[len(words)-1]) || isNumber(words[len(words)-1])) {
		words = words[:len(words)-1]
	}
	if len(words) == 0 {
		return false
	}
	last, before := words[len(words)-1], ""
	if len(words) > 1 {
		before = words[len(words)-2]
	}
	switch {
	case slices.Contains(secretWords, last), strings.HasSuffix(last, "PASSWORD"), strings.HasSuffix(last, "PASSWD"): // PGPASSWORD
		return true
	case slices.Contains(keyWords, last):
		return !slices.Contains(harmlessKeys, before)
	}
	return false
}

var (
	// what may stand behind a key or a password that is one still: SECRET_KEY_FALLBACKS, SECRET_KEY_BASE, DB_PASSWORD_2
	afterSecrets = []string{"FALLBACKS", "FALLBACK", "BASE", "PLAIN", "PLAINTEXT", "OLD", "NEW"}

	secretWords = []string{"PASSWORD", "PASSWORDS", "PASSWD", "PASS", "PASSPHRASE", "PWORD", "PASSCODE", "PWD", "PW", "SECRET", "SECRETS", "TOKEN", "TOKENS",
		"APIKEY", "CREDENTIAL", "CREDENTIALS", "DSN"}
	keyWords = []string{"KEY", "KEYS"}
	// keys that open nothing
	harmlessKeys = []string{"PUBLIC", "SITE", "PRIMARY", "FOREIGN", "CACHE", "SORT", "ORDER", "ORDERING", "LOOKUP", "PARTITION", "ROUTING", "UNIQUE",
		"NATURAL", "VERIFYING", "VERIFICATION", "HOST", "DICT", "PUBLISHABLE", "URL", "SEARCH", "HOT", "GROUP", "META", "EXTRA"}
)

// split takes the words out of a name, whether _, -, or capitals part them.
func split(name string) []string {
	var parted strings.Builder
	before := rune(0)
	for _, r := range name {
		if 'A' <= r && r <= 'Z' && ('a' <= before && before <= 'z' || '0' <= before && before <= '9') {
			parted.WriteByte('_')
		}
		parted.WriteRune(r)
		before = r
	}
	return strings.FieldsFunc(strings.ToUpper(parted.String()), func(r rune) bool { return r == '_' || r == '-' || r == ' ' })
}

// Valued tells whether a value can be a secret at all: a switch, a number, nothing, and a path to a file cannot.
func Valued(value any) bool {
	switch x := value.(type) {
	case string:
		return x != "" && !plainPath().MatchString(x) &&
			!slices.Contains([]string{"true", "false", "yes", "no", "on", "off", "none", "null"}, strings.ToLower(x))
	case []any:
		return slices.ContainsFunc(x, Valued)
	case nil, bool, int, int64, float64, json.Number, map[string]any:
		return false
	}
	return true
}

// plainPath is a path as people name files, which base64 hardly ever looks like.
var plainPath = lazy.Regexp(`^\.{0,2}(/[a-z0-9._-]+)+$`)

// handedOut are tokens that say by their form who gave them out, so that scanners find them: those of GitHub, GitLab, Slack,
// Stripe, Google, SendGrid and npm.
var handedOut = lazy.Regexp(`\b(gh[opusr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40}|glpat-[A-Za-z0-9_-]{20}|xox[abeprs]-[A-Za-z0-9-]{20}|[sr]k_live_[A-Za-z0-9]{16}|` +
	`AIza[A-Za-z0-9_-]{35}|SG\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20}|npm_[A-Za-z0-9]{36}|hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{16})`)

// login is an address that logs in, behind something else: rest:https://user:password@host.
var login = lazy.Regexp(`[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@[^/\s]`)

// Bare tells whether a text is a secret whatever its name is: a private key, an address that logs in, or a token that says
// by its form what it is.
func Bare(text string) bool {
	if strings.Contains(text, "PRIVATE KEY-----") || handedOut().MatchString(text) || login().MatchString(text) {
		return true
	}
	if !strings.Contains(text, "://") || !strings.Contains(text, "@") {
		return false
	}
	u, err := url.Parse(text)
	if err != nil || u.User == nil {
		return false
	}
	password, has := u.User.Password()
	return has && password != ""
}

// FileOf is the name, in secrets/ as below /run/secrets, of one secret out of a family such as django_*.
func FileOf(family, member string) string { return strings.Replace(family, "*", member, 1) }

func isNumber(text string) bool {
	_, err := strconv.Atoi(text)
	return err == nil
}
