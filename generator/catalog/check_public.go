package catalog

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/lazy"
	"github.com/owgen/owgen/generator/secret"
	"github.com/owgen/owgen/generator/settings"
)

var (
	wholeNumber = lazy.Regexp(`^[1-9][0-9]{0,8}$`)
	ownEntry    = lazy.Regexp(`(?m)^ENTRYPOINT `)

	portProtocols  = []string{"tcp", "udp"}
	routeProtocols = []string{"http", "wsgi", "ws", ProtocolFiles, ProtocolRedirect}
)

// public is about what the outside sees: ports, routes, and periodic jobs.
func (k *checker) public() {
	s := k.service
	names := map[string]bool{}
	for _, p := range s.Ports {
		if names[p.Name] || p.Name == "" {
			k.at("wrong-port", "ports", fmt.Sprintf("%q is no name of its own", p.Name), "give each port one")
		}
		names[p.Name] = true
		if !slices.Contains(portProtocols, p.Protocol) {
			k.at("wrong-port", "ports", fmt.Sprintf("%s: %q is no protocol", p.Name, p.Protocol), strings.Join(portProtocols, " or "))
		}
		if p.Published == "" {
			k.at("wrong-port", "ports", p.Name+" names no setting that says where it is published", "published: publish.NAME, a setting of type port")
		}
		if p.Target != 0 {
			k.portNumber("ports", p.Name, p.Target)
		}
		k.setting("ports", p.Published, settings.Port)
		k.setting("ports", p.Address, settings.IP)
		if !publishing(s) && !slices.ContainsFunc(s.Exceptions, func(e Exception) bool { return e.Port == p.Name }) {
			k.at("published-role", "ports", fmt.Sprintf("%s: a service of role %s publishes nothing", p.Name, s.Role), "let the edge route to it; or add {port: "+p.Name+", reason: ...} to exceptions")
		}
	}
	for _, r := range s.Routes {
		k.route(r)
	}
	for _, j := range s.Jobs {
		k.job(j)
	}
	for _, o := range s.Outside {
		k.outside(o)
	}
}

// publishing is true of services that may publish ports: those at the edge.
func publishing(s *Definition) bool { return s.Role == RoleEdge || s.Role == RoleMail }

func (k *checker) portNumber(path, name string, n int) {
	if n < 1 || n > 65535 {
		k.at("wrong-port", path, fmt.Sprintf("%s: %d is no port", name, n), "from 1 to 65535")
	}
}

func (k *checker) route(r Route) {
	if len(k.catalog.Providers(Edge)) == 0 {
		k.at("route-without-edge", "routes", r.Path+" is passed on by nobody", "a service that passes requests on provides the capability "+Edge)
	}
	k.setting("routes", "hosts."+r.Host, settings.Host, settings.FQDN)
	if !strings.HasPrefix(r.Path, "/") {
		k.at("wrong-route", "routes", fmt.Sprintf("%q is no path", r.Path), "begin with /")
	}
	if !slices.Contains(routeProtocols, r.Protocol) {
		k.at("wrong-route", "routes", fmt.Sprintf("%s: %q is no protocol", r.Path, r.Protocol), "one of "+strings.Join(routeProtocols, ", "))
	}
	k.passing(r)
	if !r.Answered() {
		k.portNumber("routes", r.Path, r.Port)
	}
	k.files(r)
	for _, text := range []string{r.Timeout, r.Body} {
		k.number("wrong-route", "routes", r.Path, text, "seconds for timeout, MiB for body, or {setting}")
	}
	for _, l := range r.Limits {
		k.limit(r, l)
	}
	for _, other := range k.catalog.Services {
		for _, same := range other.Routes {
			if other.Folder < k.service.Folder && same.Host == r.Host && same.Path == r.Path && !disjoint(all(k.service.When, r.When), all(other.When, same.When)) {
				k.at("route-taken", "routes", fmt.Sprintf("%s on hosts.%s belongs to %s", r.Path, r.Host, other.Name), "choose another path, or conditions that never hold together")
			}
		}
	}
}

