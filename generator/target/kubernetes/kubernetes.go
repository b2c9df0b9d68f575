// Package kubernetes writes a bundle for Kubernetes: manifests in a kustomization, and a Compose file that builds the images.
package kubernetes

import (
	"path"

	"github.com/compose-spec/compose-go/v2/types"
	core "k8s.io/api/core/v1"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/target"
)

// Name is the value of the setting target.
const Name = "kubernetes"

// Values of settings.
const (
	secretsOutside = "external"   // kubernetes.secrets
	publishNode    = "nodeport"   // kubernetes.publish
	edgeIngress    = "ingress"    // kubernetes.edge
	edgeGateway    = "gateway"    // kubernetes.edge
	levelStrict    = "restricted" // of the Pod Security Standards
	levelOpen      = "privileged" //
)

// Target is the engine. It keeps where Resolve found that everything runs: commands name workloads and namespaces.
type Target struct {
	target.PushedByDocker
	layout *layout
}

// publish makes the images known to all machines.
const publish = "docker compose build && docker compose push"

// Start makes the images known to all machines, and applies.
func (Target) Start() []string {
	return []string{publish, "kubernetes/pack && kubectl apply -k . && kubernetes/share-volumes"}
}

// Renew is the same: what is no longer part of it stays, and owgen diff says what removes it.
func (t Target) Renew() []string { return t.Start() }

// Edits are patches beside the bundle.
func (*Target) Edits() string {
	return "owgen.yaml, custom/ or a kustomization of your own that names this folder"
}

// ReadsProject is true: what runs is written from the project as it means when loaded.
func (*Target) ReadsProject() bool { return true }

// A builder has all that the manifests are written from.
type builder struct {
	*layout
	project      *types.Project
	environments []environment
}

// Files are the manifests, and a Compose file that builds the images.
func (t *Target) Files(in target.Blueprint) (map[string][]byte, diag.List) {
	b := &builder{layout: t.layout, project: in.Project}
	b.environments = b.sharedEnvironments()
	found := append(b.checkFiles(), b.checkKeys()...)
	found.Add(b.checkSignals(in.Images)...)
	files, err := b.files()
	if err == nil {
		files[bundle.ComposeFile], err = in.Compose.Images()
	}
	if err != nil {
		return nil, append(found, diag.Finding{Rule: "kubernetes/encode", File: base, Message: err.Error()})
	}
	return files, found
}

// A manifest file, with what stands in it.
type manifestFile struct {
	path      string
	documents []document
}

// manifests are the files with objects of the API: those of the base in the order in which a reader wants them, and what the large overlay adds.
func (b *builder) manifests() ([]manifestFile, error) {
	var out []manifestFile
	add := func(folder, name string, documents []document) {
		if len(documents) > 0 {
			out = append(out, manifestFile{path.Join(folder, name), documents})
		}
	}
	add(base, "namespaces.yaml", b.spaces())
	var policies []document
	for _, namespace := range b.namespaces() {
		policies = append(policies, b.policies(namespace)...)
	}
	add(base, "networks.yaml", policies)
	add(base, "volumes.yaml", b.claims())
	for _, w := range b.pods {
		documents, err := b.workload(w)
		if err != nil {
			return nil, err
		}
		add(base, object(w.Name)+".yaml", documents)
	}
	add(base, "edge.yaml", b.entrance())
	out = append(out, manifestFile{path.Join(overlays, overlayLarge, "scale.yaml"), b.scaled()})
	return out, nil
}

// files are those below kubernetes/, and the kustomization beside it.
func (b *builder) files() (map[string][]byte, error) {
	manifests, err := b.manifests()
	if err != nil {
		return nil, err
	}
	files, err := encodeAll(manifests)
	if err != nil {
		return nil, err
	}
	bases := kustomized{}
	for _, m := range manifests {
		if path.Dir(m.path) == base {
			bases.Resources = append(bases.Resources, path.Base(m.path))
		}
	}
	for _, e := range b.environments {
		files[path.Join(base, e.file())] = e.text()
	}
	bases.ConfigMaps = b.environmentMaps()
	if files[path.Join(base, kustomization)], err = b.kustomization(header, bases); err != nil {
		return nil, err
	}
	if files[kustomization], err = b.root(); err != nil {
		return nil, err
	}
	if err := b.emptyArchives(files); err != nil {
		return nil, err
	}
	return files, b.overlays(files)
}

// overlays write the two ways to apply the base.
func (b *builder) overlays(files map[string][]byte) error {
	small, err := b.kustomization(header+"# As many of each service as the setting scale says.\n", kustomized{Resources: []string{"../../base"}})
	if err != nil {
		return err
	}
	files[path.Join(overlays, overlaySmall, kustomization)] = small
	patches, err := b.patches()
	if err != nil {
		return err
	}
	comment := header + "# At least two of each service that bears it, and more while their processors are busy. It needs the cluster's metrics server.\n"
	large, err := b.kustomization(comment, kustomized{Resources: []string{"../../base", "scale.yaml"}, Patches: patches})
	if err != nil {
		return err
	}
	files[path.Join(overlays, overlayLarge, kustomization)] = large
	return nil
}

// spaces are the namespaces, with the standard that each enforces.
func (b *builder) spaces() []document {
	var out []document
	for _, name := range b.namespaces() {
		level, comment := levelStrict, "Nothing here may do more than the strictest of the Pod Security Standards allows."
		head := b.meta("", name, "")
		if name == b.privileged() {
			level, comment = levelOpen, "What cannot do with less, each for the reason in its annotation."
			head.Annotations = map[string]string{}
			for _, w := range b.pods {
				if !w.Restricted {
					for key, reason := range reasons(w) {
						head.Annotations[key] = reason
					}
				}
			}
		}
		for _, mode := range []string{"enforce", "warn", "audit"} {
			head.Labels["pod-security.kubernetes.io/"+mode] = level
		}
		out = append(out, document{&core.Namespace{TypeMeta: kind("Namespace", "v1"), ObjectMeta: head}, comment})
	}
	return out
}

// provider of a capability, or nil.
func (l *layout) provider(capability string) *plan.Service {
	for _, s := range l.plan.Services {
		if s.Provided(capability) != nil {
			return s
		}
	}
	return nil
}
