//go:build unix

package docker

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/owgen/owgen/generator/doctor"
)

// answering puts a docker command in the way that knows answers by what it is asked.
func answering(t *testing.T, answers map[string]string) {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\ncase \"$1 $2\" in\n"
	for asked, answer := range answers {
		script += "'" + asked + "') cat <<'END'\n" + answer + "\nEND\n;;\n"
	}
	if err := os.WriteFile(filepath.Join(dir, "docker"), []byte(script+"*) exit 0 ;;\nesac\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("DOCKER_HOST", "")
}

const said = `{"ServerVersion":"26.1","Architecture":"x86_64","OperatingSystem":"Debian","MemTotal":4096,"DockerRootDir":"/var/lib/docker","IPv4Forwarding":true,"SystemTime":"2026-01-02T03:04:05Z","SecurityOptions":["name=rootless"]}`

// What the engine prints becomes facts; what it has of others is told from the project's own.
func TestAsk(t *testing.T) {
	made := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	answering(t, map[string]string{
		"info --format":     said,
		"compose version":   "2.33.1",
		"context inspect":   "unix:///var/run/docker.sock",
		"container ls":      "a",
		"container inspect": `{"Name":"/site-web-1","Labels":{"com.docker.compose.project":"site","com.docker.compose.project.working_dir":"/srv/site"},"Running":true,"Ports":{"53/udp":[{"HostIp":"127.0.0.1","HostPort":"5353"}],"80/tcp":null}}`,
		"network ls":        "n",
		"network inspect":   `{"Name":"site_edge","ID":"0123456789abcdef","Labels":{"com.docker.compose.project":"site"},"Options":null,"IPAM":[{"Subnet":"172.28.0.0/24"},{"Subnet":"nonsense"}]}`,
		"volume ls":         "v",
		"volume inspect":    `{"Name":"site_data","CreatedAt":"2026-01-02T03:04:05Z"}`,
		"image ls":          "i",
		"image inspect":     `{"Title":"web","Created":"2026-01-02T03:04:05Z"}`,
	})
	got, err := Engine{}.Ask(t.Context(), "site")
	if err != nil {
		t.Fatal(err)
	}
	want := &doctor.EngineFacts{Arch: "x86_64", Memory: 4096, Root: "/var/lib/docker", Rootless: true, Time: made,
		Itself: []doctor.Result{{Check: "engine", State: doctor.OK, Message: "Docker Engine 26.1"}, {Check: "compose", State: doctor.OK, Message: "Compose 2.33.1"}},
		Containers: []doctor.Container{{Name: "site-web-1", Project: "site", Folder: "/srv/site", Running: true,
			Ports: []doctor.PublishedPort{{Protocol: "udp", Address: "127.0.0.1", Port: 5353}}}},
		Networks: []doctor.Network{{Name: "site_edge", Project: "site", Bridge: "br-0123456789ab", Subnets: []netip.Prefix{netip.MustParsePrefix("172.28.0.0/24")}}},
		Volumes:  []doctor.Volume{{Name: "site_data", Made: made}}, Images: []doctor.Image{{Service: "web", Made: made}}}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(doctor.EngineFacts{}, "Publishing"), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestElsewhere(t *testing.T) {
	for name, x := range map[string]struct{ system, host, context, want string }{
		"here":            {"Debian", "", "unix:///var/run/docker.sock", ""},
		"Docker Desktop":  {"Docker Desktop", "", "unix:///x", "in a virtual machine"},
		"by a variable":   {"Debian", "ssh://a@b", "unix:///x", "on another machine"},
		"by a context":    {"Debian", "", "tcp://b:2376", "on another machine"},
		"nothing is said": {"Debian", "", "", ""},
	} {
		answering(t, map[string]string{"info --format": strings.Replace(said, "Debian", x.system, 1), "context inspect": x.context})
		t.Setenv("DOCKER_HOST", x.host)
		got, err := Engine{}.Ask(t.Context(), "site")
		if err != nil || got.Elsewhere != x.want {
			t.Errorf("%s: %q, %v", name, got.Elsewhere, err)
		}
	}
}

func TestNoAnswer(t *testing.T) {
	for name, x := range map[string]struct{ info, want string }{
		"an error":    {`{"ServerErrors":["Cannot connect to the Docker daemon\nmore"]}`, "Cannot connect to the Docker daemon"},
		"nothing":     {"", "it says nothing of itself"},
		"no version":  {"{}", "it says nothing of itself"},
		"not an info": {"hello", "docker info prints something else than expected"},
	} {
		answering(t, map[string]string{"info --format": x.info})
		if _, err := (Engine{}).Ask(t.Context(), "site"); err == nil || !strings.HasPrefix(err.Error(), x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Versions are compared by their numbers, and what is none is not taken for an old one.
func TestItself(t *testing.T) {
	for name, x := range map[string]struct {
		said Said
		want []doctor.State
	}{
		"new":       {Said{Version: "26.1.5+dfsg1", Compose: "v2.40.0-desktop.1"}, []doctor.State{doctor.OK, doctor.OK}},
		"exactly":   {Said{Version: "25.0.0", Compose: "2.33.1"}, []doctor.State{doctor.OK, doctor.OK}},
		"old":       {Said{Version: "24.0.9", Compose: "2.33.0"}, []doctor.State{doctor.Problem, doctor.Problem}},
		"no plugin": {Said{Version: "100.0"}, []doctor.State{doctor.OK, doctor.Problem}},
		"strange":   {Said{Version: "dev", Compose: "dev"}, []doctor.State{doctor.Warning, doctor.Warning}},
	} {
		var got []doctor.State
		for _, r := range x.said.Itself() {
			got = append(got, r.State)
		}
		if diff := cmp.Diff(x.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}
