package doctor_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/doctor"
	"github.com/owgen/owgen/generator/doctor/docker"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/profiles"
)

var (
	today     = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	yesterday = today.Add(-24 * time.Hour)
)

// A machine of the tests answers what it is told to.
type machine struct {
	engine       doctor.EngineFacts
	said         docker.Said
	down         error
	routes       []doctor.Route
	routesFail   error
	taken        map[int64]error
	noDevice     error
	memory, free uint64
	freeFails    error
	unsynced     bool
	clockFails   error
	names        map[string][]netip.Addr
	records      map[string][]string // by kind and name: "MX example.org"
	unreached    error
	links        map[string]string
	gone, closed []string
}

// healthy is a machine on which everything is as it should be.
func healthy() *machine {
	return &machine{
		engine: doctor.EngineFacts{Arch: "x86_64", Memory: 8 << 30, Root: "/var/lib/docker", Time: today},
		said:   docker.Said{Version: "26.1.5+dfsg1", Compose: "2.33.1", Forwarding: true, IPTables: true, UserlandProxy: true},
		routes: []doctor.Route{{To: prefix("0.0.0.0/0"), Device: "eth0"}, {To: prefix("192.0.2.0/24"), Device: "eth0"}},
		memory: 7 << 30, free: 100 << 30,
		names: map[string][]netip.Addr{},
	}
}

func prefix(text string) netip.Prefix { return netip.MustParsePrefix(text) }

func (m *machine) Ask(context.Context, string) (*doctor.EngineFacts, error) {
	m.said.Rootless = m.engine.Rootless
	m.engine.Itself, m.engine.Publishing = m.said.Itself(), m.said.Publishing
	return &m.engine, m.down
}
func (m *machine) Words() doctor.Words             { return docker.Engine{}.Words() }
func (m *machine) Routes() ([]doctor.Route, error) { return m.routes, m.routesFail }
func (m *machine) Addresses() ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("192.0.2.7")}, nil
}
func (m *machine) Listen(_, _ string, port int64) error { return m.taken[port] }
func (m *machine) Folder(path string) (string, error) {
	if to, ok := m.links[path]; ok {
		return to, nil
	}
	if slices.Contains(m.gone, path) {
		return "", fs.ErrNotExist
	}
	if slices.Contains(m.closed, path) {
		return "", fs.ErrPermission
	}
	return path, nil
}
func (m *machine) Device(string) error         { return m.noDevice }
func (m *machine) Memory() (uint64, error)     { return m.memory, nil }
func (m *machine) Free(string) (uint64, error) { return m.free, m.freeFails }
func (m *machine) Synchronized() (bool, error) { return !m.unsynced, m.clockFails }
func (m *machine) Now() time.Time              { return today }
func (m *machine) Lookup(_ context.Context, name string) ([]netip.Addr, error) {
	if a, ok := m.names[name]; ok {
		return a, nil
	}
	return nil, errors.New("no such host")
}

func (m *machine) record(kind, name string) ([]string, error) {
	if r, ok := m.records[kind+" "+name]; ok {
		if len(r) == 1 && r[0] == "?" {
			return nil, errors.New("server misbehaving")
		}
		return r, nil
	}
	return nil, doctor.ErrNoRecord
}
func (m *machine) LookupMX(_ context.Context, name string) ([]string, error) {
	return m.record("MX", name)
}
func (m *machine) LookupTXT(_ context.Context, name string) ([]string, error) {
	return m.record("TXT", name)
}
func (m *machine) LookupPTR(_ context.Context, a netip.Addr) ([]string, error) {
	return m.record("PTR", a.String())
}
func (m *machine) Reach(context.Context, string, string) error { return m.unreached }

// A clinic makes each plan once: days differ in their machine, seldom in their flags.
type clinic struct {
	*generator.Prepared
	plans map[string]*plan.Plan
}

var built = clinic{plans: map[string]*plan.Plan{}}

// plan is that of the built-in catalogue with some flags.
func (c *clinic) plan(t *testing.T, flags []string) *plan.Plan {
	t.Helper()
	key := strings.Join(flags, " ")
	if made := c.plans[key]; made != nil {
		return made
	}
	if c.Prepared == nil {
		p, found := generator.Prepare(catalog.Layer{Name: "dockerfiles", FS: dockerfiles.FS})
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		c.Prepared = p
	}
	made, found := c.Generate(t.Context(), profile.Source{Profile: "single-server", Set: flags, Named: profiles.FS, ReadFile: os.ReadFile})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	c.plans[key] = made.Plan
	return made.Plan
}

