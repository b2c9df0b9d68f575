// Package docker asks the Docker engine, which its docker command reaches, and knows what it has to be.
package docker

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/owgen/owgen/generator/doctor"
	"github.com/owgen/owgen/generator/engine"
	"github.com/owgen/owgen/generator/read"
)

// patience is how long the engine may take to answer.
const patience = 20 * time.Second

// The labels by which Compose knows its own.
const (
	projectLabel = "com.docker.compose.project"
	folderLabel  = "com.docker.compose.project.working_dir"
)

// The labels by which images of bundles are known.
const (
	vendorLabel = "org.opencontainers.image.vendor"
	titleLabel  = "org.opencontainers.image.title"
)

// Engine is the one that the docker command reaches.
type Engine struct{}

// Ask asks for everything at once.
func (Engine) Ask(ctx context.Context, project string) (*doctor.EngineFacts, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	e, said, err := info(ctx)
	if err != nil {
		return nil, err
	}
	said.Compose, _ = engine.Text(ctx, "compose", "version", "--short") // absent is an answer, too
	e.Itself, e.Publishing = said.Itself(), said.Publishing
	var group sync.WaitGroup
	errs := make([]error, 4)
	group.Go(func() { e.Containers, errs[0] = containers(ctx, project) })
	group.Go(func() { e.Networks, errs[1] = networks(ctx) })
	group.Go(func() { e.Volumes, errs[2] = volumes(ctx, project) })
	group.Go(func() { e.Images, errs[3] = images(ctx) })
	group.Wait()
	return e, errors.Join(errs...)
}

func info(ctx context.Context) (*doctor.EngineFacts, Said, error) {
	type answer struct {
		ServerVersion   string
		ServerErrors    []string
		Architecture    string
		OperatingSystem string
		MemTotal        uint64
		DockerRootDir   string
		IPv4Forwarding  bool
		SystemTime      time.Time
		SecurityOptions []string
	}
	answers, err := engine.JSON[answer](ctx, "info", "--format", "{{json .}}")
	if err != nil {
		return nil, Said{}, err
	}
	if len(answers) != 1 || answers[0].ServerVersion == "" {
		if len(answers) == 1 && len(answers[0].ServerErrors) > 0 {
			return nil, Said{}, errors.New(engine.FirstLine(answers[0].ServerErrors[0]))
		}
		return nil, Said{}, errors.New("it says nothing of itself")
	}
	a := answers[0]
	rootless := slices.ContainsFunc(a.SecurityOptions, func(o string) bool { return strings.Contains(o, "rootless") })
	e := &doctor.EngineFacts{Arch: a.Architecture, Memory: a.MemTotal, Root: a.DockerRootDir, Rootless: rootless, Time: a.SystemTime, Elsewhere: elsewhere(ctx, a.OperatingSystem)}
	said := Said{Version: a.ServerVersion, Rootless: rootless, Forwarding: a.IPv4Forwarding}
	said.IPTables, said.UserlandProxy = daemonConfig(ctx, e.Elsewhere == "")
	return e, said, nil
}

// elsewhere says where the engine runs if not on this machine's own kernel.
func elsewhere(ctx context.Context, system string) string {
	if strings.Contains(system, "Docker Desktop") || runtime.GOOS != "linux" { // containers run on Linux alone
		return "in a virtual machine"
	}
	endpoint := os.Getenv("DOCKER_HOST")
	if endpoint == "" {
		endpoint, _ = engine.Text(ctx, "context", "inspect", "--format", "{{.Endpoints.docker.Host}}")
	}
	if endpoint != "" && !strings.HasPrefix(endpoint, "unix://") {
		return "on another machine"
	}
	return ""
}

// daemonConfig reads what is off in the daemon's configuration, if that is here and readable.
func daemonConfig(ctx context.Context, here bool) (iptables, userlandProxy bool) {
	config := struct {
		IPTables      *bool `json:"iptables"`
		UserlandProxy *bool `json:"userland-proxy"`
	}{}
	if here {
		if text, err := read.File(ctx, "/etc/docker/daemon.json", read.Text); err == nil {
			_ = json.Unmarshal(text, &config) // a daemon that runs has read it
		}
	}
	return config.IPTables == nil || *config.IPTables, config.UserlandProxy == nil || *config.UserlandProxy
}

