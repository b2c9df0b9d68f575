package lint

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lazy"
	"github.com/owgen/owgen/generator/secret"
	"github.com/owgen/owgen/generator/secret/known"
	"github.com/owgen/owgen/generator/shellwords"
)

// A commandSecret is a password or key that is written into a command.
type commandSecret struct {
	service locatedService
	path    []string
	option  string // what it is the value of
	value   string
}

func (c commandSecret) find(message string) diag.Finding { return c.service.find(message, c.path...) }

// commandSecrets lists those in the commands of services: command, entrypoint, the probe and hooks.
func (p *Subject) commandSecrets() []commandSecret {
	var all []commandSecret
	for _, s := range p.services() {
		add := func(words []string, path ...string) {
			for _, v := range secretArguments(words) {
				all = append(all, commandSecret{s, path, v.Path, v.Value})
			}
		}
		add(s.Entrypoint, "entrypoint")
		command := s.Command
		if len(s.Entrypoint) == 0 && len(command) > 0 && strings.HasPrefix(command[0], "-") { // options for the image's own program
			command = append([]string{path.Base(strings.Split(s.Image, ":")[0])}, command...)
		}
		add(command, "command")
		if h := s.HealthCheck; h != nil && len(h.Test) > 1 {
			words := h.Test[1:]
			if h.Test[0] == "CMD-SHELL" {
				words = append([]string{"sh", "-c"}, words...)
			}
			add(words, "healthcheck", "test")
		}
		for i, hook := range s.PostStart {
			add(hook.Command, "post_start", "["+strconv.Itoa(i)+"]", "command")
		}
		for i, hook := range s.PreStop {
			add(hook.Command, "pre_stop", "["+strconv.Itoa(i)+"]", "command")
		}
	}
	return all
}

// secretArguments lists the secrets among the words of a command, or in the script that a shell is given.
func secretArguments(words []string) []secret.Member {
	if len(words) == 0 {
		return nil
	}
	if script, ok := scriptOf(words); ok {
		return secretsInScript(script)
	}
	if len(words) == 1 && strings.ContainsAny(words[0], " \n") {
		return secretsInScript(words[0])
	}
	return secretsInCall(words)
}

// scriptOf is what a shell is to run.
func scriptOf(words []string) (string, bool) {
	if !slices.Contains([]string{"sh", "bash", "dash", "ash", "zsh"}, path.Base(words[0])) {
		return "", false
	}
	for i, word := range words[1:] {
		if strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "--") && strings.Contains(word, "c") && i+2 < len(words) {
			return words[i+2], true
		}
	}
	return "", false
}

func secretsInScript(script string) []secret.Member {
	file := shellwords.Parse(script)
	if file == nil {
		return nil
	}
	var found []secret.Member
	syntax.Walk(file, func(node syntax.Node) bool {
		switch n := node.(type) {
		case *syntax.Assign:
			if n.Name != nil && n.Value != nil && secret.Named(n.Name.Value) {
				found = add(found, n.Name.Value, shellwords.Text(n.Value))
			}
		case *syntax.CallExpr:
			if call := shellwords.Call(n); len(call) > 0 {
				found = append(found, secretArguments(call)...)
			}
		}
		return true
	})
	return found
}

// add adds a value, unless it stands for another one or cannot be a secret.
func add(found []secret.Member, option, value string) []secret.Member {
	if value == "" || strings.ContainsAny(value[:1], "-$`<") || strings.Contains(value, "$") || !secret.Valued(value) {
		return found
	}
	return append(found, secret.Member{Path: option, Value: value})
}

// anAddress stands for the option where a word is a secret by what it is.
const anAddress = "an address"

// header is one of HTTP as an option of curl and its like, with its last word.
var header = lazy.Regexp(`^(?:-H|--header=)? *([A-Za-z][A-Za-z-]*): *(?:.* )?(\S+)$`)

// isHeader tells whether a word is a header that logs in.
func isHeader(word string) bool {
	fields := header().FindStringSubmatch(word)
	return fields != nil && (strings.HasSuffix(strings.ToLower(fields[1]), "authorization") || secret.Named(fields[1]))
}

