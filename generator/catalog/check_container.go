package catalog

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/owgen/owgen/generator/lazy"
)

var (
	sizes       = lazy.Regexp(`^[1-9][0-9]*[kKmMgG]?$`)
	permissions = lazy.Regexp(`^[01]?[0-7]{3}$`)
	identifier  = lazy.Regexp(`^[a-z][a-z0-9_-]{0,40}$`)
	signals     = lazy.Regexp(`^SIG[A-Z]+[0-9+-]*$`)
)

// linuxCapabilities are those of capabilities(7), Linux 6.12, without CAP_.
var linuxCapabilities = strings.Fields(`AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE
	DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE
	NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT
	SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM`)

// container is about what the service's container may do and use.
func (k *checker) container() {
	s := k.service
	for _, t := range s.Tmpfs {
		k.absolute("tmpfs", t.Path)
		if !sizes().MatchString(t.Size) {
			k.at("wrong-tmpfs", "tmpfs", fmt.Sprintf("%s: %q is no size", t.Path, t.Size), "such as 16m; without one it may take half of the machine's memory")
		}
		if !permissions().MatchString(t.Permissions()) {
			k.at("wrong-tmpfs", "tmpfs", fmt.Sprintf("%s: %q is no mode", t.Path, t.Mode), `octal, in quotes: "0700"`)
		}
		if !slices.Contains([]string{"", OwnerService, OwnerRoot}, t.Owner) {
			k.at("wrong-tmpfs", "tmpfs", fmt.Sprintf("%s: %q is no owner", t.Path, t.Owner), "service or root")
		}
	}
	if s.SHM != "" && !sizes().MatchString(s.SHM) {
		k.at("wrong-tmpfs", "shm", fmt.Sprintf("%q is no size", s.SHM), "such as 256m")
	}
	k.probe()
	k.duration("stop.grace", s.Stop.Grace)
	if s.Stop.Signal != "" && !signals().MatchString(s.Stop.Signal) {
		k.at("wrong-signal", "stop.signal", fmt.Sprintf("%q is none", s.Stop.Signal), "such as SIGTERM")
	}
	for _, e := range s.Exceptions {
		k.exception(e)
	}
}

func (k *checker) probe() {
	p := k.service.Probe
	if p == nil {
		if k.service.Role != RoleImage && k.service.Role != RoleJob {
			k.at("no-probe", "probe", "is missing", "add one that proves the service's work")
		}
		return
	}
	if len(p.Command) == 0 {
		k.at("no-probe", "probe", "has no command", "add one that proves the service's work")
	}
	k.duration("probe.interval", p.Interval)
	k.duration("probe.timeout", p.Timeout)
	k.duration("probe.start_period", p.StartPeriod)
}

func (k *checker) exception(e Exception) {
	kinds := strings.Join(e.Kinds(), ", ")
	switch {
	case len(e.Kinds()) != 1:
		k.at("wrong-exception", "exceptions", fmt.Sprintf("one sets %s", cmp.Or(kinds, "nothing")), "one of user, capabilities, devices, sysctls and port, each with its reason")
	case e.Reason == "":
		k.at("exception-without-reason", "exceptions", fmt.Sprintf("%s has no reason", kinds), "say why the service cannot do without it")
	}
	if e.User != "" && e.User != OwnerRoot {
		k.at("wrong-exception", "exceptions", fmt.Sprintf("%q is no user", e.User), "root; without an exception it is the unprivileged one")
	}
	for _, name := range e.Capabilities {
		if !slices.Contains(linuxCapabilities, name) {
			k.at("wrong-exception", "exceptions", fmt.Sprintf("%s is no capability of Linux", name), "without CAP_, as in capabilities(7)")
		}
	}
	for _, device := range e.Devices {
		k.absolute("exceptions", device)
	}
	for _, value := range e.Sysctls {
		k.references("exceptions", value)
	}
	if e.Port != "" && !slices.ContainsFunc(k.service.Ports, func(p Port) bool { return p.Name == e.Port }) {
		k.at("wrong-exception", "exceptions", fmt.Sprintf("%s is none of its ports", e.Port), "the name of one in ports")
	}
}

func (k *checker) duration(where, text string) {
	if text == "" {
		return
	}
	if d, err := time.ParseDuration(text); err != nil || d <= 0 {
		k.at("wrong-duration", where, strconv.Quote(text)+" is none", "such as 30s or 2m")
	}
}

// absolute finds paths in a container that are none.
func (k *checker) absolute(where, p string) {
	if !path.IsAbs(p) || path.Clean(p) != p || p == "/" {
		k.at("wrong-path", where, strconv.Quote(p)+" is no absolute path", "begin with /, without .. and without a / at the end")
	}
}
