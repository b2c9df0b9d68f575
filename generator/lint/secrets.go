package lint

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/diag"
)

// secretRules are about passwords and keys. No message of theirs holds a value.
func secretRules() []Rule {
	return []Rule{
		{ID: "secret-in-environment", Severity: diag.Warning, Summary: "No secret stands in the environment or in a build argument.",
			Reason: "The environment shows in `docker inspect`, in /proc and in crash reports, and a build argument in the image's history.",
			Fix:    "mount a file under secrets: and pass its path, usually as NAME_FILE", Check: environmentSecrets},
		{ID: "secret-default", Summary: "No secret has a well-known value.",
			Reason: "Passwords such as admin and changeme are the first that an attacker tries, and the last that somebody changes.",
			Fix:    "use a random value, in a file under secrets:", Check: defaultSecrets},
	}
}

// A setting is one variable of a service's environment or one of its build arguments.
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
	var all []setting
	for _, s := range p.services() {
		add := func(values types.MappingWithEquals, path ...string) {
			for _, name := range slices.Sorted(maps.Keys(values)) {
				if value := values[name]; value != nil && *value != "" {
					all = append(all, setting{s, name, *value, append(slices.Clone(path), name)})
				}
			}
		}
		add(s.Environment, "environment")
		if s.Build != nil {
			add(s.Build.Args, "build", "args")
		}
	}
	return all
}

func environmentSecrets(p *Subject) diag.List {
	var found diag.List
	for _, s := range p.settings() {
		switch {
		case secretName(s.name) && secretValue(s.value):
			found.Add(s.find(s.name + " is a secret in the clear"))
		case hasPassword(s.value):
			found.Add(s.find(s.name + " holds an address with a password in it"))
		}
	}
	return found
}

func defaultSecrets(p *Subject) diag.List {
	var found diag.List
	for _, s := range p.settings() {
		if secretName(s.name) && wellKnown(s.value) {
			found.Add(s.find(s.name + " has a well-known value"))
		}
	}
	return found
}

// secretName tells whether a variable is named like a secret: a word of it says so, and none says that it is
// something about a secret.
func secretName(name string) bool {
	words := strings.FieldsFunc(strings.ToUpper(name), func(r rune) bool { return r == '_' || r == '-' || r == '.' })
	is := func(list ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(list, word) })
	}
	return is("PASSWORD", "PASSWD", "PASS", "PASSPHRASE", "PWORD", "PW", "SECRET", "SECRETS", "TOKEN", "KEY", "APIKEY", "CREDENTIAL", "CREDENTIALS") &&
		!is("FILE", "FILES", "PATH", "DIR", "NAME", "ID", "PUBLIC", "VERSION", "HASHERS", "VALIDATORS", "LENGTH", "SIZE", "TYPE",
			"EXPIRATION", "EXPIRY", "EXPIRES", "TTL", "TIMEOUT", "LIFETIME", "AGE", "HEADER", "ALGORITHM", "COUNTRY", "PREFIX", "URL")
}

// secretValue tells whether a value can be a secret: a path, a switch, a number or a duration is none.
func secretValue(value string) bool {
	switch strings.ToLower(value) {
	case "true", "false", "yes", "no", "on", "off", "none":
		return false
	}
	if strings.HasPrefix(value, "/") {
		return false
	}
	number := strings.TrimRight(value, "smhd%")
	_, err := strconv.ParseFloat(number, 64)
	return err != nil
}

// hasPassword tells whether a value is an address that logs in: scheme://user:password@host.
func hasPassword(value string) bool {
	if !strings.Contains(value, "://") || !strings.Contains(value, "@") {
		return false
	}
	address, err := url.Parse(value)
	if err != nil || address.User == nil {
		return false
	}
	password, ok := address.User.Password()
	return ok && password != ""
}

// wellKnown tells whether a value is among those that examples and defaults use.
func wellKnown(value string) bool {
	switch strings.ToLower(value) {
	case "admin", "administrator", "changeme", "change-me", "change_me", "default", "default_secret_key", "example", "guest",
		"letmein", "openwisp", "openwisp2", "pass", "passw0rd", "password", "postgres", "root", "secret", "test", "testing123",
		"toor", "user", "12345", "123456", "12345678", "123456789", "qwerty":
		return true
	}
	return false
}

// SecretName tells whether a variable is named like a secret, for those who print what they did not write.
func SecretName(name string) bool { return secretName(name) }

// SecretValue tells whether a value can be a secret.
func SecretValue(value string) bool { return secretValue(value) }