// secretsInCall looks at the options of one command.
func secretsInCall(words []string) []secret.Member {
	var found []secret.Member
	program := path.Base(words[0])
	if program == "htpasswd" && len(words) > 3 && slices.ContainsFunc(words, func(word string) bool { return bFlag().MatchString(word) }) {
		found = add(found, "-b", words[len(words)-1])
	}
	for i := 1; i < len(words); i++ {
		word, next := words[i], ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		name, value, assigned := strings.Cut(word, "=")
		switch {
		case secret.Bare(word) && !strings.Contains(word, "$"):
			found = append(found, secret.Member{Path: anAddress, Value: word})
		case isHeader(word):
			fields := header().FindStringSubmatch(word)
			found = add(found, "the header "+fields[1], fields[2])
		case strings.HasPrefix(word, "-") && assigned && secretOption(name):
			found = add(found, name, value)
		case !strings.HasPrefix(word, "-") && assigned && secret.Named(name):
			found = add(found, name, value)
		case strings.HasPrefix(word, "-") && secretOption(word) && !isSwitch(program, word):
			found = add(found, word, next)
		default:
			found = append(found, shortOption(program, word, next)...)
		}
	}
	return found
}

// withPassword are options of a letter that a password follows, by program; whether it may follow as the next word.
func withPassword(program string) (letter string, apart bool) {
	switch {
	case strings.HasPrefix(program, "mysql"), strings.HasPrefix(program, "maria"):
		return "-p", false
	case slices.Contains([]string{"mongo", "mongosh", "mongodump", "mongorestore", "sshpass", "zip", "unzip", "7z"}, program):
		return "-p", true
	case slices.Contains([]string{"redis-cli", "valkey-cli", "keydb-cli"}, program):
		return "-a", true
	case strings.HasPrefix(program, "ldap"):
		return "-w", true
	case slices.Contains([]string{"sqlcmd", "bcp"}, program):
		return "-P", true
	case strings.HasPrefix(program, "mosquitto_"):
		return "-P", true
	}
	return "", false
}

// bFlag is -b, also among other letters.
var bFlag = lazy.Regexp(`^-[A-Za-z]*b[A-Za-z]*$`)

// userFlag is -u, also behind other letters.
var userFlag = lazy.Regexp(`^-[A-Za-z]*u$`)

// shortOption reads -px, -p x and -u user:password.
func shortOption(program, word, next string) []secret.Member {
	letter, apart := withPassword(program)
	switch {
	case letter != "" && apart && word == letter:
		return add(nil, letter, next)
	case letter != "" && len(word) > 2 && strings.HasPrefix(word, letter) && !strings.HasPrefix(word, "--"):
		return add(nil, letter, word[2:])
	case slices.Contains([]string{"curl", "wget", "http", "https", "influx"}, program) && (word == "--user" || userFlag().MatchString(word)):
		if _, password, ok := strings.Cut(next, ":"); ok {
			return add(nil, word, password)
		}
	}
	return nil
}

// secretOption tells whether an option is named like a secret, also in one word: --requirepass, --masterauth.
func secretOption(option string) bool {
	name := strings.TrimLeft(option, "-")
	lower := strings.ToLower(name)
	return len(name) > 1 && (secret.Named(name) || strings.HasSuffix(lower, "pass") && lower != "bypass" && lower != "compass" ||
		strings.HasSuffix(lower, "password") || strings.HasSuffix(lower, "passwd") || lower == "masterauth")
}

// isSwitch tells of options that are named like a secret and take no value.
func isSwitch(program, option string) bool {
	return strings.HasPrefix(option, "--no-") || strings.HasPrefix(option, "--skip-") || strings.HasPrefix(option, "--ask-") || option == "--password" &&
		(strings.HasPrefix(program, "maria") || slices.Contains([]string{"psql", "pg_dump", "pg_restore", "createdb", "mysql", "mysqladmin"}, program))
}

func commandsWithSecrets(p *Subject) diag.List {
	var found diag.List
	for _, c := range p.commandSecrets() {
		if c.option == anAddress {
			found.Add(c.find("holds " + bareKind(c.value)))
			continue
		}
		found.Add(c.find(c.option + " has a secret in the clear"))
	}
	return found
}

func commandDefaults(p *Subject) diag.List {
	var found diag.List
	for _, c := range p.commandSecrets() {
		if known.Value(c.value) {
			found.Add(c.find(c.option + " has a well-known value"))
		}
	}
	return found
}
