package kubernetes

import (
	"fmt"
	"path"
	"strings"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
)

// Where archives of the user's folders lie for `begin`, and their only file.
const (
	archivesPath = "/run/archives"
	archiveFile  = "files.tar.gz"
)

// A mounted thing is a volume of a pod and where a container sees it.
type mounted struct {
	volume core.Volume
	mount  core.VolumeMount
	before bool // only `begin` sees it
	opened bool // `begin` writes what the service only reads
}

// mountsOf are all that a part sees besides its image. What containers of one pod share has the same name.
func (b *builder) mountsOf(c part) []mounted {
	var out []mounted
	add := func(name, at string, readOnly bool, source core.VolumeSource) *mounted {
		out = append(out, mounted{core.Volume{Name: name, VolumeSource: source}, core.VolumeMount{Name: name, MountPath: at, ReadOnly: readOnly}, false, false})
		return &out[len(out)-1]
	}
	own := object(c.Name)
	if len(c.Secrets) > 0 {
		add(own+"-secrets", "/run/secrets", true, b.secrets(c))
	}
	for _, v := range c.Volumes {
		add(object(v.Name), v.Path, v.ReadOnly, b.volume(v))
	}
	for _, x := range c.Binds {
		name := object(x.Source)
		reference := core.LocalObjectReference{Name: name}
		if !bundle.Within(x.Source, bundle.CustomFolder) {
			add(name, x.Path, true, core.VolumeSource{ConfigMap: &core.ConfigMapVolumeSource{LocalObjectReference: reference}}).mount.SubPath = path.Base(x.Source)
			continue
		}
		add("packed-"+name, path.Join(archivesPath, name), true, core.VolumeSource{ConfigMap: &core.ConfigMapVolumeSource{LocalObjectReference: reference}}).before = true
		add(own+"-"+name, x.Path, true, disk("16Mi")).opened = true
	}
	for _, t := range c.Tmpfs {
		add(own+object(t.Path), t.Path, false, memory(t.Size))
	}
	if c.SHM != "" {
		add(own+"-dev-shm", "/dev/shm", false, memory(c.SHM))
	}
	for _, e := range c.Exceptions {
		for _, device := range e.Devices {
			kind := core.HostPathCharDev
			add(object(strings.TrimPrefix(device, "/")), device, false, core.VolumeSource{HostPath: &core.HostPathVolumeSource{Path: device, Type: &kind}})
		}
	}
	return out
}

// mounts are what a part's container sees, or what runs before it.
func (b *builder) mounts(c part, itself bool) []core.VolumeMount {
	var out []core.VolumeMount
	for _, m := range b.mountsOf(c) {
		if m.before && itself || !itself && m.volume.HostPath != nil { // a device is for the service alone
			continue
		}
		if m.opened && !itself {
			m.mount.ReadOnly = false
		}
		out = append(out, m.mount)
	}
	return out
}

// volumes are those of a pod.
func (b *builder) volumes(w *pod) []core.Volume {
	var out []core.Volume
	seen := map[string]bool{}
	for _, c := range w.Containers {
		for _, m := range b.mountsOf(c) {
			if !seen[m.volume.Name] {
				out = append(out, m.volume)
			}
			seen[m.volume.Name] = true
		}
	}
	return out
}

// archives are the lines by which `begin` knows what to unpack where.
func (b *builder) archives(c part) []string {
	var out []string
	for _, x := range c.Binds {
		if bundle.Within(x.Source, bundle.CustomFolder) {
			out = append(out, fmt.Sprintf("%s %s", path.Join(archivesPath, object(x.Source), archiveFile), x.Path))
		}
	}
	return out
}

// secrets are the files of those that a service has, and of no other.
func (b *builder) secrets(c part) core.VolumeSource {
	readable := int32(0o440) // by the group of the pod
	out := &core.ProjectedVolumeSource{DefaultMode: &readable}
	for _, x := range c.Secrets {
		out.Sources = append(out.Sources, core.VolumeProjection{Secret: &core.SecretProjection{
			LocalObjectReference: core.LocalObjectReference{Name: object(x.Name)}, Items: []core.KeyToPath{{Key: x.Name, Path: x.Name}},
		}})
	}
	return core.VolumeSource{Projected: out}
}

// volume is a claim, or room on the node for what nobody misses.
func (b *builder) volume(v catalog.Volume) core.VolumeSource {
	if b.plan.Volume(v.Name).Class == plan.ClassScratch {
		return disk("")
	}
	return core.VolumeSource{PersistentVolumeClaim: &core.PersistentVolumeClaimVolumeSource{ClaimName: object(v.Name)}}
}

func memory(size string) core.VolumeSource {
	limit := quantity(size)
	return core.VolumeSource{EmptyDir: &core.EmptyDirVolumeSource{Medium: core.StorageMediumMemory, SizeLimit: &limit}}
}

func disk(limit string) core.VolumeSource {
	out := &core.EmptyDirVolumeSource{}
	if limit != "" {
		size := resource.MustParse(limit)
		out.SizeLimit = &size
	}
	return core.VolumeSource{EmptyDir: out}
}

// quantity reads a size as Compose writes it, in which k, m and g are powers of 1024.
func quantity(size string) resource.Quantity {
	number := strings.TrimRight(strings.ToLower(size), "bkmg")
	unit := map[string]string{"k": "Ki", "m": "Mi", "g": "Gi"}[strings.Trim(strings.TrimPrefix(strings.ToLower(size), number), "b")]
	out, err := resource.ParseQuantity(number + unit)
	if err != nil {
		return resource.Quantity{} // the catalogue takes no other sizes
	}
	return out
}
