package lint

import (
	"path"
	"slices"
	"strings"
)

// Whose a path is follows from where it lies: the folders that the Filesystem Hierarchy Standard gives to the system are the
// host's with all that is in them, as is what stands at the top of the others; what lies below /srv, /opt or /mnt, or in a
// folder that no standard knows, somebody made.
var (
	// system are the host's, whole.
	system = []string{"/bin", "/boot", "/efi", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/lost+found", "/nix", "/proc", "/root", "/run", "/sbin", "/selinux",
		"/snap", "/sys", "/usr", "/var/account", "/var/crash", "/var/lock", "/var/mail", "/var/run", "/var/spool/cron", "/var/spool/at", "/var/yp", "/tmp/.X11-unix",
		"/Library", "/System", "/Windows", "/Program Files", "/Program Files (x86)", "/ProgramData"}

	// engines start containers: through what they keep, all of them are reached.
	engines = []string{"/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/kubelet", "/var/lib/rancher", "/var/lib/etcd"}

	// shelves hold what others put there: each is the host's, one board of it is not.
	shelves = []string{"/", "/home", "/Users", "/media", "/mnt", "/opt", "/srv", "/tmp", "/var", "/var/tmp", "/var/local"}

	// stores have a folder for each program of the host, which is none of a service's that is another program.
	stores = []string{"/var/lib", "/var/cache", "/var/spool", "/var/backups", "/var/opt", "/var/games"}

	// readable is what everybody may read, and programs need: harmless as long as it is only read.
	readable = []string{"/etc/localtime", "/etc/timezone", "/etc/ssl/certs", "/etc/pki/ca-trust", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/os-release",
		"/usr/lib/os-release", "/etc/machine-id", "/etc/letsencrypt", "/usr/share", "/usr/local/share"}

	// lasting are those in somebody's home that hold keys, whoever mounts them.
	lasting = []string{".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".config", ".local", ".password-store"}
)

// owner says whose the path is, "" if nobody but the service has a say in it.
func (b hostBind) owner() string {
	name := b.source
	switch {
	case isWithin(name, readable...):
		if b.readOnly {
			return ""
		}
		return "belongs to the host, and can be written to"
	case isWithin(name, "/var/log"):
		if b.readOnly || b.servesFolder(name, "/var/log") {
			return ""
		}
		return "holds the host's logs, and can be written to"
	case slices.Contains(shelves, name), slices.Contains(stores, name), isWithin(name, system...), isWithin(name, engines...):
		return "belongs to the host"
	case b.service.subject.aboveProject(name):
		return "is above the project: it holds its .env, its secrets, and what stands beside it"
	}
	for _, folder := range stores {
		if isWithin(name, folder) && !b.servesFolder(name, folder) {
			return "is what a program of the host keeps"
		}
	}
	return b.ofSomebody()
}

// aboveProject tells whether a path is a folder in which the project's lies.
func (p *Subject) aboveProject(name string) bool {
	if strings.HasPrefix(name, "/") {
		dir := path.Clean(strings.ReplaceAll(p.Dir, `\`, "/"))
		return name != dir && isWithin(dir, name)
	}
	return strings.Trim(name, "./") == "" && strings.HasPrefix(name, "..")
}

// servesFolder tells whether a service is the program that a folder such as /var/lib/NAME is named after: its name or its image
// says so, or where it mounts it.
func (b hostBind) servesFolder(name, parent string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(name, parent), "/"), "/")
	first = strings.ToLower(strings.TrimPrefix(first, "."))
	if len(first) < 2 {
		return false
	}
	if _, same := strings.CutPrefix(b.target, path.Join(parent, first)); same {
		return true
	}
	for word := range b.service.kindWords() {
		if len(word) > 2 && (strings.HasPrefix(first, word) || strings.HasPrefix(word, first)) {
			return true
		}
	}
	return false
}

// ofSomebody tells whether a path is somebody's whole home, or where they keep keys, logins and settings.
func (b hostBind) ofSomebody() string {
	parts := strings.Split(strings.TrimPrefix(b.source, "/"), "/")
	if parts[0] != "home" && parts[0] != "Users" || len(parts) < 2 {
		return ""
	}
	if len(parts) == 2 {
		return "is all that somebody has"
	}
	hidden := strings.HasPrefix(parts[2], ".") || parts[2] == "Library" || parts[2] == "AppData"
	if hidden && (slices.Contains(lasting, parts[2]) || !b.servesFolder(b.source, "/"+parts[0]+"/"+parts[1])) {
		return "holds somebody's keys and logins"
	}
	return ""
}
