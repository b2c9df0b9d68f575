// Package manifests judges what owgen writes for Kubernetes by the tools that operators judge manifests by. Nothing here needs a cluster.
package manifests

import (
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yannh/kubeconform/pkg/validator"
	"github.com/zegl/kube-score/config"
	ks "github.com/zegl/kube-score/domain"
	"github.com/zegl/kube-score/parser"
	"github.com/zegl/kube-score/score"
	"github.com/zegl/kube-score/scorecard"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// forms are the ways in which deployments differ in their kinds of objects.
var forms = []struct {
	name     string
	settings []string
}{
	{"small", []string{"size=small"}},
	{"large", []string{"size=large"}},
	{"more of each", []string{"size=small", "scale={api: 3, celery: 4}"}},
	{"published by nodes", []string{"size=large", "kubernetes.publish=nodeport",
		"publish={https: 30443, http: 30080, vpn: 31194, radius_auth: 31812, radius_acct: 31813}"}},
	{"ingress", []string{"size=large", "kubernetes.edge=ingress", "kubernetes.ingress_class=nginx", "tls={mode: proxy, trusted_proxies: [10.0.0.0/8]}"}},
	{"gateway", []string{"size=small", "kubernetes.edge=gateway", "kubernetes.gateway=infra/public", "tls={mode: proxy, trusted_proxies: [10.0.0.0/8]}"}},
	{"gateway, large", []string{"size=large", "kubernetes.edge=gateway", "kubernetes.gateway=public", "tls={mode: proxy, trusted_proxies: [10.0.0.0/8]}"}},
	{"files of a server", []string{"size=small", "storage.mode=nfs", "external.files={host: files.example.org, path: /export}"}},
	{"database of somebody else", []string{"size=large", "external.sql.host=pg-rw.databases.svc.cluster.local"}},
	{"pools", []string{"size=large", "nodes={app: {roles: [app, worker]}, data: {roles: [data, edge, mail]}}"}},
	{"processors limited, a high user", []string{"size=small", "build.uid=20000", "resources.api.cpus=2"}},
}

func TestManifests(t *testing.T) {
	owgen := filepath.Join(t.TempDir(), "owgen")
	build := exec.Command("go", "build", "-o", owgen, "./cmd/owgen")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	where := schemas(t)
	for _, form := range forms {
		t.Run(form.name, func(t *testing.T) {
			manifests := made(t, owgen, form.settings)
			for _, fault := range append(conforms(t, where, manifests, 60), scores(t, manifests, 45)...) {
				t.Error(fault)
			}
		})
	}
}

// made is what is applied of a bundle.
func made(t *testing.T, owgen string, settings []string) []byte {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "bundle")
	args := []string{"generate", "multi-node", "-o", dir}
	for _, setting := range append([]string{"target=kubernetes", "domain=example.org", "images.registry=registry.example.org/openwisp",
		"kubernetes.pod_networks=[10.244.0.0/16]", "storage.mode=class", "storage.class=many"}, settings...) {
		args = append(args, "--set", setting)
	}
	if out, err := exec.Command(owgen, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		t.Fatal(err)
	}
	text, err := resources.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// conforms says what kubeconform finds, in a number of objects at least.
func conforms(t *testing.T, where string, manifests []byte, objects int) (faults []string) {
	t.Helper()
	v, err := validator.New([]string{where}, validator.Opts{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	results := v.Validate("manifests.yaml", io.NopCloser(bytes.NewReader(manifests)))
	if len(results) < objects {
		t.Errorf("kubeconform saw only %d objects", len(results))
	}
	for _, r := range results {
		if r.Status != validator.Valid {
			of, err := r.Resource.Signature()
			if err != nil {
				t.Fatal(err)
			}
			faults = append(faults, fmt.Sprintf("kubeconform: %s %s: %v", of.Kind, of.Name, r.Err))
		}
	}
	return faults
}

type file struct{ *bytes.Reader }

func (file) Name() string { return "manifests.yaml" }

// scores says what kube-score finds: whatever is not all right, and not excused in the object itself. It counts no volumes and settings.
func scores(t *testing.T, manifests []byte, least int) (faults []string) {
	t.Helper()
	p, err := parser.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := p.ParseFiles([]ks.NamedReader{file{bytes.NewReader(manifests)}})
	if err != nil {
		t.Fatal(err)
	}
	run := &config.RunConfiguration{UseIgnoreChecksAnnotation: true, KubernetesVersion: config.Semver{Major: 1, Minor: 34},
		MinReplicasDeployment: 2, MinReplicasHPA: 2}
	cards, err := score.Score(objects, score.RegisterAllChecks(objects, nil, run), run)
	if err != nil {
		t.Fatal(err)
	}
	if len(*cards) < least {
		t.Errorf("kube-score saw only %d objects", len(*cards))
	}
	for name, card := range *cards {
		for _, check := range card.Checks {
			if check.Skipped || check.Grade == scorecard.GradeAllOK {
				continue
			}
			for _, c := range check.Comments {
				faults = append(faults, fmt.Sprintf("kube-score %s: %s %s: %s (%s)", check.Check.ID, name, c.Path, c.Summary, c.Description))
			}
		}
	}
	slices.Sort(faults)
	return faults
}

// Both judges find what is wrong, in what owgen writes but for one word.
func TestJudges(t *testing.T) {
	const good = `apiVersion: v1
kind: Service
metadata: {name: a, namespace: b}
spec: {selector: {app: a}, ports: [{port: 80, targetPort: 80}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: a, namespace: b}
spec: {parentRefs: [{name: g}], rules: [{backendRefs: [{name: a, port: 80}]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: a, namespace: b}
spec: {podSelector: {matchLabels: {app: a}}, policyTypes: [Ingress, Egress], ingress: [{ports: [{port: 80}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: b, labels: {app: a}, annotations: {kube-score/ignore: "container-resources,container-image-pull-policy"}}
spec:
  containers:
    - {name: a, image: "a:1", securityContext: {readOnlyRootFilesystem: true, runAsUser: 20000, runAsGroup: 20000, seccompProfile: {type: RuntimeDefault}},
       readinessProbe: {tcpSocket: {port: 80}}, livenessProbe: {exec: {command: [a]}}}
`
	where := schemas(t)
	for _, x := range []struct{ from, to, says string }{
		{"", "", ""},
		{"targetPort: 80", "targetport: 80", "additional properties 'targetport' not allowed"},
		{"parentRefs: [{name: g}]", "parentRefs: [{name: {}}]", "got object, want string"},
		{"parentRefs: [{name: g}]", "parentRefs: [{nam: g}]", "additional properties 'nam' not allowed"},
		{"port: 80}]}]}\n---\napiVersion: networking", "port: 80000}]}]}\n---\napiVersion: networking", "maximum: got 80,000, want 65,535"},
		{"ports: [{port: 80}]", "ports: [{port: true}]", "got boolean, want "},
		{"seccompProfile: {type: RuntimeDefault}", "privileged: true", "kube-score container-security-context-privileged"},
		{"container-resources,", "", "kube-score container-resources"},
		{"a:1", "a", "kube-score container-image-tag"},
	} {
		text := []byte(strings.Replace(good, x.from, x.to, 1))
		faults := conforms(t, where, text, 4)
		if len(faults) == 0 { // kube-score reads nothing else
			faults = scores(t, text, 3)
		}
		if x.says == "" && len(faults) > 0 || x.says != "" && !strings.Contains(strings.Join(faults, "\n"), x.says) {
			t.Errorf("%q for %q: %q is not in %q", x.to, x.from, x.says, faults)
		}
	}
}
