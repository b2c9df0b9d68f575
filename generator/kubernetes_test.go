package generator

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	net "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/pod-security-admission/api"
	standards "k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// onKubernetes is a bundle for Kubernetes with all services.
var onKubernetes = []string{"domain=example.org", "target=kubernetes", "images.registry=registry.example.org/openwisp", "storage.mode=class",
	"kubernetes.pod_networks=[10.244.0.0/16]", "scale.api=3", "scale.celery=4"}

// A cluster is what kustomize makes of a bundle, read strictly.
type cluster struct {
	namespaces map[string]*core.Namespace
	pods       map[string]*core.PodTemplateSpec // of workloads, by namespace/name
	services   []*core.Service
	policies   []*net.NetworkPolicy
	claims     map[string]*core.PersistentVolumeClaim
	settings   map[string]bool // ConfigMaps and Secrets, by namespace/kind/name
	all        []runtime.Object
}

// applied builds a folder of a bundle as `kubectl apply -k` does, with the library that is in kubectl.
func applied(t *testing.T, folder string, flags ...string) cluster {
	t.Helper()
	made := generateFrom(t, "multi-node", flags...)
	disk := filesys.MakeFsInMemory()
	write := func(name string, data []byte) {
		if err := disk.WriteFile("/bundle/"+name, data); err != nil {
			t.Fatal(err)
		}
	}
	for name, f := range made.Files {
		write(name, f.Data)
	}
	write("ca.crt", []byte("certificate"))
	for _, x := range made.Secrets {
		write("secrets/"+x.Name, []byte("value of "+x.Name))
	}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(disk, "/bundle/"+folder)
	if err != nil {
		t.Fatal(err)
	}
	text, err := built.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, text)
}

// decode reads documents into the API's types, and takes no field that they do not have.
func decode(t *testing.T, text []byte) cluster {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{apps.AddToScheme, autoscaling.AddToScheme, batch.AddToScheme, core.AddToScheme, net.AddToScheme, policy.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	strict := json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme, scheme, json.SerializerOptions{Yaml: true, Strict: true})
	out := cluster{namespaces: map[string]*core.Namespace{}, pods: map[string]*core.PodTemplateSpec{}, claims: map[string]*core.PersistentVolumeClaim{}, settings: map[string]bool{}}
	for reader := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text))); ; {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		object, _, err := strict.Decode(document, nil, nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, document)
		}
		out.all = append(out.all, object)
		switch x := object.(type) {
		case *core.Namespace:
			out.namespaces[x.Name] = x
		case *apps.Deployment:
			out.pods[x.Namespace+"/"+x.Name] = &x.Spec.Template
		case *apps.StatefulSet:
			out.pods[x.Namespace+"/"+x.Name] = &x.Spec.Template
		case *batch.Job:
			out.pods[x.Namespace+"/"+x.Name] = &x.Spec.Template
		case *core.Service:
			out.services = append(out.services, x)
		case *net.NetworkPolicy:
			out.policies = append(out.policies, x)
		case *core.PersistentVolumeClaim:
			out.claims[x.Namespace+"/"+x.Name] = x
		case *core.ConfigMap:
			out.settings[x.Namespace+"/ConfigMap/"+x.Name] = true
		case *core.Secret:
			out.settings[x.Namespace+"/Secret/"+x.Name] = true
		}
	}
}

// Both overlays, with Secrets and without, are what the API takes, and all that a pod mounts is there in its namespace.
func TestKubernetesHasAllThatPodsMount(t *testing.T) {
	for name, flags := range map[string][]string{
		"small": nil, "large": {"size=large"}, "without a tunnel": {"services.openvpn=false", "scale.celery=9"}, "proxy": {"tls.mode=proxy", "tls.trusted_proxies=[10.244.0.0/16]", "kubernetes.edge=ingress"},
	} {
		t.Run(name, func(t *testing.T) {
			c := applied(t, "", append(slices.Clone(onKubernetes), flags...)...)
			if len(c.pods) < 10 {
				t.Fatalf("%d workloads only", len(c.pods))
			}
			for key, pod := range c.pods {
				namespace, _, _ := strings.Cut(key, "/")
				for _, reference := range references(&pod.Spec) {
					kind, name, _ := strings.Cut(reference, "/")
					if _, claimed := c.claims[namespace+"/"+name]; kind == "claim" && claimed || c.settings[namespace+"/"+reference] {
						continue
					}
					t.Errorf("%s mounts %s, which is not in %s", key, reference, namespace)
				}
			}
		})
	}
}

