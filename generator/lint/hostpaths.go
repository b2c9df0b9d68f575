package lint

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/lazy"
)

// A hostBind is a folder, file or socket of the host that a service mounts.
type hostBind struct {
	service  locatedService
	source   string // clean, and absolute where that can be told
	target   string
	readOnly bool
	path     []string
}

func (b hostBind) find(message string) diag.Finding { return b.service.find(message, b.path...) }

// home stands for the folder of whoever runs Compose: wherever it is, keys and logins lie in it.
const home = "/home/~"

// hostBinds lists what services mount of the host, also by a volume that is nothing else.
func (p *Subject) hostBinds() []hostBind {
	var all []hostBind
	for _, s := range p.running() {
		for i, volume := range s.Volumes {
			source := ""
			switch volume.Type {
			case types.VolumeTypeBind, types.VolumeTypeNamedPipe:
				source = volume.Source
			case types.VolumeTypeVolume:
				options := p.Loaded.Volumes[volume.Source].DriverOpts
				if flags := strings.Split(options["o"], ","); slices.Contains(flags, "bind") || slices.Contains(flags, "rbind") {
					source = options["device"]
				}
			}
			if source != "" {
				all = append(all, hostBind{s, p.hostPath(source), volume.Target, volume.ReadOnly, []string{"volumes", "[" + strconv.Itoa(i) + "]"}})
			}
		}
	}
	return all
}

// hostPath makes a path of a compose file absolute, as far as that can be told.
func (p *Subject) hostPath(source string) string {
	own := path.Clean("/" + p.Variables["HOME"])
	switch {
	case source == "~" || strings.HasPrefix(source, "~/"):
		return path.Join(home, source[1:])
	case strings.HasPrefix(source, `\\.\pipe\`), strings.HasPrefix(source, "//./pipe/"):
		return strings.ReplaceAll(source, `\`, "/")
	case drive().MatchString(source):
		source = "/" + strings.ReplaceAll(source[2:], `\`, "/")
	case strings.HasPrefix(source, "/"):
	case p.Dir != "":
		source = path.Join(strings.ReplaceAll(p.Dir, `\`, "/"), source)
		if strings.HasPrefix(source, path.Clean(p.Dir)) { // what belongs to the project is no part of the host's system
			return path.Clean(strings.TrimPrefix(source, path.Clean(p.Dir)+"/"))
		}
	}
	source = path.Clean(source)
	if rest, ok := strings.CutPrefix(source, "/private/"); ok { // where macOS keeps /etc and /var
		source = "/" + rest
	}
	if own != "/" && own != "/root" && (source == own || strings.HasPrefix(source, own+"/")) {
		return path.Join(home, source[len(own):])
	}
	return source
}

// drive begins a path of Windows.
var drive = lazy.Regexp(`^[A-Za-z]:[\\/]`)

// isWithin tells whether a path is one of the folders, or lies in one.
func isWithin(name string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool { return name == folder || strings.HasPrefix(name, folder+"/") })
}

// engineSocket tells whether a path is a socket through which containers are started, or holds one.
func engineSocket(name string) bool {
	base := path.Base(name)
	if base == "docker_engine" || strings.HasSuffix(base, ".sock") && slices.ContainsFunc(
		[]string{"docker", "podman", "containerd", "crio", "buildkit", "dockershim", "k3s"}, func(engine string) bool { return strings.Contains(base, engine) }) {
		return true
	}
	return slices.Contains([]string{"/run", "/var/run", "/run/docker", "/var/run/docker", "/run/podman", "/var/run/podman", "/run/containerd", "/var/run/containerd",
		"/run/crio", "/var/run/crio"}, name)
}

func engineSockets(p *Subject) diag.List {
	var found diag.List
	for _, b := range p.hostBinds() {
		switch {
		case !engineSocket(b.source):
		case strings.HasSuffix(b.source, ".sock") || path.Base(b.source) == "docker_engine":
			found.Add(b.find(b.source + " is the engine's socket"))
		default:
			found.Add(b.find(b.source + " holds the engine's socket"))
		}
	}
	for _, s := range p.running() {
		if s.UseAPISocket {
			found.Add(s.find("reaches the engine's socket", "use_api_socket"))
		}
	}
	return found
}

func hostPaths(p *Subject) diag.List {
	var found diag.List
	for _, b := range p.hostBinds() {
		if engineSocket(b.source) || isDevice(b.source) {
			continue // said by another rule
		}
		problem := b.owner()
		if problem == "" {
			continue
		}
		f := b.find(strings.Replace(b.source, home, "~", 1) + " " + problem)
		if b.readOnly {
			f.Hint = "mount the one file that is needed"
		}
		found.Add(f)
	}
	return found
}

// isDevice tells whether a path is a device of the host's, or all of them.
func isDevice(name string) bool {
	return isWithin(name, "/dev") && !isWithin(name, "/dev/shm", "/dev/null", "/dev/urandom", "/dev/random", "/dev/zero", "/dev/log")
}

func hostDevices(p *Subject) diag.List {
	found := p.each("devices", func(s locatedService) string {
		var names []string
		for _, device := range s.Devices {
			names = append(names, device.Source)
		}
		if len(names) == 0 {
			return ""
		}
		return "gets the device " + strings.Join(names, ", ")
	})
	found.Add(p.each("device_cgroup_rules", func(s locatedService) string {
		if len(s.DeviceCgroupRules) == 0 {
			return ""
		}
		return "may use the devices " + strings.Join(s.DeviceCgroupRules, ", ")
	})...)
	for _, b := range p.hostBinds() {
		if isDevice(b.source) {
			found.Add(b.find("gets the device " + b.source))
		}
	}
	return found
}
