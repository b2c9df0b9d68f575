package kubernetes

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	core "k8s.io/api/core/v1"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diff"
)

// workload is what a pod is made of.
func (r reader) workload(name string, template core.PodTemplateSpec) (diff.Workload, error) {
	spec := template.Spec
	w := diff.Workload{Role: template.Labels[labelRole], Images: map[string]string{}, Environment: map[string]string{}, Spec: map[string]any{}}
	if required := requiredNodes(spec.Affinity); required != nil {
		for _, term := range required.NodeSelectorTerms {
			for _, expression := range term.MatchExpressions {
				w.Place = append(w.Place, expression.Values...)
			}
		}
		w.Spec["place"] = strings.Join(w.Place, ", ") // a part of the template here: pods start anew for it
	}
	claims := map[string]string{}
	for _, v := range spec.Volumes {
		switch {
		case v.PersistentVolumeClaim != nil:
			claims[v.Name] = v.PersistentVolumeClaim.ClaimName
		case v.ConfigMap != nil:
			w.Files = append(w.Files, r.shown(v.ConfigMap.Name)...)
		case v.Projected != nil:
			for _, source := range v.Projected.Sources {
				if source.Secret != nil {
					for _, item := range source.Secret.Items {
						w.Secrets = append(w.Secrets, item.Key)
					}
				}
			}
		}
	}
	if w.Secrets = sorted(w.Secrets); len(w.Secrets) > 0 && r.outside { // names without a hash of the content: another template
		w.Spec["its Secrets"] = "made by somebody else, before this is applied"
	}
	for _, c := range append(slices.Clone(spec.Containers), spec.InitContainers...) {
		if err := r.container(&w, c, claims); err != nil {
			return w, err
		}
	}
	for _, c := range spec.Containers {
		w.Images[c.Name] = c.Image
	}
	if patch := r.patches[name]; patch != "" {
		w.Spec["the overlay's patch"] = diff.Sealed{Value: patch}
	}
	spec.Volumes, spec.Containers, spec.InitContainers, spec.Affinity = nil, nil, nil, nil
	tree, err := treeOf(spec)
	if err != nil {
		return w, err
	}
	maps.Copy(w.Spec, tree)
	labels, err := treeOf(template.Labels)
	w.Spec["labels"], w.Spec["annotations"] = labels, diff.Sealed{Value: template.Annotations}
	return w, err
}

// requiredNodes is what a pod's node must be, or nil.
func requiredNodes(a *core.Affinity) *core.NodeSelector {
	if a == nil || a.NodeAffinity == nil {
		return nil
	}
	return a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
}

// container adds what a container of the pod is.
func (r reader) container(w *diff.Workload, c core.Container, claims map[string]string) error {
	for _, from := range c.EnvFrom {
		if from.ConfigMapRef != nil {
			maps.Copy(w.Environment, r.variables[from.ConfigMapRef.Name])
		}
	}
	for _, v := range c.Env {
		key := v.Name
		if before, is := w.Environment[key]; is && before != v.Value {
			key += " of " + c.Name // one network, several containers
		}
		w.Environment[key] = v.Value
	}
	for _, m := range c.VolumeMounts {
		mount := diff.Mount{Volume: claims[m.Name], Target: m.MountPath, ReadOnly: m.ReadOnly}
		if mount.Volume != "" && !slices.Contains(w.Mounts, mount) {
			w.Mounts = append(w.Mounts, mount)
		}
	}
	name := c.Name
	command, probes := diff.Sealed{Value: []any{c.Command, c.Args}}, diff.Sealed{Value: []any{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe, c.Lifecycle}}
	mounts := map[string]any{}
	for _, m := range c.VolumeMounts {
		mounts[m.MountPath] = m.Name
	}
	c.Name, c.Image, c.Command, c.Args, c.Env, c.EnvFrom, c.VolumeMounts = "", "", nil, nil, nil, nil, nil
	c.LivenessProbe, c.ReadinessProbe, c.StartupProbe, c.Lifecycle = nil, nil, nil, nil
	tree, err := treeOf(c)
	if err != nil {
		return err
	}
	tree["mounts"], tree["command"], tree["probes"] = mounts, command, probes
	w.Spec[name] = tree
	return nil
}

// shown are the files and folders of the bundle that a ConfigMap has; an archive's folder is one of them.
func (r reader) shown(name string) []string {
	out := slices.Clone(r.sources[name])
	for _, file := range r.sources[name] {
		if packed, ok := strings.CutPrefix(file, packedFolder+"/"); ok {
			out = append(out, path.Join(bundle.CustomFolder, strings.TrimSuffix(packed, ".tar.gz")))
		}
	}
	return out
}

func sorted(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// treeOf is an object of the API as plain values.
func treeOf(value any) (map[string]any, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var out map[string]any
	err = json.Unmarshal(text, &out)
	return out, err
}
