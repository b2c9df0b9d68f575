//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// grown has one more node in the cluster, or the one that was lost again, and returns its name.
func (k *cluster) grown(t testing.TB, s *stack) string {
	t.Helper()
	k.added = lastLine(k.happens(t, s, os.Getenv(clusterAdd)))
	k.awaitNode(t, k.added, "True")
	return k.added
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// lose ends a node at once.
func (k *cluster) lose(t testing.TB, node string) {
	t.Helper()
	must(k.run(time.Minute, "", "env", "NODE="+node, "sh", "-c", os.Getenv(clusterLose)))(t)
}

// takeAway leaves the cluster as it was before a test added a node.
func (k *cluster) takeAway(t testing.TB) {
	t.Helper()
	if k.added != "" && os.Getenv(clusterLose) != "" {
		k.lose(t, k.added)
		must(k.kubectl(time.Minute, "delete", "node", k.added, "--ignore-not-found"))(t)
	}
}

// awaitNode waits until the cluster counts on a node ("True"), or no longer does ("Unknown").
func (k *cluster) awaitNode(t testing.TB, node, ready string) {
	t.Helper()
	eventually(t, 3*time.Minute, node+" is ready: "+ready, func() error {
		now, err := k.kubectl(time.Minute, "get", "node", node, "-o", `jsonpath={.status.conditions[?(@.type=="Ready")].status}`)
		if err == nil && now != ready {
			err = fmt.Errorf("that is %q", now)
		}
		return err
	})
}

func (k *cluster) addressOf(t testing.TB, node string) string {
	t.Helper()
	return must(k.kubectl(time.Minute, "get", "node", node, "-o", `jsonpath={.status.addresses[?(@.type=="InternalIP")].address}`))(t)
}

// nodesOf are those on which pods of a service run that are ready.
func (k *cluster) nodesOf(s *stack, service string) (nodes []string, err error) {
	pods, err := k.pods(s)
	for _, p := range pods {
		if p.service() == service && p.ready() {
			nodes = append(nodes, p.Spec.NodeName)
		}
	}
	return nodes, err
}

// What answers requests and works, and has two pods, so that each of two nodes may have one.
var doubled = []string{"nginx", "api", "dashboard", "celery"}

func (k *cluster) double(t testing.TB, s *stack) {
	t.Helper()
	var settings []string
	for _, service := range doubled {
		settings = append(settings, "scale."+service+"=2")
	}
	k.set(t, s, settings...)
}

// spread starts pods anew, as the runbook says of a node that was added, and sees that both of a service do not run on one node.
func (k *cluster) spread(t testing.TB, s *stack) {
	t.Helper()
	commands := k.commands(t, s, "## A node is added", "kubectl -n")
	if out, err := k.run(10*time.Minute, s.dir, "sh", "-euc", commands); err != nil {
		t.Fatalf("%v\n%s", err, lastLines(out, 20))
	}
	k.rolled(t, s)
	for _, service := range doubled {
		if on := must(k.nodesOf(s, service))(t); len(on) != 2 || on[0] == on[1] || !slices.Contains(on, k.added) {
			t.Errorf("%s runs on %v, and not on two nodes", service, on)
		}
	}
}

// loginAt logs in at an address of a node.
func (k *cluster) loginAt(t testing.TB, s *stack, address string) {
	t.Helper()
	eventually(t, 2*patience, "a login at "+address, func() error {
		return s.tryLogin(clientFor(s.authorities(t), address), s.secret(t, "admin_password"))
	})
}

// nodeAdded: a node takes new pods by itself, and others when they are started anew, for which no request is lost. The public names then
// lead to either node, because each runs the web server: a node that does not has its ports closed.
func (k *cluster) nodeAdded(t *testing.T, s *stack) {
	if os.Getenv(clusterAdd) == "" {
		t.Skipf("NOT RUN: no node is added; %s says how", clusterAdd)
	}
	k.double(t, s)
	added := k.grown(t, s)
	must(k.kubectl(time.Minute, "-n", s.project, "scale", "deployment/websocket", "--replicas", "2"))(t)
	k.rolled(t, s)
	if on := must(k.nodesOf(s, "websocket"))(t); !slices.Contains(on, added) {
		t.Errorf("the second websocket runs on %v, and not on the node that was added", on)
	}
	p := s.pressureAt(t, []string{k.node})
	k.spread(t, s)
	p.end(t, 0)
	for _, address := range []string{k.node, k.addressOf(t, added)} {
		k.loginAt(t, s, address)
	}
	p = s.pressureAt(t, []string{k.node, k.addressOf(t, added)})
	time.Sleep(10 * time.Second)
	p.end(t, 0)
}