// check examines a plan of the built-in catalogue.
func check(t *testing.T, m *machine, change func(*doctor.Patient), flags ...string) ([]doctor.Result, bool) {
	t.Helper()
	in := doctor.Patient{Plan: built.plan(t, flags), Folder: "/site", Made: yesterday, Secrets: []doctor.Secret{{Path: "secrets/a", Made: yesterday}, {Path: "secrets/b", Made: yesterday}}}
	if change != nil {
		change(&in)
	}
	return doctor.Check(t.Context(), in, m, m)
}

func TestAllIsWell(t *testing.T) {
	results, answered := check(t, healthy(), nil)
	if !answered || doctor.Worst(results) != doctor.OK {
		t.Errorf("%+v", results)
	}
	for _, name := range []string{"engine", "compose", "architecture", "ports", "subnets", "devices", "memory", "disk", "forwarding", "clock", "names"} {
		if !strings.Contains(text(results), "ok "+name+":") {
			t.Errorf("%s was not looked at:\n%s", name, text(results))
		}
	}
}

func text(results []doctor.Result) string {
	var out strings.Builder
	for _, r := range results {
		out.WriteString(string(r.State) + " " + r.Check + ": " + r.Message + " | " + r.Hint + "\n")
	}
	return out.String()
}

// Each bad day is told, with what to do, and nothing else is blamed.
func TestBadDays(t *testing.T) {
	addresses := func(list ...string) (out []netip.Addr) {
		for _, a := range list {
			out = append(out, netip.MustParseAddr(a))
		}
		return out
	}
	site := []string{"domain=example.org"}
	tests := map[string]struct {
		day   func(*machine)
		input func(*doctor.Patient)
		flags []string
		want  string // begins a line of the results
		hint  string
	}{
		"old engine":          {day: func(m *machine) { m.said.Version = "24.0.7" }, want: "problem engine: Docker Engine 24.0.7 is too old", hint: "25.0"},
		"strange engine":      {day: func(m *machine) { m.said.Version = "dev" }, want: "warning engine", hint: "25.0"},
		"no Compose":          {day: func(m *machine) { m.said.Compose = "" }, want: "problem compose: `docker compose` is not there", hint: "docker-compose-plugin"},
		"old Compose":         {day: func(m *machine) { m.said.Compose = "v2.33.0-desktop.1" }, want: "problem compose", hint: "2.33.1"},
		"32 bits":             {day: func(m *machine) { m.engine.Arch = "armv7l" }, want: "problem architecture", hint: "64-bit"},
		"port in use":         {day: func(m *machine) { m.taken = map[int64]error{443: doctor.ErrTaken} }, want: "problem ports: 443/tcp is in use on 127.0.0.1", hint: "publish.https"},
		"port of a container": {day: func(m *machine) { m.engine.Containers = []doctor.Container{other(443, "tcp", "0.0.0.0")} }, want: "problem ports: 443/tcp is published by the container other", hint: "publish.https"},
		"nobody can tell":     {day: func(m *machine) { m.taken = map[int64]error{80: errors.New("permission denied")} }, want: "unknown ports", hint: "root"},
		"rootless":            {day: func(m *machine) { m.engine.Rootless = true }, want: "problem ports: 80/tcp cannot be published", hint: "ip_unprivileged_port_start"},
		"other network": {day: func(m *machine) {
			m.engine.Networks = []doctor.Network{{Name: "lab", Subnets: []netip.Prefix{prefix("172.28.0.0/20")}}}
		}, want: "problem subnets: 172.28.0.0/24 overlaps 172.28.0.0/20 of the Docker network lab", hint: "network.pool, for example 172.31.0.0/16"},
		"route": {day: func(m *machine) {
			m.routes = append(m.routes, doctor.Route{To: prefix("10.0.0.0/8"), Device: "wg0"})
		}, want: "problem subnets: 10.8.0.0/24 overlaps 10.0.0.0/8 of the route to 10.0.0.0/8 by wg0", hint: "openvpn.subnet"},
		"no routes":       {day: func(m *machine) { m.routesFail = errors.New("denied") }, want: "unknown subnets", hint: "ip route"},
		"no device":       {day: func(m *machine) { m.noDevice = errors.New("no such device") }, want: "problem devices: openvpn needs /dev/net/tun", hint: "modprobe tun"},
		"little memory":   {day: func(m *machine) { m.engine.Memory = 1 << 30 }, want: "problem memory", hint: "larger machine"},
		"tight memory":    {day: func(m *machine) { m.engine.Memory = 4 << 30 }, want: "warning memory", hint: "larger machine"},
		"memory in use":   {day: func(m *machine) { m.memory = 500 << 20 }, want: "warning memory", hint: "stop other programs"},
		"full disk":       {day: func(m *machine) { m.free = 2 << 30 }, want: "problem disk: /var/lib/docker has 2.0 GiB left", hint: "docker system df"},
		"nearly full":     {day: func(m *machine) { m.free = 10 << 30 }, want: "warning disk", hint: "docker system df"},
		"hidden disk":     {day: func(m *machine) { m.freeFails = errors.New("denied") }, want: "unknown disk", hint: "root"},
		"no forwarding":   {day: func(m *machine) { m.said.Forwarding = false }, want: "problem forwarding", hint: "net.ipv4.ip_forward"},
		"no iptables":     {day: func(m *machine) { m.said.IPTables = false }, want: "problem forwarding", hint: "access lists"},
		"userland proxy":  {flags: []string{"publish.address=2001:db8::1"}, want: "warning forwarding: ports are published on IPv6", hint: "userland-proxy"},
		"clock unsynced":  {day: func(m *machine) { m.unsynced = true }, want: "warning clock", hint: "chrony"},
		"no clock state":  {day: func(m *machine) { m.clockFails = errors.New("denied") }, want: "unknown clock"},
		"engine's clock":  {day: func(m *machine) { m.engine.Time = today.Add(-time.Hour) }, want: "problem clock: the engine's clock is 1h0m0s away", hint: "virtual machine"},
		"clock behind":    {input: func(in *doctor.Patient) { in.Made = today.Add(time.Hour) }, want: "problem clock: it is 2026-11-22 12:00 UTC here, before this bundle was made", hint: "set the clock"},
		"no DNS":          {flags: site, want: "warning names: dashboard.example.org does not resolve here", hint: "DNS"},
		"no DNS for ACME": {flags: append(site, "tls.mode=acme", "tls.acme_email=a@example.org"), want: "problem names: dashboard.example.org does not resolve", hint: "ACME"},
		"behind NAT": {flags: site, day: func(m *machine) { m.names["dashboard.example.org"] = addresses("203.0.113.1") },
			want: "ok names: dashboard.example.org is 203.0.113.1, which is no address of this machine"},
		"AAAA": {flags: site, day: func(m *machine) { m.names["dashboard.example.org"] = addresses("192.0.2.7", "2001:db8::1") },
			want: "warning names: dashboard.example.org has an IPv6 address", hint: "AAAA"},
		"volumes, no secrets": {day: withVolume(yesterday), input: func(in *doctor.Patient) { in.Folder, in.Secrets = "", []doctor.Secret{{Path: "secrets/a"}} },
			want: "problem volumes: there are volumes of an earlier installation", hint: "docker volume rm"},
		"volumes, new secrets": {day: withVolume(yesterday.Add(-time.Hour)), want: "problem volumes: all secrets were made after these volumes, on 2026-11-21", hint: "backup"},
		"old images": {day: withImages(today.AddDate(0, 0, -31), today.AddDate(0, 0, -90)), want: "warning updates: the images have Debian's packages of 2026-10-22, 31 days old",
			hint: "build.debian_updates=2026-11-22"},
		"new images": {day: withImages(today.AddDate(0, 0, -90), today), want: "ok updates: the images have Debian's packages of 2026-11-22, 0 days old"},
		"images pinned": {day: withImages(today), flags: []string{"build.apt_snapshot=20260901T000000Z"},
			want: "warning updates: the images have Debian's packages of 2026-09-01, where build.apt_snapshot holds them", hint: "move build.apt_snapshot"},
		"a secret is lost": {input: func(in *doctor.Patient) { in.Secrets[1].Made = time.Time{} },
			want: "problem secrets: secrets/b is not there: containers that run keep what they have until their next start", hint: "restore from the backup"},
		"all secrets are lost": {input: func(in *doctor.Patient) {
			in.Secrets = []doctor.Secret{{Path: "secrets/a"}, {Path: "secrets/b", New: true}}
		},
			want: "problem secrets: none of the 2 secrets is there", hint: "restore secrets/ from the backup"},
		"a secret is new": {input: func(in *doctor.Patient) { in.Secrets[1] = doctor.Secret{Path: "secrets/b", New: true} },
			want: "problem secrets: secrets/b is not there: nothing was generated with it yet", hint: "owgen generate"},
		"no bind source": {day: func(m *machine) { m.gone = []string{"/site/ca.crt"} },
			want: "problem files: ca.crt is not there, and services mount it", hint: "backup"},
		"generated files are gone": {input: func(in *doctor.Patient) { in.Gone = []string{".env", "README.md"} },
			want: "warning files: generated, and not there: .env, README.md", hint: "owgen generate"},
		"another bundle": {day: runsFrom("/other"), want: "problem project: project openwisp already runs from /other: what is started here replaces its containers", hint: "set project to another name, or work there"},
		"moved": {day: func(m *machine) {
			runsFrom("/old")(m)
			m.gone = []string{"/old"}
		}, want: "warning project: project openwisp has containers that were started in /old, which is no longer there", hint: "right if this bundle was moved"},
		"another, closed to this user": {day: func(m *machine) {
			runsFrom("/root/other")(m)
			m.closed = []string{"/root/other"}
		}, want: "problem project: project openwisp already runs from /root/other", hint: "set project"},
		"a profile that runs": {day: runsFrom("/other"), input: profileOnly, want: "warning project: project openwisp already has containers, which were started in /other", hint: "owgen doctor /other"},
		"two folders": {day: runsFrom("/a", "/b"), input: profileOnly,
			want: "problem project: containers of the project openwisp come from several folders: /a, /b", hint: "setting project"},
		"new secrets of a running one": {day: func(m *machine) {
			runsFrom("/site")(m)
			withVolume(yesterday.Add(-time.Hour))(m)
		}, want: "unknown volumes: all secrets were made after these volumes, which are in use", hint: "before the next start"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := healthy()
			if test.day != nil {
				test.day(m)
			}
			results, _ := check(t, m, test.input, test.flags...)
			told := false
			for _, r := range results {
				if line := string(r.State) + " " + r.Check + ": " + r.Message; strings.HasPrefix(line, test.want) {
					told = true
					if !strings.Contains(r.Hint, test.hint) {
						t.Errorf("the hint is %q", r.Hint)
					}
				} else if r.State != doctor.OK && !strings.HasPrefix(test.want, string(r.State)+" "+r.Check) && r.Check != "names" {
					t.Errorf("blames %s: %s", r.Check, r.Message)
				}
				if (r.State == doctor.Problem || r.State == doctor.Warning) && r.Hint == "" {
					t.Errorf("%s has no hint", r.Message)
				}
			}
			if !told {
				t.Errorf("no %q in\n%s", test.want, text(results))
			}
		})
	}
}

