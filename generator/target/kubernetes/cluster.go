package kubernetes

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/owgen/owgen/generator/diff"
)

// manifest is an object of the API as it is read back.
type manifest struct {
	meta.TypeMeta `json:",inline"`
	Metadata      meta.ObjectMeta `json:"metadata"`
	Spec          json.RawMessage `json:"spec"`
	about         string
	text          []byte
}

// Cluster reads the manifests of the base, and of the overlay that is applied.
func (*Target) Cluster(files map[string][]byte) (*diff.Cluster, error) {
	if files[path.Join(base, kustomization)] == nil {
		return nil, nil
	}
	r := reader{files: files, sources: map[string][]string{}, variables: map[string]map[string]string{}, patches: map[string]string{}, exports: map[string]string{}, outside: true}
	out := &diff.Cluster{Engine: Name, Publish: publish, Workloads: map[string]diff.Workload{}, Volumes: map[string]diff.Storage{}, Objects: map[string]any{},
		Leftover: "kubectl delete KIND NAME", Takes: map[string]string{"Namespace": ", which deletes all volumes in it, data among them: not before they are restored elsewhere"}}
	names, err := r.kustomizations()
	if err != nil {
		return nil, err
	}
	var all []manifest
	for _, name := range names {
		found, err := read(name, files[name])
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	for _, m := range all {
		if m.Kind == "PersistentVolume" {
			var v core.PersistentVolumeSpec
			if err := json.Unmarshal(m.Spec, &v); err == nil && v.NFS != nil {
				r.exports[m.Metadata.Name] = v.NFS.Server + ":" + v.NFS.Path
			}
		}
	}
	for _, m := range all {
		if err := r.add(out, m); err != nil {
			return nil, fmt.Errorf("%s %s: %w", m.Kind, m.Metadata.Name, err)
		}
	}
	return out, nil
}

// read splits a file into its objects.
func read(name string, data []byte) ([]manifest, error) {
	var out []manifest
	for document := range strings.SplitSeq(strings.TrimPrefix(string(data), header), "\n---\n") {
		m := manifest{text: []byte(document)}
		if err := yaml.Unmarshal(m.text, &m); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		var about []string
		for line := range strings.Lines(document) {
			comment, is := strings.CutPrefix(strings.TrimSpace(line), "# ")
			if !is {
				break
			}
			about = append(about, comment)
		}
		m.about = strings.Join(about, " ")
		out = append(out, m)
	}
	return out, nil
}

// A reader knows what kustomize makes of files of the bundle.
type reader struct {
	files     map[string][]byte
	sources   map[string][]string          // what a ConfigMap is made from
	variables map[string]map[string]string // of a ConfigMap
	patches   map[string]string            // of a workload, by the overlay
	exports   map[string]string            // folders on a file server, by the volume
	outside   bool                         // Secrets are made by somebody else
}

// kustomizations reads how files become objects, from the folder that is applied on, and returns the files of manifests.
func (r *reader) kustomizations() ([]string, error) {
	var out []string
	folders, seen := []string{"."}, map[string]bool{}
	for len(folders) > 0 {
		at := folders[0]
		if folders = folders[1:]; seen[at] {
			continue // somebody edited it: it would never end
		}
		seen[at] = true
		var k struct {
			Resources  []string
			Patches    []patched
			ConfigMaps []generated `json:"configMapGenerator"`
			Secrets    []generated `json:"secretGenerator"`
		}
		name := path.Join(at, kustomization)
		if err := yaml.Unmarshal(r.files[name], &k); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, resource := range k.Resources {
			if file := path.Join(at, resource); path.Ext(file) == ".yaml" {
				out = append(out, file)
			} else {
				folders = append(folders, file)
			}
		}
		for _, p := range k.Patches {
			r.patches[p.Target.Name] = p.Patch
		}
		r.outside = r.outside && len(k.Secrets) == 0
		for _, c := range k.ConfigMaps {
			for _, file := range c.Files {
				if _, source, named := strings.Cut(file, "="); named {
					file = source
				}
				r.sources[c.Name] = append(r.sources[c.Name], path.Join(at, file))
			}
			for _, file := range c.Envs {
				r.variables[c.Name] = lines(r.files[path.Join(at, file)])
			}
		}
	}
	return out, nil
}

// lines are variables as kustomize reads them.
func lines(data []byte) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "="); ok && !strings.HasPrefix(line, "#") {
			out[name] = value
		}
	}
	return out
}

// add puts an object where it belongs.
func (r reader) add(out *diff.Cluster, m manifest) error {
	switch m.Kind {
	case kindDeployment, kindStatefulSet, kindJob:
		var spec struct {
			Replicas *int32
			Strategy apps.DeploymentStrategy
			Template core.PodTemplateSpec
		}
		if err := json.Unmarshal(m.Spec, &spec); err != nil {
			return err
		}
		name := m.Metadata.Labels[labelName]
		w, err := r.workload(name, spec.Template)
		if err != nil {
			return err
		}
		w.Replicas = 1
		if spec.Replicas != nil {
			w.Replicas = int(*spec.Replicas)
		}
		switch {
		case m.Kind == kindJob:
			w.Manner = diff.Once
		case m.Kind == kindStatefulSet || spec.Strategy.Type == apps.RecreateDeploymentStrategyType:
			w.Manner = diff.Stops
		}
		w.Removal = fmt.Sprintf("it goes on until `kubectl -n %s delete %s %s`", m.Metadata.Namespace, strings.ToLower(m.Kind), m.Metadata.Name)
		out.Name = m.Metadata.Labels[labelPartOf]
		out.Workloads[name] = w
	case "PersistentVolumeClaim":
		var spec core.PersistentVolumeClaimSpec
		if err := json.Unmarshal(m.Spec, &spec); err != nil {
			return err
		}
		if _, twice := out.Volumes[m.Metadata.Name]; !twice {
			out.Volumes[m.Metadata.Name] = r.storage(m, spec)
		}
	case "PersistentVolume": // its claim says it
	default:
		var tree any
		if err := yaml.Unmarshal(m.text, &tree); err != nil {
			return err
		}
		key := m.Kind + " " + m.Metadata.Name
		if m.Metadata.Namespace != "" {
			key += " -n " + m.Metadata.Namespace
		}
		out.Objects[key] = tree
	}
	return nil
}

// storage is what a claim asks for.
func (r reader) storage(m manifest, spec core.PersistentVolumeClaimSpec) diff.Storage {
	size := spec.Resources.Requests[core.ResourceStorage]
	out := diff.Storage{Holds: m.about, Size: size.Value(), Where: "in the cluster's default storage class",
		Keeps: "a claim cannot be changed, so that `kubectl apply` refuses it: make a backup, delete the claim while nothing runs that mounts it, and restore"}
	if class := spec.StorageClassName; class != nil && *class != "" {
		out.Where = "in the storage class " + *class
	}
	if export, ok := r.exports[spec.VolumeName]; ok {
		out.Where = "on the file server " + export
	}
	for _, mode := range spec.AccessModes {
		if mode == core.ReadWriteMany {
			out.Where += ", shared"
		}
	}
	return out
}
