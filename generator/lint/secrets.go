package lint

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/secret"
	"github.com/owgen/owgen/generator/secret/known"
)

// secretRules are about passwords and keys. No message of theirs holds a value.
func secretRules() []Rule {
	return []Rule{
		{ID: "secret-in-environment", Severity: diag.Warning, Summary: "No secret stands in the environment, in a label or in a build argument.",
			Reason: "The environment and labels show in `docker inspect`, in /proc and in crash reports, and a build argument in the image's history.",
			Fix:    "mount a file under secrets: and pass its path, usually as NAME_FILE", Check: environmentSecrets},
		{ID: "secret-in-command", Severity: diag.Warning, Summary: "No secret stands in a command, an entry point or a probe.",
			Reason: "The words of a command show in `ps`, in `docker inspect` and in the engine's log, for each run of a probe.",
			Fix:    "let the command read the secret from a file under /run/secrets, or from an environment that only it has", Check: commandsWithSecrets},
		{ID: "secret-default", Summary: "No secret has a well-known value.",
			Reason: "Passwords such as admin and changeme are the first that an attacker tries, and the last that somebody changes.",
			Fix:    "use a random value, in a file under secrets:", Check: defaultSecrets},
	}
}

// A setting is one variable of a service's environment, one of its labels, or one of its build arguments.
type setting struct {
	service locatedService
	name    string
	value   string
	path    []string
}

// find makes a finding where the setting is written, which may be an env_file.
func (s setting) find(message string) diag.Finding {
	f := s.service.find(message, s.path...)
	if file, line := s.service.subject.EnvFileOf(s.service.Name, s.name); file != "" && s.path[0] == "environment" {
		f.File, f.Line, f.Path = file, line, s.name
	}
	return f
}

// settings lists what is handed to containers and builds in the clear.
func (p *Subject) settings() []setting {
	p.inClear.Do(func() {
		for _, s := range p.services() {
			p.addSettings(s, s.Environment, "environment")
			p.addSettings(s, types.Mapping(s.Labels).ToMappingWithEquals(), "labels")
			if s.Build != nil {
				p.addSettings(s, s.Build.Args, "build", "args")
			}
		}
	})
	return p.clear
}

func (p *Subject) addSettings(s locatedService, values types.MappingWithEquals, path ...string) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if value := values[name]; value != nil && *value != "" {
			p.clear = append(p.clear, setting{s, name, *value, append(slices.Clone(path), name)})
		}
	}
}

// secrets visits each secret in the environment and in build arguments: by its name, within JSON, or by what it is.
func (p *Subject) secrets(visit func(s setting, what, value string)) {
	for _, s := range p.settings() {
		members := secret.InJSON(s.value)
		if strings.HasPrefix(s.value, "-") { // options, as in JAVA_OPTS
			members = secretsInScript("options " + s.value)
		}
		for _, m := range members {
			visit(s, s.name+" holds a secret in the clear: "+m.Path, m.Value)
		}
		switch {
		case len(members) > 0:
		case secret.Bare(s.value):
			visit(s, s.name+" holds "+bareKind(s.value), s.value)
		case secret.Named(s.name) && SecretValue(s.value):
			visit(s, s.name+" is a secret in the clear", s.value)
		}
	}
}

func bareKind(value string) string {
	if strings.Contains(value, "PRIVATE KEY-----") {
		return "a private key"
	}
	if strings.Contains(value, "@") {
		return "an address with a password in it"
	}
	return "a token of a well-known service"
}

func environmentSecrets(p *Subject) diag.List {
	var found diag.List
	p.secrets(func(s setting, what, _ string) { found.Add(s.find(what)) })
	return found
}

func defaultSecrets(p *Subject) diag.List {
	var found diag.List
	p.secrets(func(s setting, what, value string) {
		if known.Value(value) || known.Login(s.user(), value) {
			found.Add(s.find(strings.Split(what, " ")[0] + " has a well-known value"))
		}
	})
	for _, s := range p.settings() { // a number is no secret for the rule above, and a well-known one all the same
		if secret.Named(s.name) && !SecretValue(s.value) && isDigits(s.value) && known.Value(s.value) {
			found.Add(s.find(s.name + " has a well-known value"))
		}
	}
	return append(found, commandDefaults(p)...)
}

func isDigits(text string) bool { return len(text) >= 4 && digits(text) }

// user is the name that a password belongs to: POSTGRES_USER beside POSTGRES_PASSWORD.
func (s setting) user() string {
	for _, end := range []string{"PASSWORD", "PASSWD", "PASS", "PWD"} {
		before, ok := strings.CutSuffix(strings.ToUpper(s.name), end)
		if !ok {
			continue
		}
		for _, name := range []string{"USER", "USERNAME"} {
			if value := s.service.Environment[before+name]; value != nil {
				return *value
			}
		}
	}
	return ""
}

// SecretName tells whether a variable may be a secret by its name, for those who print what they did not write: wider
// than what the rules find, because hiding too much loses nothing. A word of it says so, and none says that it is
// something about a secret.
func SecretName(name string) bool {
	words := strings.FieldsFunc(strings.ToUpper(name), func(r rune) bool { return r == '_' || r == '-' || r == '.' })
	is := func(list ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(list, word) })
	}
	return secret.Named(name) ||
		is("PASSWORD", "PASSWD", "PASS", "PASSPHRASE", "PWORD", "PW", "SECRET", "SECRETS", "TOKEN", "KEY", "APIKEY", "CREDENTIAL", "CREDENTIALS") &&
			!is("FILE", "FILES", "PATH", "DIR", "NAME", "ID", "PUBLIC", "VERSION", "HASHERS", "VALIDATORS", "LENGTH", "SIZE", "TYPE",
				"EXPIRATION", "EXPIRY", "EXPIRES", "TTL", "TIMEOUT", "LIFETIME", "AGE", "HEADER", "ALGORITHM", "COUNTRY", "PREFIX", "URL")
}

// SecretValue tells whether a value can be a secret: a path, a switch, a number or a duration is none.
func SecretValue(value string) bool {
	_, err := strconv.ParseFloat(strings.TrimRight(value, "smhd%"), 64)
	return err != nil && !strings.HasPrefix(value, "/") && secret.Valued(value)
}