// references are what a pod needs by name.
func references(spec *core.PodSpec) []string {
	var out []string
	for _, v := range spec.Volumes {
		switch {
		case v.PersistentVolumeClaim != nil:
			out = append(out, "claim/"+v.PersistentVolumeClaim.ClaimName)
		case v.ConfigMap != nil:
			out = append(out, "ConfigMap/"+v.ConfigMap.Name)
		case v.Projected != nil:
			for _, s := range v.Projected.Sources {
				out = append(out, "Secret/"+s.Secret.Name)
			}
		}
	}
	for _, c := range append(slices.Clone(spec.InitContainers), spec.Containers...) {
		for _, from := range c.EnvFrom {
			out = append(out, "ConfigMap/"+from.ConfigMapRef.Name)
		}
	}
	return out
}

// What is in the main namespace passes the strictest of the Pod Security Standards, by the code that clusters enforce it with.
// What does not is in a namespace of its own, with the reason for each exception.
func TestKubernetesIsRestricted(t *testing.T) {
	judge, err := standards.NewEvaluator(standards.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	c := applied(t, "", onKubernetes...)
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	excepted := 0
	for key, pod := range c.pods {
		namespace, _, _ := strings.Cut(key, "/")
		result := standards.AggregateCheckResults(judge.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec))
		if c.namespaces[namespace].Labels["pod-security.kubernetes.io/enforce"] == "restricted" {
			if !result.Allowed {
				t.Errorf("%s: %s", key, result.ForbiddenDetail())
			}
			continue
		}
		excepted++
		if reasons := slices.Collect(maps.Keys(pod.Annotations)); result.Allowed || !slices.ContainsFunc(reasons, func(r string) bool { return strings.HasPrefix(r, "exception.owgen.io/") }) {
			t.Errorf("%s is an exception for nothing, or says no reason: %v", key, reasons)
		}
		for _, x := range pod.Spec.Containers {
			if own := x.SecurityContext; own.Privileged != nil || !slices.Equal(own.Capabilities.Drop, []core.Capability{"ALL"}) || !*own.ReadOnlyRootFilesystem || *own.AllowPrivilegeEscalation {
				t.Errorf("%s/%s may do more than it has a reason for", key, x.Name)
			}
		}
	}
	if excepted == 0 {
		t.Error("nothing is an exception, so that this test shows nothing")
	}
	for key, pod := range c.pods {
		if *pod.Spec.AutomountServiceAccountToken || *pod.Spec.EnableServiceLinks || pod.Spec.SecurityContext.SeccompProfile.Type != core.SeccompProfileTypeRuntimeDefault {
			t.Errorf("%s has a token, every service's address, or system calls that it needs not", key)
		}
	}
}

// A service selects pods that are there, and they open the port that it leads to.
func TestKubernetesServicesLeadSomewhere(t *testing.T) {
	c := applied(t, "", onKubernetes...)
	for _, s := range c.services {
		hit := 0
		for key, pod := range c.pods {
			namespace, _, _ := strings.Cut(key, "/")
			matches := namespace == s.Namespace
			for label, value := range s.Spec.Selector {
				matches = matches && pod.Labels[label] == value
			}
			if matches {
				hit++
			}
		}
		if hit != 1 || len(s.Spec.Ports) == 0 && s.Spec.ClusterIP != core.ClusterIPNone {
			t.Errorf("%s selects %d workloads, and has %d ports", s.Name, hit, len(s.Spec.Ports))
		}
		if s.Spec.Type == core.ServiceTypeLoadBalancer && s.Spec.ExternalTrafficPolicy != core.ServiceExternalTrafficPolicyLocal {
			t.Errorf("%s takes away its clients' addresses", s.Name)
		}
	}
}