func (k *checker) job(j Job) {
	if (j.Task == "") == (len(j.Command) == 0) {
		k.at("wrong-job", "jobs", fmt.Sprintf("%s needs either a task or a command", j.Name), "task: a function of Celery; command: [PROGRAM, ARGUMENT...] in this service")
	}
	if len(j.Command) > 0 && !slices.ContainsFunc(k.service.Tmpfs, func(t Tmpfs) bool { return t.Path == "/tmp" }) {
		k.at("wrong-job", "jobs", j.Name+" runs in a service without /tmp", "add {path: /tmp, size: 1m, owner: root, mode: \"1777\"} to tmpfs")
	}
	if file := k.service.Files["Dockerfile.tmpl"]; len(j.Command) > 0 && ownEntry().Match(file) && !bytes.Contains(file, []byte("with-jobs")) {
		k.at("wrong-job", "jobs", j.Name+" is run by the entry point of the base image, and this image has its own", "begin with with-jobs: ENTRYPOINT [\"/usr/bin/tini\", \"--\", \"with-jobs\", ...]")
	}
	if j.Schedule == "" {
		k.at("wrong-job", "jobs", j.Name+" has no schedule", `cron's five fields, "every SECONDS", or "{setting}"`)
	}
	k.references("jobs", j.Schedule)
	for _, arg := range j.Args {
		if text, ok := arg.(string); ok {
			k.references("jobs", text)
		}
	}
	for _, other := range k.catalog.Services {
		for _, same := range other.Jobs {
			if same.Name == j.Name && other.Folder < k.service.Folder {
				k.at("wrong-job", "jobs", fmt.Sprintf("%s is a job of %s as well", j.Name, other.Name), "give it another name")
			}
		}
	}
}

// outside is about what `owgen doctor` looks at elsewhere.
func (k *checker) outside(o Outside) {
	if !slices.Contains(OutsideKinds, o.Kind) {
		k.at("wrong-outside", "outside", fmt.Sprintf("%q is no kind", o.Kind), "one of "+strings.Join(OutsideKinds, ", "))
	}
	if o.Of == "" || o.Hint == "" || (o.Is == "") != (o.Kind == OutsidePTR) {
		k.at("wrong-outside", "outside", o.Kind+" needs of, hint and, unless it is ptr, is", "{kind: mx, of: \"{mail.domain}\", is: \"{hosts.mail}\", hint: ...}")
	}
	for _, key := range o.Each {
		k.setting("outside", key, settings.Host, settings.FQDN, settings.List)
	}
	if len(o.Each) > 0 != strings.Contains(o.Of, EachValue) {
		k.at("wrong-outside", "outside", o.Kind+": "+EachValue+" in of stands for a value of the settings in each, and one is there without the other", "{kind: mx, each: [mail.domain, mail.domains], of: \"{each}\", is: \"{hosts.mail}\", hint: ...}")
	}
	for _, text := range []string{o.Of, o.Is, o.Hint} {
		k.references("outside", strings.ReplaceAll(text, EachValue, ""))
	}
	k.condition("outside", o.When, true)
}

// secretsOf is about the secrets that the service declares and mounts.
func (k *checker) secretsOf() {
	for _, x := range k.service.Secrets {
		if owner := k.secrets[x.Name]; owner != k.service.Folder {
			k.at("secret-declared-twice", "secrets", fmt.Sprintf("%s is declared in %s as well", x.Name, owner), "declare it once, and mount it with mounts_secrets")
		}
		if !slices.Contains(secret.Kinds, x.Kind) {
			k.at("wrong-secret", "secrets", fmt.Sprintf("%s: %q is no kind", x.Name, x.Kind), fmt.Sprintf("one of %v", secret.Kinds))
		}
		if x.Description == "" {
			k.at("wrong-secret", "secrets", x.Name+" has no description", "say what it opens")
		}
		k.setting("secrets", x.File, settings.FilePath)
		k.steps("secrets", x.Name, x.Rotate)
	}
	for _, name := range k.service.Mounts {
		k.secret("mounts_secrets", name)
	}
}

// withoutAny leaves out entries that any value meets.
func withoutAny(when map[string]settings.Names) Condition {
	out := Condition{}
	for key, values := range when {
		out[key] = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "*" })
	}
	return out
}

// all is a condition that holds when both do, as far as can be said without values.
func all(a, b Condition) Condition {
	out := maps.Clone(a)
	if out == nil {
		out = Condition{}
	}
	maps.Copy(out, b)
	return out
}

// disjoint reports whether two conditions never hold together: a setting has to have different values for them.
func disjoint(a, b Condition) bool {
	for key, values := range a {
		others, both := b[key]
		if both && !slices.ContainsFunc(values, func(v string) bool { return slices.Contains(others, v) }) {
			return true
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
