package diff

import (
	"bytes"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/lazy"
	"github.com/owgen/owgen/generator/lint"
)

// hidden stands for what may be a secret.
const hidden = "(hidden)"

var (
	assigned = lazy.Regexp(`([A-Za-z_][A-Za-z0-9_.-]*)\\?["']?[ \t]*(?:[:=]|=>)[ \t]*(\\?["']?)(\S.*)$`)
	flagged  = lazy.Regexp(`(?i)(--?[a-z-]*(?:pass|password|token|secret|key)\b["']?[ =,]+)(["']?[^\s"'-]\S*)`)
	login    = lazy.Regexp(`(://[^/\s:@"']*:)([^@/\s"']+)@`)
	bearer   = lazy.Regexp(`(?i)\b(bearer|basic)( +)[A-Za-z0-9._~+/=-]{8,}`)
	named    = lazy.Regexp(`^[-+ ]?\s*-? *name: *["']?([A-Za-z_][A-Za-z0-9_.-]*)["']?\s*$`)
	valued   = lazy.Regexp(`^([-+ ]?\s*value: *)(\S.*)$`)
	keyBlock = lazy.Regexp(`(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END [A-Z ]*PRIVATE KEY-----|\z)`)
)

// hideKeys takes private keys out of a text.
func hideKeys(text []byte) []byte {
	if !bytes.Contains(text, []byte("PRIVATE KEY-----")) {
		return text
	}
	return keyBlock().ReplaceAll(text, []byte("${1} "+hidden+" ${2}"))
}

// hideLines takes out of each line what may be a secret that somebody wrote where none belongs. The name of a declared secret,
// by which its reader finds the file, is none.
func hideLines(text string, names ...string) string {
	var out strings.Builder
	secret := false // the line above names a variable of Kubernetes that may be one
	for line := range strings.Lines(text) {
		body, end := strings.TrimSuffix(line, "\n"), ""
		if body != line {
			end = "\n"
		}
		if m := valued().FindStringSubmatch(body); m != nil && secret {
			if mayBeSecret(m[2]) {
				body = m[1] + hidden
			}
		} else {
			body = hideLine(body, names)
			m := named().FindStringSubmatch(line)
			secret = m != nil && isSecretName(m[1])
		}
		out.WriteString(body + end)
	}
	return out.String()
}

func hideLine(line string, names []string) string {
	line = login().ReplaceAllString(line, "${1}"+hidden+"@")
	line = bearer().ReplaceAllString(line, "${1}${2}"+hidden)
	line = flagged().ReplaceAllString(line, "${1}"+hidden)
	for at := 0; at < len(line); {
		m := assigned().FindStringSubmatchIndex(line[at:])
		if m == nil {
			break
		}
		name, quote, value := line[at+m[2]:at+m[3]], line[at+m[4]:at+m[5]], line[at+m[6]:at+m[7]]
		if isSecretName(name) && mayBeSecret(value) && !refers(value, quote, names) {
			return line[:at+m[6]] + hidden
		}
		at += m[3] // the value of one may hold the name of another
	}
	return line
}

// refers tells whether a value, which the rest of its line follows, is one of these names and nothing more.
func refers(value, quote string, names []string) bool {
	end := strings.IndexFunc(value, func(r rune) bool { return !isNameRune(r) })
	if end < 0 {
		end = len(value)
	}
	name, rest := value[:end], value[end:]
	if quote != "" {
		return slices.Contains(names, name) && strings.HasPrefix(rest, quote)
	}
	return slices.Contains(names, name) && (rest == "" || strings.ContainsAny(rest[:1], ",;}]"))
}

func isNameRune(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("_.-", r)
}

// isSecretName is lint's judgement, and wider: here nothing is lost by hiding too much.
func isSecretName(name string) bool {
	upper := strings.ToUpper(name)
	if upper == "SECRETS" { // Compose's list of names
		return false
	}
	for _, end := range []string{"_FILE", "_PATH", "-FILE", ".FILE", "PASSWORD_EXPIRATION"} {
		if strings.HasSuffix(upper, end) {
			return false
		}
	}
	return lint.SecretName(name) || strings.Contains(upper, "PASSWORD") || strings.Contains(upper, "PASSWD") ||
		strings.Contains(upper, "SECRET_KEY") || strings.HasSuffix(upper, "TOKEN")
}

// mayBeSecret tells references, paths, switches and small numbers from values.
func mayBeSecret(value string) bool {
	value = strings.TrimRight(strings.TrimSpace(value), `"',;\`)
	switch {
	case value == "", strings.HasPrefix(value, "$"), strings.HasPrefix(value, "./secrets/"):
		return false
	case strings.HasPrefix(value, "/"):
		return !strings.HasPrefix(value, "/run/") && !strings.HasPrefix(value, "/etc/")
	}
	return lint.SecretValue(value) || len(value) > 3 && value[0] >= '0' && value[0] <= '9'
}
