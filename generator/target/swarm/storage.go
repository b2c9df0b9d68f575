package swarm

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/owgen/owgen/generator/plan"
)

// files is the capability of a server that keeps what services on several machines share.
const files = "files"

// shared puts a volume on the file server. Soft, because a task that waits for ever cannot be stopped; of what it writes nothing is lost
// in silence, since errors reach the program. A machine keeps a volume as it was made: one from elsewhere has another name, or a
// machine would go on asking a server that is gone.
func (b *builder) shared(name string, made volume) volume {
	if b.plan.Values.String("storage.mode") != plan.StorageNFS {
		return made
	}
	address, server := filled("FILES_ADDRESS:?is not set: run ./deploy"), filled("FILES_SERVER:?is not set: run ./deploy")
	folder := "/" + name
	for _, c := range b.plan.Capabilities {
		if c.Name == files && c.External {
			root := b.plan.Values.String("external.files.path")
			address, server, folder = c.Host, strings.Map(inName, c.Host+root), root+"/"+name
		}
	}
	made.Name = b.plan.Project + "_" + name + "_" + server
	made.Driver = "local"
	made.DriverOpts = map[string]string{"type": "nfs", "o": "addr=" + address + ",nfsvers=4.1,rw,soft,timeo=100,retrans=3,noatime", "device": ":" + folder}
	return made
}

// inName is a character as it may stand in the name of a volume.
func inName(r rune) rune {
	if r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r)) {
		return r
	}
	return '-'
}

// servesFiles tells of the service that the machines mount from.
func (b *builder) servesFiles(s *plan.Service) bool {
	return slices.ContainsFunc(b.plan.Capabilities, func(c plan.Capability) bool { return c.Name == files && c.Service == s.Name })
}

// Ports below this one are root's on a machine; in a container everybody opens them, unless it is said.
const (
	rootsPorts    = 1024
	firstOfOthers = "net.ipv4.ip_unprivileged_port_start"
)

// noMachine keeps a container from passing for its machine at the file server: what it sends beyond the stack's networks has the
// machine's address, so that the server lets in ports of root's alone. Who listens on such a port keeps them.
func (b *builder) noMachine(s *plan.Service, sysctls map[string]string) map[string]string {
	if b.plan.Values.String("storage.mode") != plan.StorageNFS || sysctls[firstOfOthers] != "" || b.listensAsRoot(s) {
		return sysctls
	}
	out := map[string]string{firstOfOthers: strconv.Itoa(rootsPorts)}
	maps.Copy(out, sysctls)
	return out
}

func (b *builder) listensAsRoot(s *plan.Service) bool {
	return slices.ContainsFunc(s.Ports, func(p plan.Published) bool { return cmp.Or(int64(p.Target), p.Host) < rootsPorts }) ||
		slices.ContainsFunc(b.plan.Capabilities, func(c plan.Capability) bool { return c.Service == s.Name && c.Port > 0 && c.Port < rootsPorts }) ||
		slices.ContainsFunc(b.plan.Routes, func(r plan.Route) bool { return r.Service == s.Name && r.Port > 0 && r.Port < rootsPorts })
}

// fileServer is the line of ./deploy's file that says where the file server runs: its address is found out there, because a volume
// names it and Swarm's names mean nothing to the machines that mount.
func (b *builder) fileServer() string {
	for _, c := range b.plan.Capabilities {
		if c.Name != files || c.External {
			continue
		}
		s := b.plan.Service(c.Service)
		if len(s.Nodes) == 0 {
			return "files"
		}
		line := "files " + s.Nodes[0]
		if address := b.plan.Node(s.Nodes[0]).Address; address != "" {
			line += " " + address
		}
		return line
	}
	return ""
}