func containers(ctx context.Context, project string) ([]doctor.Container, error) {
	running, err := engine.Text(ctx, "container", "ls", "--quiet", "--no-trunc")
	if err != nil {
		return nil, err
	}
	own, err := engine.Text(ctx, "container", "ls", "--all", "--quiet", "--no-trunc", "--filter", "label="+projectLabel+"="+project)
	if err != nil {
		return nil, err
	}
	ids := strings.Fields(running + " " + own)
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 {
		return nil, nil
	}
	type answer struct {
		Name    string
		Labels  map[string]string
		Running bool
		Ports   map[string][]struct{ HostIP, HostPort string }
	}
	format := `{"Name":{{json .Name}},"Labels":{{json .Config.Labels}},"Running":{{json .State.Running}},"Ports":{{json .NetworkSettings.Ports}}}`
	answers, err := engine.JSON[answer](ctx, append([]string{"container", "inspect", "--format", format}, ids...)...)
	if engine.Absent(err) { // gone in between
		return nil, nil
	}
	var out []doctor.Container
	for _, a := range answers {
		c := doctor.Container{Name: strings.TrimPrefix(a.Name, "/"), Project: a.Labels[projectLabel], Folder: a.Labels[folderLabel], Running: a.Running}
		for target, bindings := range a.Ports {
			_, protocol, _ := strings.Cut(target, "/")
			for _, b := range bindings {
				if port, err := strconv.ParseInt(b.HostPort, 10, 64); err == nil {
					c.Ports = append(c.Ports, doctor.PublishedPort{Protocol: protocol, Address: b.HostIP, Port: port})
				}
			}
		}
		out = append(out, c)
	}
	return out, err
}

func networks(ctx context.Context) ([]doctor.Network, error) {
	ids, err := engine.Text(ctx, "network", "ls", "--quiet", "--no-trunc")
	if err != nil || ids == "" {
		return nil, err
	}
	type answer struct {
		Name, ID string
		Labels   map[string]string
		Options  map[string]string
		IPAM     []struct{ Subnet string }
	}
	format := `{"Name":{{json .Name}},"ID":{{json .ID}},"Labels":{{json .Labels}},"Options":{{json .Options}},"IPAM":{{json .IPAM.Config}}}`
	answers, err := engine.JSON[answer](ctx, append([]string{"network", "inspect", "--format", format}, strings.Fields(ids)...)...)
	if engine.Absent(err) {
		return nil, nil
	}
	var out []doctor.Network
	for _, a := range answers {
		n := doctor.Network{Name: a.Name, Project: a.Labels[projectLabel], Bridge: a.Options["com.docker.network.bridge.name"]}
		if n.Bridge == "" && len(a.ID) >= 12 {
			n.Bridge = "br-" + a.ID[:12]
		}
		for _, config := range a.IPAM {
			if subnet, err := netip.ParsePrefix(config.Subnet); err == nil {
				n.Subnets = append(n.Subnets, subnet)
			}
		}
		out = append(out, n)
	}
	return out, err
}

func images(ctx context.Context) ([]doctor.Image, error) {
	ids, err := engine.Text(ctx, "image", "ls", "--quiet", "--no-trunc", "--filter", "label="+vendorLabel+"=owgen")
	if err != nil || ids == "" {
		return nil, err
	}
	names := strings.Fields(ids)
	slices.Sort(names)
	type answer struct {
		Title   string
		Created time.Time
	}
	format := `{"Title":{{json (index .Config.Labels "` + titleLabel + `")}},"Created":{{json .Created}}}`
	answers, err := engine.JSON[answer](ctx, append([]string{"image", "inspect", "--format", format}, slices.Compact(names)...)...)
	if engine.Absent(err) { // gone in between
		return nil, nil
	}
	var out []doctor.Image
	for _, a := range answers {
		out = append(out, doctor.Image{Service: a.Title, Made: a.Created})
	}
	return out, err
}

func volumes(ctx context.Context, project string) ([]doctor.Volume, error) {
	names, err := engine.Text(ctx, "volume", "ls", "--quiet", "--filter", "label="+projectLabel+"="+project)
	if err != nil || names == "" {
		return nil, err
	}
	type answer struct {
		Name      string
		CreatedAt time.Time
	}
	format := `{"Name":{{json .Name}},"CreatedAt":{{json .CreatedAt}}}`
	answers, err := engine.JSON[answer](ctx, append([]string{"volume", "inspect", "--format", format}, strings.Fields(names)...)...)
	var out []doctor.Volume
	for _, a := range answers {
		out = append(out, doctor.Volume{Name: a.Name, Made: a.CreatedAt})
	}
	return out, err
}
