//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Where the tests of Kubernetes find a cluster, beside kubeconfig. The server of kubeconfig alone is enough for the dry run.
const (
	clusterNode   = "OWGEN_E2E_KUBERNETES_NODE"   // the address of a node, which opens ports from 30000
	clusterPods   = "OWGEN_E2E_KUBERNETES_PODS"   // the networks of its pods
	clusterImages = "OWGEN_E2E_KUBERNETES_IMAGES" // a shell command that gives this engine's images $IMAGES to the nodes
	clusterHost   = "OWGEN_E2E_KUBERNETES_HOST"   // the address of this machine for pods

	// Without these, no node comes or goes. Volumes of the default class are then such as several nodes mount.
	clusterAdd  = "OWGEN_E2E_KUBERNETES_ADD"  // a shell command that adds a node with $IMAGES, or has it back, and prints its name last
	clusterLose = "OWGEN_E2E_KUBERNETES_LOSE" // and one that ends the node $NODE as a power cut does
)

// Ports of the node at which the services are published.
var clusterPorts = map[int]string{8443: "30443", 8080: "30080", 1194: "31194", 1812: "31812", 1813: "31813"}

// cluster is a Kubernetes that a deployment runs on.
type cluster struct {
	config, node, networks, images, host string
	domain                               string
	added                                string // the node that a test has added
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	k := &cluster{config: os.Getenv(kubeconfig), node: os.Getenv(clusterNode), networks: os.Getenv(clusterPods), images: os.Getenv(clusterImages),
		host: os.Getenv(clusterHost), domain: "openwisp.localhost"}
	if k.config == "" || k.node == "" {
		t.Skipf("NOT RUN: no cluster to deploy to; %s names its kubeconfig, and %s a node", kubeconfig, clusterNode)
	}
	if k.networks == "" || k.images == "" || k.host == "" {
		t.Fatalf("%s, %s and %s are set", clusterPods, clusterImages, clusterHost)
	}
	return k
}

// run runs a program for which kubectl means this cluster.
func (k *cluster) run(limit time.Duration, dir, name string, args ...string) (string, error) {
	return command(limit, dir, "", "env", append([]string{"KUBECONFIG=" + k.config, name}, args...)...)
}

func (k *cluster) kubectl(limit time.Duration, args ...string) (string, error) {
	return k.run(limit, "", "kubectl", args...)
}

// pod is a pod that runs a service and is ready, with the namespace before it.
func (k *cluster) pod(s *stack, service string) (namespace, name string, err error) {
	const ready = `{range .items[*]}{.metadata.namespace} {.metadata.name} {.metadata.deletionTimestamp} {range .status.conditions[?(@.type=="Ready")]}{.status}{end}{"\n"}{end}`
	out, err := k.kubectl(time.Minute, "get", "pods", "-A", "-l", k.selector(s)+",app.kubernetes.io/name="+service, "-o", "jsonpath="+ready)
	for line := range strings.Lines(out) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[2] == "True" {
			return fields[0], fields[1], nil
		}
	}
	if err == nil {
		err = fmt.Errorf("no pod of %s is ready: %q", service, out)
	}
	return "", "", err
}

func (k *cluster) selector(s *stack) string { return "app.kubernetes.io/part-of=" + s.project }

// onCluster is a stack on a Kubernetes.
type onCluster struct {
	k *cluster
	s *stack
}

func (o onCluster) in(limit time.Duration, service string, args ...string) (string, error) {
	namespace, pod, err := o.k.pod(o.s, service)
	if err != nil {
		return "", err
	}
	return o.k.kubectl(limit, append([]string{"-n", namespace, "exec", pod, "-c", service, "--"}, args...)...)
}

func (o onCluster) tail(service string) string {
	out, err := o.k.kubectl(time.Minute, "logs", "-n", o.s.project, "-l", o.k.selector(o.s)+",app.kubernetes.io/name="+service, "--all-containers", "--prefix", "--tail", "25")
	if err != nil || out == "" {
		more, err := o.k.kubectl(time.Minute, "logs", "-n", o.s.project+"-privileged", "-l", o.k.selector(o.s)+",app.kubernetes.io/name="+service, "--all-containers", "--prefix", "--tail", "25")
		out += more + fmt.Sprint(err)
	}
	return "--- " + service + "\n" + out
}

func (o onCluster) logs(t testing.TB) string {
	t.Helper()
	var all strings.Builder
	for _, namespace := range o.k.namespaces(o.s) {
		all.WriteString(must(o.k.kubectl(2*time.Minute, "logs", "-n", namespace, "-l", o.k.selector(o.s), "--all-containers", "--tail", "-1", "--max-log-requests", "100", "--ignore-errors"))(t))
	}
	return all.String()
}

func (o onCluster) edge() string { return o.k.node }
func (o onCluster) origin(host string) string {
	return "https://" + host + "." + o.k.domain + ":" + clusterPorts[8443]
}
func (o onCluster) published(target int) string { return clusterPorts[target] }
func (o onCluster) radius() string              { return o.k.node }
func (o onCluster) tunnels() []string           { return []string{o.k.node + " " + clusterPorts[1194]} }
func (o onCluster) network() string             { return "bridge" }

func (k *cluster) namespaces(s *stack) []string {
	return []string{s.project, s.project + "-privileged"}
}

// bundle makes a deployment with all services, with further settings, gives the images to the nodes and starts it as the runbook says.
func (k *cluster) bundle(t *testing.T, name string, settings ...string) *stack {
	t.Helper()
	s := &stack{dir: filepath.Join(scratch, name), project: scratchPrefix + name, cluster: k}
	args := []string{"generate", "multi-node", "-o", s.dir}
	for _, setting := range append([]string{"project=" + s.project, "domain=" + k.domain, "target=kubernetes", "images.registry=registry.example.org/openwisp",
		"services.fileserver=false", "storage.mode=class", "kubernetes.pod_networks=[" + k.networks + "]", "kubernetes.publish=nodeport",
		"publish={https: 30443, http: 30080, vpn: 31194, radius_auth: 31812, radius_acct: 31813}"}, settings...) {
		args = append(args, "--set", setting)
	}
	must(command(time.Minute, "", "", owgen, args...))(t)
	if err := s.read(); err != nil {
		t.Fatal(err)
	}
	s.forget()
	must(s.compose(30*time.Minute, "build"))(t)
	k.remove(t, s)
	if !kept() {
		t.Cleanup(func() { k.remove(t, s) })
	}
	k.give(t, s)
	k.start(t, s)
	return s
}

// give hands the images over to the nodes, which have no registry here.
func (k *cluster) give(t testing.TB, s *stack) {
	t.Helper()
	k.happens(t, s, k.images)
}

// happens runs a command of the environment, for which $IMAGES are those of a stack, and returns what it prints.
func (k *cluster) happens(t testing.TB, s *stack, line string) string {
	t.Helper()
	return must(k.run(10*time.Minute, "", "env", "IMAGES="+strings.Join(s.imageNames(), " "), "sh", "-c", line))(t)
}
