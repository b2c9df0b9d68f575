package lint

import (
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dockerfile"
)

// privilegeRules are about what a container's processes may do.
func privilegeRules() []Rule {
	return []Rule{
		{ID: "container-root", Severity: diag.Warning, Summary: "Containers run as an unprivileged user.",
			Reason: "Root in a container is root of the host's kernel: one hole in it, or one careless mount, and the host is lost.",
			Fix:    `set user: "1000:1000", or USER in the image's Dockerfile`, Check: rootContainers},
		{ID: "writable-root", Severity: diag.Warning, Summary: "The root file system is read-only.",
			Reason: "Who breaks in cannot change the program or leave another one behind, and what is to be kept is known.",
			Fix:    "set read_only: true, with a tmpfs or volume for each path that is written", Check: writableRoots},
		{ID: "capabilities-kept", Severity: diag.Warning, Summary: "All capabilities are dropped.",
			Reason: "Docker leaves 14 of root's powers to a container; nearly no service needs one.",
			Fix:    "set cap_drop: [ALL], and add the one that is needed", Check: keptCapabilities},
		{ID: "capability-added", Severity: diag.Warning, Summary: "A container gets no capability back without a reason.",
			Reason: "Each is a power of root; some, such as SYS_ADMIN, are as good as all of them.",
			Fix:    "remove it, or excuse it with the reason", Check: addedCapabilities},
		{ID: "capability-useless", Severity: diag.Warning, Summary: "Capabilities are added only to containers that start as root.",
			Reason: "A process of another user gets none of those that cap_add names: it only looks as if it had the power.",
			Fix:    "remove cap_add, or start as root and drop to the user with the capability kept (setpriv --ambient-caps)", Check: uselessCapabilities},
		{ID: "new-privileges", Severity: diag.Warning, Summary: "Processes cannot gain privileges.",
			Reason: "Without it a set-uid program in the image makes root of any user.",
			Fix:    `add "no-new-privileges:true" to security_opt`, Check: newPrivileges},
		{ID: "privileged", Summary: "No container is privileged.",
			Reason: "A privileged container has all devices and capabilities: it is a process of root on the host.",
			Fix:    "name the device or capability that is needed instead", Check: privilegedContainers},
		{ID: "confinement-off", Severity: diag.Warning, Summary: "seccomp, AppArmor and SELinux stay on.",
			Reason: "They keep containers from the system calls through which most kernel holes are reached.",
			Fix:    "remove it from security_opt, or write a profile with what is needed", Check: unconfined},
	}
}

// user returns the user that a container starts as, and whether that is known; "" means the image's default.
func (s locatedService) user() (user string, known bool) {
	if s.User != "" {
		return s.User, true
	}
	if img := s.subject.image(s.Name); img != nil && (img.User != "" || img.Known) {
		return img.User, true
	}
	return "", false
}

func rootContainers(p *Subject) diag.List {
	var found diag.List
	for _, s := range p.running() {
		switch user, known := s.user(); {
		case known && dockerfile.IsRoot(user):
			found.Add(s.find("runs as root", "user"))
		case known && user == "":
			found.Add(s.find("runs as root: neither the service nor its Dockerfile sets a user", "user"))
		case !known:
			found.Add(s.find("runs as whatever user its image sets, by default root", "user"))
		}
	}
	return found
}

// each makes a finding at an attribute of every running service for which the check says what is wrong.
func (p *Subject) each(attribute string, check func(s locatedService) string) diag.List {
	var found diag.List
	for _, s := range p.running() {
		if problem := check(s); problem != "" {
			found.Add(s.find(problem, attribute))
		}
	}
	return found
}

func writableRoots(p *Subject) diag.List {
	return p.each("read_only", func(s locatedService) string {
		if !s.ReadOnly {
			return "the root file system can be written to"
		}
		return ""
	})
}

func hasCapability(list []string, name string) bool {
	return slices.ContainsFunc(list, func(c string) bool {
		return strings.TrimPrefix(strings.ToUpper(c), "CAP_") == name
	})
}

func keptCapabilities(p *Subject) diag.List {
	return p.each("cap_drop", func(s locatedService) string {
		if !hasCapability(s.CapDrop, "ALL") && !s.Privileged {
			return "keeps the default capabilities"
		}
		return ""
	})
}

func addedCapabilities(p *Subject) diag.List {
	return p.each("cap_add", func(s locatedService) string {
		if len(s.CapAdd) == 0 {
			return ""
		}
		return "gets " + strings.Join(s.CapAdd, ", ")
	})
}

func uselessCapabilities(p *Subject) diag.List {
	return p.each("cap_add", func(s locatedService) string {
		user, known := s.user()
		if len(s.CapAdd) == 0 || !known || user == "" || dockerfile.IsRoot(user) {
			return ""
		}
		return "runs as " + user + ", who gets nothing of cap_add"
	})
}

// securityOption takes an option apart, which the engine reads with = as with the colon of old.
func securityOption(option string) (name, value string) {
	at := strings.IndexAny(option, "=:")
	if at < 0 {
		return strings.ToLower(strings.TrimSpace(option)), ""
	}
	return strings.ToLower(strings.TrimSpace(option[:at])), strings.ToLower(strings.TrimSpace(option[at+1:]))
}

func newPrivileges(p *Subject) diag.List {
	return p.each("security_opt", func(s locatedService) string {
		on := slices.ContainsFunc(s.SecurityOpt, func(option string) bool {
			name, value := securityOption(option)
			return name == "no-new-privileges" && (value == "" || value == "true")
		})
		if on || s.Privileged {
			return ""
		}
		return "processes can gain privileges"
	})
}

func privilegedContainers(p *Subject) diag.List {
	return p.each("privileged", func(s locatedService) string {
		if s.Privileged {
			return "is privileged"
		}
		return ""
	})
}

func unconfined(p *Subject) diag.List {
	return p.each("security_opt", func(s locatedService) string {
		var off []string
		for _, option := range s.SecurityOpt {
			switch name, value := securityOption(option); {
			case (name == "seccomp" || name == "apparmor" || name == "systempaths") && value == "unconfined",
				name == "label" && (value == "disable" || strings.HasSuffix(value, ":spc_t") || strings.HasSuffix(value, "=spc_t")):
				off = append(off, option)
			}
		}
		switch len(off) {
		case 0:
			return ""
		case 1:
			return off[0] + " takes a protection away"
		}
		return strings.Join(off, ", ") + " take protections away"
	})
}
