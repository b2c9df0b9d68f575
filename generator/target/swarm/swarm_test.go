package swarm

import (
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
)

func newTest(p *plan.Plan) *builder {
	return &builder{plan: p, project: &types.Project{}, packed: map[string]string{}, configs: map[string]file{}}
}

// What a container sees of its machine becomes what all machines have, or is refused.
func TestVolumes(t *testing.T) {
	b := newTest(&plan.Plan{Project: "x"})
	var out service
	b.volumes(&plan.Service{Definition: &catalog.Definition{Name: "web"}}, types.ServiceConfig{ContainerSpec: types.ContainerSpec{
		ShmSize: 64 << 20,
		Tmpfs:   types.StringList{"/run/web:size=1m,uid=1001,gid=1001,mode=0700", "/tmp:size=2g,mode=1777", "/bad:size=1m,exec"},
		Devices: []types.DeviceMapping{{Source: "/dev/net/tun", Target: "/dev/net/tun"}, {Source: "/dev/kvm", Target: "/dev/kvm"}},
		Volumes: []types.ServiceVolumeConfig{
			{Type: "volume", Source: "data", Target: "/data", ReadOnly: true},
			{Type: "bind", Source: "./ca.crt", Target: "/etc/ca.crt", ReadOnly: true},
			{Type: "bind", Source: "./custom/web", Target: "/srv", ReadOnly: true},
			{Type: "bind", Source: "/etc/letsencrypt", Target: "/run/renewed/key", ReadOnly: true},
			{Type: "bind", Source: "/srv/mine", Target: "/mine"},
		},
	}}, &out)
	want := []mount{
		{Type: "volume", Source: "data", Target: "/data", ReadOnly: true},
		{Type: "volume", Target: "/srv"},
		{Type: "tmpfs", Target: "/run/web", Tmpfs: &tmpfs{1 << 20}},
		{Type: "tmpfs", Target: "/tmp", Tmpfs: &tmpfs{2 << 30}},
		{Type: "tmpfs", Target: "/bad", Tmpfs: &tmpfs{1 << 20}},
		{Type: "tmpfs", Target: "/dev/shm", Tmpfs: &tmpfs{64 << 20}},
		{Type: "bind", Source: "/dev/net/tun", Target: "/dev/net/tun"},
	}
	if diff := cmp.Diff(want, out.Volumes); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]reference{{Source: "ca-crt", Target: "/etc/ca.crt"}, {Source: "custom-web", Target: "/run/owgen/custom-web.tar.gz"}}, out.Configs); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"/run/owgen/custom-web.tar.gz /srv"}, b.unpack); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"custom-web": "custom/web"}, b.packed); diff != "" {
		t.Error(diff)
	}
	var refused []string
	for _, f := range b.found {
		refused = append(refused, f.Path+" "+f.Message)
	}
	if diff := cmp.Diff([]string{
		"services.web.volumes /srv/mine is a folder of one machine",
		"services.web.tmpfs /bad has the option exec, which a stack does not know",
		"services.web.devices /dev/kvm cannot be given to a task of Swarm",
	}, refused); diff != "" {
		t.Error(diff)
	}
}

