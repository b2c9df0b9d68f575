package swarm

import (
	"fmt"
	"path"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/go-units"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/secret"
)

// archives is where the folders of the user's lie in a container, packed.
const archives = "/run/owgen"

// volumes turns what a container sees of its machine into what all machines have.
func (b *builder) volumes(s *plan.Service, from types.ServiceConfig, out *service) {
	where := "services." + s.Name
	for _, x := range from.Volumes {
		switch {
		case x.Type == types.VolumeTypeVolume:
			made := mount{Type: x.Type, Source: x.Source, Target: x.Target, ReadOnly: x.ReadOnly}
			if b.plan.Volume(x.Source).Class == plan.ClassShared {
				made.Volume = &named{NoCopy: true} // the engine would give it the owner of the image's folder, which the file server refuses
			}
			out.Volumes = append(out.Volumes, made)
		case x.Type != types.VolumeTypeBind:
			b.refused(where+".volumes", x.Type+" is no kind of mount that owgen can give to a stack", "take a volume or a tmpfs")
		case strings.HasPrefix(x.Target, secret.RenewedPath+"/"):
			// A folder in which a file is renewed is on one machine. The file is a secret besides; a new one comes with ./deploy.
		case strings.HasPrefix(x.Source, "/"):
			b.refused(where+".volumes", x.Source+" is a folder of one machine", "put it into "+bundle.CustomFolder+"/")
		default:
			b.bind(x, out)
		}
	}
	for _, text := range from.Tmpfs {
		out.Volumes = append(out.Volumes, b.tmpfs(where, text))
	}
	if from.ShmSize > 0 {
		out.Volumes = append(out.Volumes, mount{Type: "tmpfs", Target: "/dev/shm", Tmpfs: &tmpfs{int64(from.ShmSize)}})
	}
	for _, device := range from.Devices {
		// A bind mount brings the file alone; of the devices only some are open to all containers, the tunnel's among them.
		if device.Source != device.Target || device.Source != "/dev/net/tun" {
			b.refused(where+".devices", device.Source+" cannot be given to a task of Swarm", "switch the service off, or take another target")
			continue
		}
		out.Volumes = append(out.Volumes, mount{Type: "bind", Source: device.Source, Target: device.Target})
	}
}

// bind gives a part of the bundle to a container: a file as a config, a folder as an archive in one, which begin unpacks.
func (b *builder) bind(x types.ServiceVolumeConfig, out *service) {
	source := strings.TrimPrefix(path.Clean(x.Source), "./")
	name := strings.NewReplacer("/", "-", ".", "-").Replace(source)
	if !bundle.Within(source, bundle.CustomFolder) {
		b.config(name, "./"+source, false)
		out.Configs = append(out.Configs, reference{Source: name, Target: x.Target})
		return
	}
	b.config(name, source, true)
	archive := path.Join(archives, name+".tar.gz")
	out.Configs = append(out.Configs, reference{Source: name, Target: archive})
	// Without a source: it is made for the task and goes with it, and takes the owner of the image's folder.
	out.Volumes = append(out.Volumes, mount{Type: "volume", Target: x.Target})
	b.unpack = append(b.unpack, archive+" "+x.Target)
}

// tmpfs is one in the long form, which has a size alone: whoever runs in the container may write to it.
func (b *builder) tmpfs(where, text string) mount {
	target, options, _ := strings.Cut(text, ":")
	out := mount{Type: "tmpfs", Target: target}
	for option := range strings.SplitSeq(options, ",") {
		switch key, value, _ := strings.Cut(option, "="); key {
		case "size":
			size, err := units.RAMInBytes(value)
			if err != nil {
				b.refused(where+".tmpfs", fmt.Sprintf("%s has the size %s", target, value), "a number with k, m or g")
			}
			out.Tmpfs = &tmpfs{size}
		case "", "uid", "gid", "mode": // root's, for all to write, with the sticky bit
		default:
			b.refused(where+".tmpfs", fmt.Sprintf("%s has the option %s, which a stack does not know", target, key), "remove it")
		}
	}
	return out
}
