package compose

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/plan"
)

// user is the unprivileged user of all images, with its group.
func (b Builder) user() string {
	uid := b.Plan.UID()
	return fmt.Sprintf("%d:%d", uid, uid)
}

// exceptions replace hardened defaults where the service needs it, each with its reason beside it.
func (b Builder) exceptions(node *yaml.Node, s *plan.Service) {
	excuse := func(key, reason string) {
		if b.Excuse != nil {
			reason = b.Excuse(key, reason)
		}
		at := keyNode(node, key)
		at.HeadComment = joinComments(at.HeadComment, reason)
	}
	for _, e := range s.Exceptions {
		switch {
		case e.User == catalog.OwnerRoot:
			set(node, "user", quoted("0:0"))
			excuse("user", e.Reason)
		case len(e.Capabilities) > 0:
			extend(node, "cap_add", e.Capabilities)
			excuse("cap_add", e.Reason)
		case len(e.Devices) > 0:
			extend(node, "devices", mapped(e.Devices, func(d string) string { return d + ":" + d }))
			excuse("devices", e.Reason)
		case len(e.Sysctls) > 0:
			if get(node, "sysctls") == nil {
				add(node, "sysctls", flow(mapping()))
			}
			for _, name := range slices.Sorted(maps.Keys(e.Sysctls)) {
				set(get(node, "sysctls"), name, quoted(e.Sysctls[name]))
			}
			excuse("sysctls", e.Reason)
		}
	}
}

// extend adds items to a list that may not be there yet.
func extend(node *yaml.Node, key string, items []string) {
	if get(node, key) == nil {
		add(node, key, sequence())
	}
	list := get(node, key)
	for _, item := range items {
		list.Content = append(list.Content, scalar(item))
	}
}

func mapped[T any](list []T, f func(T) string) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = f(x)
	}
	return out
}

// memory is what the service writes to: tmpfs, in Compose's short form, because the long one has no owner.
func (b Builder) memory(node *yaml.Node, s *plan.Service) {
	if s.SHM != "" {
		addCommented(node, "shm_size", "Docker's 64 MiB are little for this one.", plain(s.SHM))
	}
	if len(s.Tmpfs) == 0 {
		return
	}
	tmpfs := sequence(mapped(s.Tmpfs, func(t catalog.Tmpfs) string {
		owner := ""
		if t.Owner != catalog.OwnerRoot {
			owner = fmt.Sprintf("uid=%d,gid=%d,", b.Plan.UID(), b.Plan.UID())
		}
		return fmt.Sprintf("%s:size=%s,%smode=%s", t.Path, t.Size, owner, t.Permissions())
	})...)
	tmpfs.Style = 0 // one a line: they are long
	add(node, "tmpfs", tmpfs)
}

// jobs are what with-jobs, the entry point of all images, runs beside the service.
func (b Builder) jobs(node *yaml.Node, s *plan.Service) {
	var lines []string
	for _, j := range b.Plan.CommandsOf(s.Name) {
		lines = append(lines, j.Schedule+"\t"+j.Name+"\t"+strings.Join(mapped(j.Command, dotenv.Shell), " "))
	}
	if len(lines) > 0 {
		add(node, "environment", pairs("SCHEDULED_JOBS", quoted(dollars(strings.Join(lines, "\n")))))
	}
}

func probe(p *catalog.Probe) *yaml.Node {
	node := mapping()
	add(node, "test", sequence(append([]string{"CMD"}, p.Command...)...))
	add(node, "interval", plain(cmp.Or(p.Interval, "30s")))
	add(node, "timeout", plain(cmp.Or(p.Timeout, "5s")))
	add(node, "retries", plain(fmt.Sprint(cmp.Or(p.Retries, 3))))
	add(node, "start_period", plain(cmp.Or(p.StartPeriod, "60s")))
	add(node, "start_interval", plain("1s"))
	return node
}