// What an attacker, or a careless hand, puts into a value is a value: nothing of it is filled in at the deployment, but for our variables.
func TestValuesAreNotFilledIn(t *testing.T) {
	b := newTest(&plan.Plan{Project: "x"})
	b.plan.Services = []*plan.Service{{Definition: &catalog.Definition{Name: "web", Role: "app"}}}
	text, err := b.write(map[string]service{"web": {Image: "i", Environment: map[string]string{
		"A": "$HOME ${SQL_PASSWORD_HASH} $$", "B": filled("FILES_CLIENTS:?x"), "C": "one\n$TWO"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`A: "$$HOME $${SQL_PASSWORD_HASH} $$$$"`, `B: "${FILES_CLIENTS:?x}"`, "one\n        $$TWO"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is missing in\n%s", want, text)
		}
	}
}

// Who opens the stack reads first what it is made from, and what no line of it can say.
func TestStackBeginsWithItsComment(t *testing.T) {
	b := newTest(&plan.Plan{Project: "x", Services: []*plan.Service{{Definition: &catalog.Definition{Name: "web", Role: "app"}}}})
	text, err := b.write(map[string]service{"web": {Image: "i"}})
	if err != nil {
		t.Fatal(err)
	}
	want := "# " + strings.ReplaceAll(header, "\n", "\n# ") + "\n\nservices:\n"
	if got := string(text); !strings.HasPrefix(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

// A new task starts first only where nothing keeps it from running beside the old one.
func TestOrder(t *testing.T) {
	p := &plan.Plan{Volumes: []plan.Volume{{Name: "home", Class: plan.ClassHome}, {Name: "shared", Class: plan.ClassShared}}}
	for name, c := range map[string]struct {
		service plan.Service
		order   string
	}{
		"without a state":   {plan.Service{Definition: &catalog.Definition{Scaling: "stateless"}}, "start-first"},
		"one at a time":     {plan.Service{Definition: &catalog.Definition{Scaling: "leader"}}, "stop-first"},
		"a port":            {plan.Service{Definition: &catalog.Definition{Scaling: "stateless"}, Ports: []plan.Published{{Host: 80}}}, "stop-first"},
		"data":              {plan.Service{Definition: &catalog.Definition{Scaling: "stateless"}, Volumes: []catalog.Volume{{Name: "home"}}}, "stop-first"},
		"reads data only":   {plan.Service{Definition: &catalog.Definition{Scaling: "stateless"}, Volumes: []catalog.Volume{{Name: "home", ReadOnly: true}}}, "start-first"},
		"data that is lent": {plan.Service{Definition: &catalog.Definition{Scaling: "stateless"}, Volumes: []catalog.Volume{{Name: "shared"}}}, "start-first"},
	} {
		t.Run(name, func(t *testing.T) {
			got := newTest(p).deploy(&c.service, types.ServiceConfig{})
			if got.UpdateConfig.Order != c.order || got.RollbackConfig.Order != c.order || got.UpdateConfig.FailureAction != "rollback" {
				t.Errorf("%+v %+v", got.UpdateConfig, got.RollbackConfig)
			}
		})
	}
	job := newTest(p).deploy(&plan.Service{Definition: &catalog.Definition{Role: catalog.RoleJob}, Replicas: 1}, types.ServiceConfig{})
	if job.Mode != "replicated-job" || job.UpdateConfig != nil || job.RestartPolicy.Condition != "on-failure" {
		t.Errorf("a job: %+v", job)
	}
}

// What answers requests, and runs beside its successor, serves on for a while after it was told to end.
func TestDrain(t *testing.T) {
	served := []plan.Route{{Service: "web", Port: 8080}}
	grace := types.Duration(30 * time.Second)
	for name, c := range map[string]struct {
		routes []plan.Route
		web    plan.Service
		drain  string
		grace  string
	}{
		"asked":            {served, plan.Service{Definition: &catalog.Definition{Name: "web", Scaling: "stateless"}}, "10", "40s"},
		"never asked":      {nil, plan.Service{Definition: &catalog.Definition{Name: "web", Scaling: "stateless"}}, "", "30s"},
		"one at a time":    {served, plan.Service{Definition: &catalog.Definition{Name: "web", Scaling: "leader"}}, "", "30s"},
		"a machine's port": {served, plan.Service{Definition: &catalog.Definition{Name: "web", Scaling: "stateless"}, Ports: []plan.Published{{Host: 80}}}, "", "30s"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newTest(&plan.Plan{Routes: c.routes, Services: []*plan.Service{&c.web}})
			from := types.ServiceConfig{ContainerSpec: types.ContainerSpec{Entrypoint: []string{"serve"}, StopGracePeriod: &grace}}
			out := service{Environment: map[string]string{}, StopGracePeriod: duration(&grace)}
			b.begin(&c.web, from, &out)
			if out.Environment["DRAIN"] != c.drain || out.StopGracePeriod != c.grace || c.drain != "" && !slices.Equal(out.Entrypoint, []string{"begin"}) {
				t.Errorf("%+v", out)
			}
		})
	}
}

// The program that does it passes the order on late, once, and ends as its command does.
func TestDrainPassesTheOrderOn(t *testing.T) {
	for name, c := range map[string]struct {
		seconds, command string
		told             bool
		code             int
		least, most      time.Duration
	}{
		"told to end":    {"2", `trap "exit 7" TERM; echo ready; while :; do sleep 0.1; done`, true, 7, 2 * time.Second, 20 * time.Second},
		"ends meanwhile": {"60", `trap "" TERM; echo ready; sleep 1`, true, -1, 0, 20 * time.Second},
		"ends by itself": {"60", `echo ready; exit 5`, false, 5, 0, 20 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := exec.Command("sh", "../../../dockerfiles/base/files/drain", c.seconds, "sh", "-c", c.command)
			out, err := run.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := run.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := out.Read(make([]byte, 10)); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			if c.told {
				if err := run.Process.Signal(syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
			}
			_ = run.Wait() // its status is looked at below
			took := time.Since(began)
			if code := run.ProcessState.ExitCode(); c.code >= 0 && code != c.code || took < c.least || took > c.most {
				t.Errorf("ended with %d after %s", code, took)
			}
		})
	}
}

// Swarm ends what is unhealthy: a database that recovers is not, for as long as that may take.
func TestStartsMayBeSlow(t *testing.T) {
	short, long := types.Duration(time.Minute), types.Duration(3*time.Minute)
	for _, c := range []struct {
		period *types.Duration
		want   string
	}{{nil, "10m"}, {&short, "10m"}, {&long, "15m"}} {
		got := healthcheck(types.ServiceConfig{WorkloadSpec: types.WorkloadSpec{HealthCheck: &types.HealthCheckConfig{StartPeriod: c.period}}})
		if got.StartPeriod != c.want {
			t.Errorf("%s, and not %s", got.StartPeriod, c.want)
		}
	}
}

// Swarm ends what is unhealthy, so a slow probe is no failed one.
func TestProbesMayBeSlow(t *testing.T) {
	of := func(timeout *types.Duration) types.ServiceConfig {
		return types.ServiceConfig{WorkloadSpec: types.WorkloadSpec{HealthCheck: &types.HealthCheckConfig{Timeout: timeout}}}
	}
	short, long := types.Duration(5*time.Second), types.Duration(time.Minute)
	for want, from := range map[string]types.ServiceConfig{"20s": of(&short), "1m": of(&long)} {
		if got := healthcheck(from); got.Timeout != want {
			t.Errorf("%s, and not %s", got.Timeout, want)
		}
	}
	if got := healthcheck(of(nil)); got.Timeout != "20s" {
		t.Errorf("without one %s", got.Timeout)
	}
	if got := healthcheck(types.ServiceConfig{}); got != nil {
		t.Errorf("without a probe %+v", got)
	}
}

// Whoever shall reach nobody has a network of its own, outside of all planned ones and of each other's.
func TestAside(t *testing.T) {
	b := newTest(&plan.Plan{})
	for pool, want := range map[string][]string{
		"172.28.0.0/16": {"172.28.255.0/28", "172.28.255.16/28"},
		"10.99.8.0/21":  {"10.99.15.0/28", "10.99.15.16/28"},
		"10.0.0.0/8":    {"10.255.255.0/28", "10.255.255.16/28"},
	} {
		b.plan.Pool = prefix(t, pool)
		if got := []string{b.aside(0), b.aside(1)}; !slices.Equal(got, want) {
			t.Errorf("%s: %v", pool, got)
		}
	}
}

func TestCommand(t *testing.T) {
	for want, step := range map[string]plan.Step{
		"./on exec -u 1001 store dump 'a b' > backup/x": {Kind: "exec", Services: []string{"store"}, Command: []string{"dump", "a b"}, User: "1001", To: "x"},
		"./on run store load < backup/x":                {Kind: "run", Services: []string{"store"}, Command: []string{"load"}, From: "x"},
		"./on restart a b":                              {Kind: "restart", Services: []string{"a", "b"}},
	} {
		if got := (Target{}).Command(step); got != want {
			t.Errorf("%s, and not %s", got, want)
		}
	}
}

// A server that keeps a password itself is told the new one before ./deploy starts it with that; all else is ./deploy's.
func TestRotations(t *testing.T) {
	store, clients := []string{"store"}, []string{"web", "worker"}
	set := plan.Step{Kind: "run", Services: store, Command: []string{"set-password"}}
	for name, c := range map[string]struct{ steps, want []plan.Step }{
		"while it is stopped": {[]plan.Step{{Kind: "stop", Services: store}, set, {Kind: "start", Services: store}, {Kind: "restart", Services: clients}},
			[]plan.Step{{Kind: "stop", Services: store}, set, {Kind: "restart", Services: clients}}},
		"only while it runs": {[]plan.Step{{Kind: "exec", Services: store, Command: set.Command}},
			[]plan.Step{{Kind: "exec", Services: store, Command: set.Command}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := rotations([]plan.Rotation{{Secret: "password", Steps: c.steps}})
			if diff := cmp.Diff([]plan.Rotation{{Secret: "password", Steps: c.want}}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func prefix(t *testing.T, text string) netip.Prefix {
	t.Helper()
	p, err := netip.ParsePrefix(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
