package kubernetes

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/secret"
)

// The files of the target. The kustomization is in the bundle's own folder, because one reads nothing above its own.
const (
	kustomization = "kustomization.yaml"
	folder        = "kubernetes"
	base          = folder + "/base"
	overlays      = folder + "/overlays"
	packedFolder  = bundle.CustomFolder + "/packed" // archives of what is in custom/, by the script pack
)

// A kustomized folder, as far as it is used here.
type kustomized struct {
	APIVersion string      `yaml:"apiVersion"`
	Kind       string      `yaml:"kind"`
	Resources  []string    `yaml:"resources,omitempty"`
	Patches    []patched   `yaml:"patches,omitempty"`
	Options    *options    `yaml:"generatorOptions,omitempty"`
	ConfigMaps []generated `yaml:"configMapGenerator,omitempty"`
	Secrets    []generated `yaml:"secretGenerator,omitempty"`
}

type patched struct {
	Target reference `yaml:"target"`
	Patch  string    `yaml:"patch"`
}

type reference struct {
	Kind      string `yaml:"kind"`
	Name      string `yaml:"name"`
	Namespace string `yaml:"namespace,omitempty"`
}

type options struct {
	Labels map[string]string `yaml:"labels"`
}

// A generated object has the hash of its content in its name, so that who mounts it is started anew when it changes.
type generated struct {
	Name      string   `yaml:"name"`
	Namespace string   `yaml:"namespace"`
	Files     []string `yaml:"files,omitempty,flow"`
	Envs      []string `yaml:"envs,omitempty,flow"`
}

func (b *builder) kustomization(comment string, k kustomized) ([]byte, error) {
	k.APIVersion, k.Kind = "kustomize.config.k8s.io/v1beta1", "Kustomization"
	if len(k.ConfigMaps)+len(k.Secrets) > 0 {
		k.Options = &options{Labels: b.labels("")}
	}
	var out bytes.Buffer
	out.WriteString(comment)
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	err := encoder.Encode(k)
	return out.Bytes(), err
}

const rootComment = `# Made by owgen from owgen.yaml. What "kubectl apply -k ." applies: the overlay that fits the setting size, and what it needs
# of this folder. Names end in the hash of the content, so that a change reaches whoever mounts it.
`

const rootOutside = `# The setting kubernetes.secrets is external, so that somebody else makes the Secrets, each with one key that is named like its file in secrets/.
`

// root is the kustomization that is applied.
func (b *builder) root() ([]byte, error) {
	overlay := overlayLarge
	if b.plan.Values.String("size") == overlaySmall {
		overlay = overlaySmall
	}
	k := kustomized{Resources: []string{path.Join(overlays, overlay)}}
	for _, source := range b.binds() {
		for _, namespace := range b.namespaces() {
			if b.anyPart(namespace, func(c part) bool { return binds(c, source) }) {
				k.ConfigMaps = append(k.ConfigMaps, generated{Name: object(source), Namespace: namespace, Files: []string{b.mountedFile(source)}})
			}
		}
	}
	comment := rootComment
	if b.plan.Values.String("kubernetes.secrets") == secretsOutside {
		comment += rootOutside
		return b.kustomization(comment, k)
	}
	for _, x := range b.plan.Secrets {
		for _, namespace := range b.namespaces() {
			if b.anyPart(namespace, func(c part) bool { return has(c, x.Name) }) {
				k.Secrets = append(k.Secrets, generated{Name: object(x.Name), Namespace: namespace, Files: []string{x.Name + "=" + secretFile(x)}})
			}
		}
	}
	return b.kustomization(comment, k)
}

// binds are the files and folders of the bundle that containers see, once each.
func (b *builder) binds() []string {
	var out []string
	for _, s := range b.plan.Services {
		for _, x := range s.Binds {
			if s.Role != catalog.RoleImage && !slices.Contains(out, x.Source) {
				out = append(out, x.Source)
			}
		}
	}
	slices.Sort(out)
	return out
}

func binds(c part, source string) bool {
	return slices.ContainsFunc(c.Binds, func(x catalog.Bind) bool { return x.Source == source })
}

func has(c part, name string) bool {
	return slices.ContainsFunc(c.Secrets, func(x secret.Spec) bool { return x.Name == name })
}

// mountedFile is a file as it is, or the archive that a folder of the user's is packed into.
func (b *builder) mountedFile(source string) string {
	if bundle.Within(source, bundle.CustomFolder) {
		return archiveFile + "=" + packed(source)
	}
	return source
}

// packed is the archive of a folder of the user's.
func packed(source string) string {
	return path.Join(packedFolder, strings.ReplaceAll(strings.TrimPrefix(source, bundle.CustomFolder+"/"), "/", "-")+".tar.gz")
}

// emptyArchives are those that lie there before the user packs anything: kustomize wants each file that it is told of.
func (b *builder) emptyArchives(files map[string][]byte) error {
	var empty bytes.Buffer
	writer := gzip.NewWriter(&empty)
	if err := tar.NewWriter(writer).Close(); err != nil {
		return err
	}
	if err := writer.Close(); err != nil {
		return err
	}
	for _, source := range b.binds() {
		if bundle.Within(source, bundle.CustomFolder) {
			files[packed(source)] = empty.Bytes()
		}
	}
	return nil
}

func secretFile(x secret.Spec) string {
	if x.File != "" {
		return path.Clean(filepath.ToSlash(x.File))
	}
	return bundle.SecretPath(x.Name)
}

// checkFiles finds files of the user's that no kustomization of this folder can read.
func (b *builder) checkFiles() diag.List {
	var found diag.List
	for _, x := range b.plan.Secrets {
		if name := secretFile(x); !filepath.IsLocal(filepath.FromSlash(name)) && b.plan.Values.String("kubernetes.secrets") != secretsOutside {
			found.Add(diag.Finding{Rule: "kubernetes/file-outside", File: bundle.InputFile,
				Message: name + " (" + x.Name + ") lies outside of the bundle, and kustomize reads nothing there", Hint: "put it into the bundle's secrets/, and name it secrets/NAME"}.At(x.Asked))
		}
	}
	return found
}
