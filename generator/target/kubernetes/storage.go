package kubernetes

import (
	"cmp"
	"fmt"
	"slices"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
)

// claims are the volumes that outlive pods. One that services of both namespaces mount is claimed in each: the second claim
// names the volume by which it is the same storage.
func (b *builder) claims() []document {
	var out []document
	for _, v := range b.plan.Volumes {
		for i, namespace := range b.mounting(v) {
			claim := &core.PersistentVolumeClaim{TypeMeta: kind("PersistentVolumeClaim", "v1"), ObjectMeta: b.meta(namespace, object(v.Name), "")}
			size := resource.MustParse(b.size(v.Name))
			claim.Spec.Resources.Requests = core.ResourceList{core.ResourceStorage: size}
			claim.Spec.AccessModes = []core.PersistentVolumeAccessMode{core.ReadWriteOnce}
			class := b.plan.Values.String("kubernetes.data_class")
			if v.Class == plan.ClassShared {
				claim.Spec.AccessModes = []core.PersistentVolumeAccessMode{core.ReadWriteMany}
				class = b.plan.Values.String("storage.class")
			}
			if class != "" {
				claim.Spec.StorageClassName = &class
			}
			comment := v.Contains
			if v.Class == plan.ClassShared && (i > 0 || b.nfs()) {
				none := ""
				claim.Spec.StorageClassName, claim.Spec.VolumeName = &none, b.volumeName(namespace, v)
			}
			if i > 0 && !b.nfs() {
				comment += "\nIts volume is the one of the claim in " + b.main() + ": kubernetes/share-volumes makes it."
			}
			if b.nfs() && v.Class == plan.ClassShared {
				out = append(out, document{b.export(namespace, v, size), ""})
			}
			out = append(out, document{claim, comment})
		}
	}
	return out
}

// mounting are the namespaces of a volume's services, the main one first.
func (b *builder) mounting(v plan.Volume) []string {
	var out []string
	if v.Class == plan.ClassScratch {
		return nil
	}
	for _, namespace := range b.namespaces() {
		if b.anyPart(namespace, func(c part) bool {
			return slices.ContainsFunc(c.Volumes, func(m catalog.Volume) bool { return m.Name == v.Name })
		}) {
			out = append(out, namespace)
		}
	}
	return out
}

// twofold are the volumes that both namespaces mount, and that Kubernetes gives to one.
func (b *builder) twofold() []string {
	var out []string
	for _, v := range b.plan.Volumes {
		if !b.nfs() && len(b.mounting(v)) > 1 {
			out = append(out, object(v.Name))
		}
	}
	return out
}

func (b *builder) nfs() bool { return b.plan.Values.String("storage.mode") == plan.StorageNFS }

// volumeName is a volume's own name, which the whole cluster shares.
func (b *builder) volumeName(namespace string, v plan.Volume) string {
	return fmt.Sprintf("%s-%s", namespace, object(v.Name))
}

// export is a folder of the file server.
func (b *builder) export(namespace string, v plan.Volume, size resource.Quantity) *core.PersistentVolume {
	head := b.meta("", b.volumeName(namespace, v), "")
	host, root := b.server()
	return &core.PersistentVolume{TypeMeta: kind("PersistentVolume", "v1"), ObjectMeta: head, Spec: core.PersistentVolumeSpec{
		Capacity: core.ResourceList{core.ResourceStorage: size}, AccessModes: []core.PersistentVolumeAccessMode{core.ReadWriteMany},
		PersistentVolumeReclaimPolicy: core.PersistentVolumeReclaimRetain, MountOptions: []string{"nfsvers=4.1", "hard", "noatime", "nosuid", "nodev"},
		PersistentVolumeSource: core.PersistentVolumeSource{NFS: &core.NFSVolumeSource{Server: host, Path: cmp.Or(root, "") + "/" + v.Name}},
		ClaimRef:               &core.ObjectReference{Namespace: namespace, Name: object(v.Name)},
	}}
}

// server is the file server, and the folder on it that has one for each shared volume.
func (b *builder) server() (host, root string) {
	for _, key := range []struct {
		name string
		into *string
	}{{"external.files.host", &host}, {"external.files.path", &root}} {
		if _, known := b.plan.Values.Get(key.name); known {
			*key.into = b.plan.Values.String(key.name)
		}
	}
	return host, root
}

// size is what a volume gets.
func (b *builder) size(name string) string {
	setting, _ := b.plan.Values.Get("kubernetes.volume_sizes")
	sizes, _ := setting.Value.(map[string]any)
	if size, ok := sizes[name].(string); ok {
		return size
	}
	return b.plan.Values.String("kubernetes.volume_size")
}
