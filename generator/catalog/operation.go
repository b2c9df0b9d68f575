package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Step is a part of an operation: of a backup, a restore, or what follows a new password. It does one of five things,
// and says so without an engine's words, so that a runbook can show it and a command can do it.
type Step struct {
	Exec    []string `yaml:"exec"`    // a program in the running service
	Run     []string `yaml:"run"`     // a program in a container of its own, which needs no running service
	Stop    Target   `yaml:"stop"`    // services
	Start   Target   `yaml:"start"`   // and wait until they are healthy
	Restart Target   `yaml:"restart"` //

	Provider string `yaml:"provider"` // the capability whose provider it is about; empty: the service itself
	User     string `yaml:"user"`     // whom a program runs as, where it is not whom the container starts as: service
	To       string `yaml:"to"`       // the file of the backup that its output goes to
	From     string `yaml:"from"`     // the file of the backup that it reads
	Each     string `yaml:"each"`     // tenant: once for each, with {tenant} and {database} in its texts
}

// A Target of a step: the service itself, the clients of the secret or volume that the operation is about, or all.
type Target string

// The targets.
const (
	Self    Target = "self"
	Clients Target = "clients"
	All     Target = "all"
)

// EachTenant repeats a step for each database of its own that the service keeps.
const EachTenant = "tenant"

// Kinds names what the step does; there has to be one.
func (s Step) Kinds() []string {
	return kinds(kind{"exec", len(s.Exec) > 0}, kind{"run", len(s.Run) > 0}, kind{"stop", s.Stop != ""}, kind{"start", s.Start != ""}, kind{"restart", s.Restart != ""})
}

// Target is what a step that names services is about.
func (s Step) Target() Target { return s.Stop + s.Start + s.Restart }

// Command is the program of a step that runs one.
func (s Step) Command() []string { return append(slices.Clone(s.Exec), s.Run...) }

// steps checks an operation.
func (k *checker) steps(path, of string, steps []Step) {
	wrong := func(message, hint string) { k.at("wrong-step", path, of+": "+message, hint) }
	for _, s := range steps {
		if len(s.Kinds()) != 1 {
			wrong(fmt.Sprintf("a step does %s", cmp.Or(strings.Join(s.Kinds(), " and "), "nothing")), "one of exec, run, stop, start and restart")
			continue
		}
		if t := s.Target(); t != "" && t != Self && t != Clients && t != All {
			wrong(fmt.Sprintf("%q says for no service what to %s", t, s.Kinds()[0]), "self, clients or all")
		}
		if s.To != "" && s.From != "" || s.Target() != "" && (s.To != "" || s.From != "") {
			wrong("a step reads or writes one file of the backup, and only with a program", "to or from")
		}
		for _, name := range []string{s.To, s.From} {
			if strings.ContainsAny(name, "/\\ ") || strings.HasPrefix(name, ".") {
				wrong(fmt.Sprintf("%q is no file's name", name), "a name without folder: all files of a backup lie beside each other")
			}
		}
		if s.User != "" && s.User != OwnerService {
			wrong(fmt.Sprintf("%q is no user", s.User), "service, or nothing: whom the container starts as")
		}
		if s.Each != "" && s.Each != EachTenant {
			wrong(fmt.Sprintf("each %q means nothing", s.Each), EachTenant)
		}
		if s.Provider != "" && len(k.catalog.Providers(s.Provider)) == 0 {
			wrong(fmt.Sprintf("%s is provided by no service", s.Provider), "check its spelling")
		}
	}
}
