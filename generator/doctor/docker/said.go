package docker

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/owgen/owgen/generator/doctor"
)

// Said is what Docker says of itself and is asked of no other engine.
type Said struct {
	Version    string
	Compose    string // empty: the plugin is not there
	Rootless   bool
	Forwarding bool // the kernel passes IPv4 on
	// IPTables and UserlandProxy are false if the daemon's configuration switches them off.
	IPTables, UserlandProxy bool
}

// A version is compared by its numbers.
type version [3]int

// The oldest versions that work: of the engine because of the probes' start_interval, of Compose because of
// additional_contexts with a service.
var (
	minEngine  = version{25, 0, 0}
	minCompose = version{2, 33, 1}
)

func (v version) String() string {
	return strings.TrimSuffix(fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]), ".0")
}

// parseVersion reads the numbers at the start of "v2.33.1-desktop.1" or "26.1.5+dfsg1".
func parseVersion(text string) (version, bool) {
	text = strings.TrimPrefix(text, "v")
	if i := strings.IndexFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); i >= 0 {
		text = text[:i]
	}
	var v version
	for i, part := range strings.Split(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return v, false
		}
		if i < len(v) {
			v[i] = n
		}
	}
	return v, true
}

// Older tells of an engine's version that is older than a major one; of what is no version it tells nothing.
func Older(text string, major int) bool {
	v, ok := parseVersion(text)
	return ok && v[0] < major
}

// Itself checks the versions.
func (s Said) Itself() []doctor.Result { return []doctor.Result{s.engine(), s.compose()} }

func (s Said) engine() doctor.Result {
	v, ok := parseVersion(s.Version)
	name := "Docker Engine " + s.Version
	out := doctor.Result{Check: "engine", State: doctor.OK, Message: name}
	switch {
	case !ok:
		out.State, out.Message, out.Hint = doctor.Warning, name+" is no version that owgen knows", "it has to be "+minEngine.String()+" or newer"
	case slices.Compare(v[:], minEngine[:]) < 0:
		out.State, out.Message, out.Hint = doctor.Problem, name+" is too old: it does not know how often a probe runs while a service starts", "install Docker Engine "+minEngine.String()+" or newer"
	}
	return out
}

func (s Said) compose() doctor.Result {
	v, ok := parseVersion(s.Compose)
	name := "Compose " + s.Compose
	out := doctor.Result{Check: "compose", State: doctor.OK, Message: name}
	switch {
	case s.Compose == "":
		out.State, out.Message, out.Hint = doctor.Problem, "`docker compose` is not there", "install the plugin docker-compose-plugin, "+minCompose.String()+" or newer"
	case !ok:
		out.State, out.Message, out.Hint = doctor.Warning, name+" is no version that owgen knows", "it has to be "+minCompose.String()+" or newer"
	case slices.Compare(v[:], minCompose[:]) < 0:
		out.State, out.Message, out.Hint = doctor.Problem, name+" is too old: it cannot build an image from another service's", "install docker-compose-plugin "+minCompose.String()+" or newer"
	}
	return out
}

// Publishing finds what keeps published ports from working, or hides who calls.
func (s Said) Publishing(v4, v6 bool) []doctor.Result {
	var out []doctor.Result
	add := func(state doctor.State, message, hint string) {
		out = append(out, doctor.Result{Check: "forwarding", State: state, Message: message, Hint: hint})
	}
	if !s.Forwarding {
		add(doctor.Problem, "the kernel does not pass IPv4 on, so that no container reaches another network", "sysctl net.ipv4.ip_forward=1, and in /etc/sysctl.d for the next boot")
	}
	switch {
	case (v4 || v6) && !s.IPTables && !s.Rootless:
		add(doctor.Problem, "the engine must not set firewall rules (iptables: false), so that every caller seems to be the engine itself", "take that out of the daemon's configuration: logs, limits and access lists need the callers' addresses")
	case v6 && s.UserlandProxy:
		add(doctor.Warning, "ports are published on IPv6, where the engine's userland proxy hides who calls", `set "userland-proxy": false and "ip6tables": true in the daemon's configuration, or publish.address and its kind to an IPv4 address`)
	}
	if len(out) == 0 {
		add(doctor.OK, "published ports show who calls", "")
	}
	return out
}

// Words names things as people do who use Docker.
func (Engine) Words() doctor.Words {
	return doctor.Words{
		Engine:        "the Docker engine",
		Install:       "install Docker Engine " + minEngine.String() + " or newer, start it, and let this user reach its socket (group docker)",
		Network:       "the Docker network",
		MakeRoom:      "`docker system df` shows what can go, or move the engine's data-root to a larger disk",
		RemoveVolumes: "`docker volume rm` them",
		Rebuild:       "docker compose build && docker compose up -d --wait",
	}
}