// runsFrom lets containers of the project run that were started in folders.
func runsFrom(folders ...string) func(*machine) {
	return func(m *machine) {
		for _, folder := range folders {
			m.engine.Containers = append(m.engine.Containers, doctor.Container{Name: "openwisp-proxy-1", Project: "openwisp", Folder: folder, Running: true})
		}
	}
}

func profileOnly(in *doctor.Patient) { in.Folder, in.Made = "", time.Time{} }

// Of another bundle with the project's name nothing is taken for this one's: its ports, its networks and its volumes are in the way.
func TestAnotherBundleUnderTheSameName(t *testing.T) {
	m := healthy()
	theirs := other(443, "tcp", "127.0.0.1")
	theirs.Project, theirs.Folder = "openwisp", "/other"
	m.engine.Containers = []doctor.Container{theirs}
	m.engine.Networks = []doctor.Network{{Name: "openwisp_edge", Project: "openwisp", Bridge: "br-1", Subnets: []netip.Prefix{prefix("172.28.0.0/24")}}}
	m.engine.Volumes = []doctor.Volume{{Name: "openwisp_data", Made: yesterday.AddDate(0, 0, 1)}}
	results, _ := check(t, m, nil)
	said := text(results)
	for _, want := range []string{"problem project: project openwisp already runs from /other", "problem ports: 443/tcp is published by the container other",
		"problem subnets: 172.28.0.0/24 overlaps 172.28.0.0/24 of the Docker network openwisp_edge",
		"problem volumes: those with the project's name are of /other: openwisp_data"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(said, "by project openwisp itself") || strings.Contains(said, "ok volumes") || strings.Contains(said, "ok subnets") {
		t.Error(said)
	}

	m.links = map[string]string{"/other": "/site"} // the same folder, by another name
	results, _ = check(t, m, nil)
	if doctor.Worst(results) != doctor.OK || !strings.Contains(text(results), "443/tcp (by project openwisp itself)") {
		t.Error(text(results))
	}
}

// An engine elsewhere may have been called for the same bundle from elsewhere: that is no fault yet.
func TestAnotherFolderFromAfar(t *testing.T) {
	m := healthy()
	runsFrom("/other")(m)
	m.engine.Elsewhere = "on another machine"
	results, _ := check(t, m, nil)
	if !strings.Contains(text(results), "warning project: project openwisp has containers that were started in /other") || doctor.Worst(results) != doctor.Warning {
		t.Error(text(results))
	}
}

// What one setting moves is told once, with all that it overlaps.
func TestOverlapsShareAHint(t *testing.T) {
	m := healthy()
	for _, subnet := range []string{"172.28.0.0/24", "172.28.1.0/24", "172.28.2.0/24"} {
		m.engine.Networks = append(m.engine.Networks, doctor.Network{Name: "lab" + subnet, Subnets: []netip.Prefix{prefix(subnet)}})
	}
	results, _ := check(t, m, nil)
	if said := text(results); strings.Count(said, "move it with") != 1 || strings.Count(said, " overlaps ") != 3 {
		t.Error(said)
	}
}

func other(port int64, protocol, address string) doctor.Container {
	return doctor.Container{Name: "other", Project: "lab", Running: true, Ports: []doctor.PublishedPort{{Protocol: protocol, Address: address, Port: port}}}
}

func withImages(made ...time.Time) func(*machine) {
	return func(m *machine) {
		m.engine.Images = []doctor.Image{{Service: "other", Made: today.AddDate(-1, 0, 0)}}
		for _, at := range made {
			m.engine.Images = append(m.engine.Images, doctor.Image{Service: "openwisp-base", Made: at})
		}
	}
}

func withVolume(made time.Time) func(*machine) {
	return func(m *machine) {
		m.engine.Volumes = []doctor.Volume{{Name: "openwisp_data", Made: made}}
	}
}

// What is the project's own, or not in its way, is no problem.
func TestNoFalseAlarms(t *testing.T) {
	m := healthy()
	own := other(443, "tcp", "127.0.0.1")
	own.Project = "openwisp"
	m.engine.Containers = []doctor.Container{own, other(80, "tcp", "192.0.2.7"), other(80, "udp", "0.0.0.0")}
	m.engine.Networks = []doctor.Network{{Name: "openwisp_edge", Project: "openwisp", Bridge: "br-1", Subnets: []netip.Prefix{prefix("172.28.0.0/24")}}}
	m.engine.Volumes = []doctor.Volume{{Name: "openwisp_data", Made: yesterday.Add(-time.Hour)}} // a running one whose secrets were all replaced
	m.routes = append(m.routes, doctor.Route{To: prefix("172.28.0.0/24"), Device: "br-1"}, doctor.Route{To: prefix("128.0.0.0/1"), Device: "tun0"})
	m.taken = map[int64]error{443: doctor.ErrTaken}
	if results, _ := check(t, m, nil); doctor.Worst(results) != doctor.Unknown || strings.Count(text(results), "unknown ") != 1 || !strings.Contains(text(results), "unknown volumes") {
		t.Error(text(results))
	}
}

// What applies follows from the plan: nothing is said about a device that nothing needs.
func TestOnlyWhatThePlanNeeds(t *testing.T) {
	m := healthy()
	m.noDevice = errors.New("no such device")
	m.taken = map[int64]error{1194: doctor.ErrTaken, 1812: doctor.ErrTaken}
	if results, _ := check(t, m, nil, "services.openvpn=false", "modules.radius=false"); doctor.Worst(results) != doctor.OK {
		t.Error(text(results))
	}
}

func TestEngineIsDownOrElsewhere(t *testing.T) {
	m := healthy()
	m.down = errors.New("connection refused")
	// All that the deployment itself may have taken: its ports, its bridges, its memory. Nobody can tell it from strangers.
	m.taken = map[int64]error{80: doctor.ErrTaken, 443: doctor.ErrTaken, 1194: doctor.ErrTaken}
	m.routes = append(m.routes, doctor.Route{To: prefix("172.28.0.0/24"), Device: "br-1"}, doctor.Route{To: prefix("172.28.1.0/24"), Device: "br-2"})
	m.memory = 500 << 20
	results, answered := check(t, m, nil)
	said := text(results)
	if answered || strings.Count(said, "problem ") != 1 || strings.Contains(said, "warning ") {
		t.Error(said)
	}
	for _, want := range []string{"problem engine: the Docker engine does not answer: connection refused", "unknown ports: not looked at: no engine answers",
		"unknown subnets: not looked at: no engine answers", "unknown memory", "ok clock"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
	// The same with several machines, of which the engine alone could tell.
	m = healthy()
	m.down = errors.New("connection refused")
	results, _ = check(t, m, nil, "target=swarm", "storage.mode=nfs", "services.fileserver=true", "publish.address=0.0.0.0")
	if said := text(results); !strings.Contains(said, "unknown machines: not looked at: no engine answers") || strings.Contains(said, "unknown ports") {
		t.Error(said)
	}
	m = healthy()
	m.engine.Elsewhere = "on another machine"
	m.taken = map[int64]error{443: doctor.ErrTaken}
	m.noDevice = errors.New("no such device")
	results, _ = check(t, m, nil)
	if doctor.Worst(results) != doctor.Unknown || strings.Count(text(results), "where owgen cannot look") != 4 {
		t.Error(text(results))
	}
}

// An otherEngine is one that doctor has never heard of.
type otherEngine struct{ facts doctor.EngineFacts }

func (e otherEngine) Ask(context.Context, string) (*doctor.EngineFacts, error) { return &e.facts, nil }
func (otherEngine) Words() doctor.Words {
	return doctor.Words{Engine: "the lab", Install: "build it", Network: "the wire", MakeRoom: "tidy up", RemoveVolumes: "burn them", Rebuild: "lab again"}
}

// Another engine brings its own checks and words; nothing that is said of it is Docker's.
func TestAnotherEngine(t *testing.T) {
	own := []doctor.Result{{Check: "lab", State: doctor.OK, Message: "is warm"}}
	m := healthy()
	m.free = 1 << 30
	e := otherEngine{doctor.EngineFacts{Arch: "x86_64", Memory: 8 << 30, Root: "/lab", Time: today, Itself: own,
		Publishing: func(v4, _ bool) []doctor.Result {
			return []doctor.Result{{Check: "wires", State: doctor.OK, Message: fmt.Sprint("IPv4 ", v4)}}
		},
		Networks: []doctor.Network{{Name: "lab", Subnets: []netip.Prefix{prefix("172.28.0.0/20")}}},
		Volumes:  []doctor.Volume{{Name: "box", Made: yesterday}},
		Images:   []doctor.Image{{Service: "openwisp-base", Made: today.AddDate(-1, 0, 0)}}}}
	results, answered := doctor.Check(t.Context(), doctor.Patient{Plan: built.plan(t, nil)}, m, e)
	var said strings.Builder
	for _, r := range results {
		fmt.Fprintf(&said, "%s %s: %s; %s\n", r.State, r.Check, r.Message, r.Hint)
	}
	for _, want := range []string{"ok lab: is warm", "ok wires: IPv4 true", "of the wire lab", "; tidy up", "burn them", "lab again"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("%q is not said", want)
		}
	}
	if !answered || strings.Contains(strings.ToLower(said.String()), "docker") {
		t.Errorf("%v\n%s", answered, said.String())
	}
}
